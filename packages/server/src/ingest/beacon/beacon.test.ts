import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { beacon } from '../receivers/beacon.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { AddressRates } from './address-rates.ts'
import { ORIGIN, originCheck } from './allowed-origins.ts'

describe('origins', () => {
  it.each([
    ['https://shop.example', true],
    ['HTTPS://Shop.Example', true],
    ['https://shop.example:444', false],
    ['http://shop.example', false],
    ['https://shop.example.evil', false],
    ['https://a.pages.example', true],
    ['https://a.b.pages.example', true],
    ['https://pages.example', false],
    ['https://evilpages.example', false],
    ['http://a.pages.example', false],
    ['http://localhost:3000', true],
    ['null', false],
    ['', false],
  ])('%s: %s', (origin, expected) => {
    const allowed = ['https://shop.example', 'https://*.pages.example', 'http://localhost:3000']
    expect(originCheck(allowed)(origin)).toBe(expected)
  })

  it('lets every origin in by *, but no request without one', () => {
    const check = originCheck(['*'])
    expect([check('https://any.example'), check('null'), check('')]).toEqual([true, true, false])
  })

  it('takes origins for configuration, not addresses of pages', () => {
    const good = ['*', 'https://a.example', 'http://*.a.example:8080', 'http://[::1]:3000']
    const bad = ['a.example', 'https://a.example/', 'https://a.*.example', 'ftp://a.example', 'https://', '']
    expect(good.filter((origin) => !ORIGIN.test(origin))).toEqual([])
    expect(bad.filter((origin) => ORIGIN.test(origin))).toEqual([])
  })
})

describe('rates', () => {
  it('allows so many at once, and then as many as the time earns', () => {
    const rates = new AddressRates(60)
    for (let n = 0; n < 60; n++) expect(rates.take('192.0.2.1', 0)).toBe(0)
    expect(rates.take('192.0.2.1', 0)).toBe(1)
    expect(rates.take('192.0.2.2', 0)).toBe(0)
    expect(rates.take('192.0.2.1', 1000)).toBe(0)
    expect(rates.take('192.0.2.1', 1001)).toBe(1)
  })

  it('takes a /64 for one address, and remembers a bounded number', () => {
    const rates = new AddressRates(1)
    expect(rates.take('2001:db8::1', 0)).toBe(0)
    expect(rates.take('2001:db8:0:0:ffff::2', 0)).toBeGreaterThan(0)
    expect(rates.take('2001:db8:0:1::1', 0)).toBe(0)
    for (let n = 0; n < 50_000; n++) rates.take(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 0)
    expect(rates.size).toBe(20_000)
  })
})

describe('the receiver', () => {
  const headers = { origin: 'https://shop.example', 'content-type': 'text/plain' }
  const body = Buffer.from('{"message":"x","service":"of the page"}')
  const open = (options: object = {}) =>
    openReceiver(beacon, { options: { origins: ['https://shop.example'], ...options } })

  it('has no routes without origins', () => {
    expect(openReceiver(beacon).routes).toEqual([])
  })

  it('answers preflights for allowed origins only', async () => {
    const bench = open()
    const ask = (origin: string) =>
      bench.send({ method: 'OPTIONS', path: '/girok/beacon', headers: { origin }, body: Buffer.alloc(0) })
    expect((await ask('https://shop.example')).headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'POST',
      vary: 'origin',
    })
    expect((await ask('https://other.example')).headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('stores under a tenant and label of its own; a page cannot make streams', async () => {
    const bench = open({ tenant: 'pages', apps: ['shop'] })
    expect((await bench.send({ path: '/girok/beacon', headers, body })).status).toBe(204)
    expect(bench.batches[0]?.tenant).toBe('pages')
    expect(bench.records()[0]?.labels).toEqual({ app: 'shop' })
  })

  it('counts by the address that the proxy tells, if it is told of one', async () => {
    const bench = open({ requestsPerMinute: 1, behindProxy: true })
    const send = (from: string) =>
      bench.send({ path: '/girok/beacon', headers: { ...headers, 'x-forwarded-for': from }, body })
    expect((await send('10.0.0.9, 192.0.2.7')).status).toBe(204)
    expect((await send('10.0.0.8, 192.0.2.7')).status).toBe(429)
    expect((await send('192.0.2.8')).status).toBe(204)
    expect(bench.imbalance()).toBe(0)
  })

  it('refuses bombs', async () => {
    const bench = open({ maxBytes: '1KB' })
    const bomb = gzipSync(Buffer.alloc(1 << 20, 0x20))
    const answer = await bench.send({
      path: '/girok/beacon',
      headers: { ...headers, 'content-encoding': 'gzip' },
      body: bomb,
    })
    expect(answer.status).toBe(413)
    expect(answer.headers?.['access-control-allow-origin']).toBe('https://shop.example')
  })
})
