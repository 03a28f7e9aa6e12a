import { describe, expect, it } from 'vitest'
import { httpOptions } from './http-options.ts'
import { proxyFor } from './proxy-choice.ts'

const chosen = (target: string, options: Record<string, unknown>, environment: Record<string, string> = {}) =>
  proxyFor(new URL(target), httpOptions.parse(options), environment)?.href

describe('the proxy of a request', () => {
  const proxy_url = 'http://proxy:3128'

  it.each([
    ['http://a.example/', '', 'http://proxy:3128/'],
    ['http://localhost/', '', 'http://proxy:3128/'],
    ['http://a.example/', 'example', undefined],
    ['http://a.example/', '.example', undefined],
    ['http://example/', '.example', 'http://proxy:3128/'],
    ['http://example/', 'example', undefined],
    ['http://badexample/', 'example', 'http://proxy:3128/'],
    ['http://a.example:8080/', 'a.example:8080', undefined],
    ['http://a.example/', 'a.example:8080', 'http://proxy:3128/'],
    ['https://a.example/', 'a.example:443', undefined],
    ['http://10.2.3.4/', '10.0.0.0/8, other', undefined],
    ['http://11.2.3.4/', '10.0.0.0/8, other', 'http://proxy:3128/'],
    ['http://[fd00::1]/', 'fd00::/8', undefined],
    ['http://a.example/', ' , *', undefined],
    ['http://localhost/', 'other', undefined],
    ['http://127.0.0.9/', 'other', undefined],
  ])('%s without %s', (target, no_proxy, expected) => {
    expect(chosen(target, { proxy_url, no_proxy, ...(no_proxy === '' && { no_proxy: '' }) })).toBe(expected)
  })

  it('comes from the environment by scheme, when that is asked for', () => {
    const environment = { HTTP_PROXY: 'p1:1', https_proxy: 'https://p2:2', NO_PROXY: 'no.example' }
    const own = { proxy_from_environment: true }
    expect(chosen('http://a/', own, environment)).toBe('http://p1:1/')
    expect(chosen('https://a/', own, environment)).toBe('https://p2:2/')
    expect(chosen('https://x.no.example/', own, environment)).toBeUndefined()
    expect(chosen('http://a/', {}, environment)).toBeUndefined()
  })
})
