import { describe, expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

const XFF = '203.0.113.9, 198.51.100.7, 10.0.0.2'

describe('the address of the client', () => {
  test('is that of the connection while no proxy is trusted', () => {
    expect(clientAddress(false)('10.0.0.1', XFF)).toBe('10.0.0.1')
    expect(clientAddress(0)('10.0.0.1', XFF)).toBe('10.0.0.1')
    expect(clientAddress([])('::ffff:10.0.0.1', XFF)).toBe('10.0.0.1')
  })

  test('is so many hops away as there are proxies', () => {
    const found = [1, 2, 3, 9].map((proxies) => clientAddress(proxies)('10.0.0.1', XFF))
    expect(found).toEqual(['10.0.0.2', '198.51.100.7', '203.0.113.9', '203.0.113.9'])
  })

  test('is the rightmost that is no trusted proxy: what clients put before it is not believed', () => {
    expect(clientAddress(['10.0.0.0/8'])('10.0.0.1', `1.1.1.1, ${XFF}`)).toBe('198.51.100.7')
    expect(clientAddress(['private'])('127.0.0.1', XFF)).toBe('198.51.100.7')
    expect(clientAddress(['10.0.0.0/8'])('192.0.2.1', XFF)).toBe('192.0.2.1')
    expect(clientAddress(true)('192.0.2.1', XFF)).toBe('203.0.113.9')
  })

  test('reads IPv6, ports, zones and mapped IPv4, and stops at what is no address', () => {
    const find = clientAddress(['loopback', 'fc00::/7'])
    expect(find('::1', '[2001:db8::1]:443')).toBe('2001:db8::1')
    expect(find('::ffff:127.0.0.1', '192.0.2.7:1234')).toBe('192.0.2.7')
    expect(find('fe80::1%eth0', '1.2.3.4')).toBe('fe80::1')
    expect(find('fd00::1', '1.2.3.4, unknown')).toBe('fd00::1')
    expect(find('fd00::1', '')).toBe('fd00::1')
    expect(find(undefined, '1.2.3.4')).toBe(undefined)
    const unknown = [0, 1, true, false].map((trust) => clientAddress(trust)(undefined, '1.2.3.4'))
    expect(unknown).toEqual([undefined, '1.2.3.4', '1.2.3.4', undefined])
  })

  test('wants addresses, ranges and names that are some', () => {
    for (const bad of ['10.0.0.0/33', 'proxy', '10.0.0.1/', '::1/129', '10/8']) {
      expect(() => clientAddress([bad])).toThrow(RangeError)
    }
    expect(() => clientAddress(-1)).toThrow('trustProxy is -1')
  })
})
