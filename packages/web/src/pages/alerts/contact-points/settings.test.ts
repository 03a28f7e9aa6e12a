import type { NotifierOption } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { arranged, fieldText, fieldValue, missingOptions, valueAt, withValue } from './settings.ts'

const option = (name: string, kind: NotifierOption['kind'], required = false): NotifierOption => ({
  name,
  kind,
  description: '',
  secret: false,
  required,
  template: false,
})

describe('settings', () => {
  it('are read and changed by the names of keys within keys', () => {
    const settings = { url: 'http://a', http_config: { basic_auth: { username: 'u' }, proxy_url: 'p' } }
    expect(valueAt(settings, 'http_config.basic_auth.username')).toBe('u')
    expect(valueAt(settings, 'url.x')).toBeUndefined()
    expect(valueAt(settings, 'http_config.tls_config.ca_file')).toBeUndefined()
    expect(withValue(settings, 'http_config.basic_auth.username', undefined)).toEqual({
      url: 'http://a',
      http_config: { proxy_url: 'p' },
    })
    expect(withValue(settings, 'http_config.basic_auth.password', 's').http_config).toEqual({
      basic_auth: { username: 'u', password: 's' },
      proxy_url: 'p',
    })
    expect(withValue({ a: { b: 1 } }, 'a.b', undefined)).toEqual({})
    expect(withValue({}, 'a', false)).toEqual({ a: false })
  })

  it.each<[NotifierOption['kind'], string, unknown]>([
    ['text', 'hello\nthere', 'hello\nthere'],
    ['count', '12', 12],
    ['duration', '5m', '5m'],
    ['list', 'a\nb', ['a', 'b']],
    ['list', '[\n  {\n    "a": 1\n  }\n]', [{ a: 1 }]],
    ['other', '{\n  "a": "b"\n}', { a: 'b' }],
  ])('of the kind %s are shown and read: %j', (kind, text, value) => {
    expect(fieldValue({ kind }, text)).toEqual({ value })
    expect(fieldText({ kind }, value)).toBe(text)
  })

  it('that cannot be read are none, and empty ones are left out', () => {
    expect(fieldValue({ kind: 'count' }, 'x')).toBeUndefined()
    expect(fieldValue({ kind: 'other' }, '{')).toBeUndefined()
    expect(fieldValue({ kind: 'count' }, ' ')).toEqual({ value: undefined })
    expect(fieldText({ kind: 'text' }, undefined)).toBe('')
  })

  it('that are needed or filled come first', () => {
    const options = [option('max', 'count'), option('url', 'text', true), option('http.proxy', 'text')]
    const { first, more } = arranged(options, { http: { proxy: 'p' } })
    expect(first.map(({ name }) => name)).toEqual(['url', 'http.proxy'])
    expect(more.map(({ name }) => name)).toEqual(['max'])
    expect(missingOptions(options, { max: 1 })).toEqual(['url'])
    expect(missingOptions(options, { url: 'u' })).toEqual([])
  })
})
