import { describe, expect, it } from 'vitest'
import { createAddressGuard } from './address-guard.ts'
import { contains, isPublic, parseAddress, parseNetwork } from './ip-address.ts'

const guard = createAddressGuard([])

describe('the guard against private addresses', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.255.255',
    '192.169.0.1',
    '198.17.255.255',
    '198.20.0.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80b::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ])('lets %s pass', (address) => {
    expect(guard.allowsAddress(address)).toBe(true)
  })

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '192.168.255.255',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::7f00:1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '::ffff:10.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:7f00:1::',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2002:a9fe:a9fe::',
    '2002:c0a8:101::1',
    '2606:4700::5efe:10.0.0.1',
    '2606:4700::200:5efe:7f00:1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fdff:ffff::1',
    'fe80::1',
    'fe80::a9fe:a9fe',
    'febf::1',
    'fec0::1',
    'ff02::1',
    'ff0e::1',
    // Not addresses as a resolver gives them: none of them passes.
    '',
    'fe80::1%eth0',
    '8.8.8.8%1',
    '2130706433',
    '0x7f000001',
    '127.1',
    '0177.0.0.1',
    '08.8.8.8',
    '8.8.8.8/32',
    ' 8.8.8.8',
    '[::1]',
    'localhost',
    'example.com',
  ])('holds %s back', (address) => {
    expect(guard.allowsAddress(address)).toBe(false)
  })

  it('lets networks, addresses and hosts pass that are named', () => {
    const named = createAddressGuard([
      '10.1.0.0/16',
      '192.168.7.9',
      'fd00::/8',
      '[::1]',
      'Chat.Example.org',
      'localhost',
    ])
    const passes = ['10.1.0.0', '10.1.255.255', '192.168.7.9', 'fd12:3456::1', '::1', '::ffff:10.1.2.3']
    expect(passes.filter((address) => !named.allowsAddress(address))).toEqual([])
    const held = ['10.0.255.255', '10.2.0.0', '192.168.7.8', 'fe80::1', '127.0.0.1', '::2', '2002:a01:203::1']
    expect(held.filter((address) => named.allowsAddress(address))).toEqual([])
    expect(['chat.example.org', 'CHAT.example.ORG.', 'localhost.'].every((host) => named.allowsHost(host))).toBe(true)
    expect(['example.org', 'x.chat.example.org', 'chat.example.orgs'].some((host) => named.allowsHost(host))).toBe(
      false,
    )
  })

  it.each(['', '10.0.0.0/33', '::/129', '10.0.0', '300.1.1.1', 'a b', 'http://x', 'x..y', '10.0.0.0/-1', '/8', '*'])(
    'does not take "%s" for a network, an address or a host',
    (entry) => {
      expect(() => createAddressGuard([entry])).toThrow(RangeError)
    },
  )
})

describe('addresses', () => {
  it('reads back what it is given, whatever bits it has', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed
    }
    for (let i = 0; i < 2000; i++) {
      const groups = Array.from({ length: 8 }, () => (random() % 3 === 0 ? 0 : random() % 65_536))
      const address = groups.reduce((all, group) => (all << 16n) | BigInt(group), 0n)
      expect(parseAddress(groups.map((group) => group.toString(16)).join(':'))).toBe(address)
      // As a URL writes it, with the longest run of zeros left out.
      const short = new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]/`).hostname.slice(1, -1)
      expect(parseAddress(short)).toBe(address)
      const bits = random() % 129
      const network = parseNetwork(`${short}/${bits}`)
      expect(network !== undefined && contains(network, address)).toBe(true)
      const flipped = bits === 0 ? undefined : address ^ (1n << BigInt(128 - bits))
      if (network !== undefined && flipped !== undefined) expect(contains(network, flipped)).toBe(false)
    }
  })

  it('counts an address of version 4 the same in both spellings', () => {
    for (let first = 0; first < 256; first++) {
      const plain = parseAddress(`${first}.64.0.1`) as bigint
      const mapped = parseAddress(`::ffff:${first.toString(16)}40:1`) as bigint
      expect(mapped).toBe(plain)
      expect(isPublic(mapped)).toBe(isPublic(plain))
    }
  })
})
