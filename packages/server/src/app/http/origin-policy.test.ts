import { describe, expect, test } from 'vitest'
import { originPolicy } from './origin-policy.ts'

const loopback = originPolicy({
  listenHost: '127.0.0.1',
  allowedHosts: ['logs.example.com', '*.logs.example.org'],
  allowedOrigins: ['https://app.example.com'],
})
const open = originPolicy({ listenHost: '0.0.0.0', allowedHosts: [], allowedOrigins: [] })

describe('Host', () => {
  test.each([
    '127.0.0.1:4100',
    'localhost',
    'LOCALHOST:80',
    '[::1]:4100',
    'logs.example.com',
    'logs.example.com:443',
    'a.localhost:1',
    'b.logs.example.org:4100',
  ])('%s names this server', (host) => {
    expect(() => loopback.checkHost(host)).not.toThrow()
  })
  test.each([
    'evil.example',
    '10.1.2.3:4100',
    'localhost.evil.example',
    'logs.example.com.evil',
    '127.0.0.1:4100@evil',
    '',
    undefined,
    'a b',
    'evillogs.example.org',
    '[::1',
    'localhost:999999',
  ])('%s does not', (host) => {
    expect(() => loopback.checkHost(host)).toThrow(/allowedHosts/)
  })
  test('beyond loopback an address is a name too, a foreign name is not', () => {
    expect(() => open.checkHost('10.1.2.3:4100')).not.toThrow()
    expect(() => open.checkHost('[fe80::1]:4100')).not.toThrow()
    expect(() => open.checkHost('evil.example:4100')).toThrow()
  })
})

describe('Origin', () => {
  const host = '127.0.0.1:4100'
  test('programs send none, own pages send their own', () => {
    expect(() => loopback.checkOrigin({ host })).not.toThrow()
    expect(() => loopback.checkOrigin({ host, origin: 'http://127.0.0.1:4100' })).not.toThrow()
    expect(() => loopback.checkOrigin({ host, origin: 'https://app.example.com' })).not.toThrow()
  })
  test.each([
    'http://evil.example',
    'null',
    'http://127.0.0.1:4101',
    'http://127.0.0.1:4100.evil',
    'http://localhost:4100',
    '',
  ])('%s is refused', (origin) => {
    expect(() => loopback.checkOrigin({ host, origin })).toThrow(/allowedOrigins/)
  })
  test('a browser that hides the origin still says that the site is another', () => {
    expect(() => loopback.checkOrigin({ host, 'sec-fetch-site': 'cross-site' })).toThrow()
    expect(() => loopback.checkOrigin({ host, 'sec-fetch-site': 'same-origin' })).not.toThrow()
  })
})
