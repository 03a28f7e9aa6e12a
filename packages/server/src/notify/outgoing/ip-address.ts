import { isIP } from 'node:net'

/** An address as one number of 128 bits; those of version 4 lie in `::ffff:0:0/96`. */
export type IpAddress = bigint

/** Addresses that begin with the same bits. */
export interface Network {
  readonly first: IpAddress
  /** How many bits of the 128 are the same. */
  readonly bits: number
}

const MAPPED = 0xffffn << 32n
const LOW_32 = 0xffff_ffffn

/** Reads `192.0.2.1` or `2001:db8::1`; undefined for all else, other spellings of such addresses among it. */
export function parseAddress(text: string): IpAddress | undefined {
  const version = isIP(text)
  if (version === 4) return MAPPED | readDotted(text)
  if (version !== 6 || text.includes('%')) return undefined
  const [head = '', tail] = text.split('::') as [string, string?]
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const gap = tail === undefined ? [] : new Array<bigint>(8 - left.length - right.length).fill(0n)
  return [...left, ...gap, ...right].reduce((address, group) => (address << 16n) | group, 0n)
}

function readDotted(text: string): bigint {
  return text.split('.').reduce((address, part) => (address << 8n) | BigInt(part), 0n)
}

function groups(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const dotted = readDotted(group)
    return [dotted >> 16n, dotted & 0xffffn]
  })
}

/** Reads `10.0.0.0/8`, `fd00::/8`, or a single address; undefined when it is none. */
export function parseNetwork(text: string): Network | undefined {
  const [, base, length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = base === undefined ? undefined : parseAddress(base)
  if (base === undefined || address === undefined) return undefined
  const most = isIP(base) === 4 ? 32 : 128
  const bits = length === undefined ? most : Number(length)
  if (bits > most) return undefined
  const all = bits + 128 - most
  return { first: (address >> BigInt(128 - all)) << BigInt(128 - all), bits: all }
}

export function contains({ first, bits }: Network, address: IpAddress): boolean {
  return (address ^ first) >> BigInt(128 - bits) === 0n
}

const network = (text: string): Network => parseNetwork(text) as Network

/** By IANA's registries of special addresses; the last is what Azure hosts ask for their own data. */
const SPECIAL_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16',
].map(network)
const SPECIAL_6 = ['2001::/23', '2001:db8::/32', '3fff::/20'].map(network)

const VERSION_4 = network('::ffff:0:0/96')
const GLOBAL = network('2000::/3')
const SIX_TO_FOUR = network('2002::/16')
const NAT64 = network('64:ff9b::/96')
const ISATAP = new Set([0x0000_5efen, 0x0200_5efen])

/**
 * Whether an address is one of the public network, where anybody may send to: not of this host, a private or local network, a
 * group, or a range kept for other uses. Of addresses that carry one of version 4 the latter decides as well.
 */
export function isPublic(address: IpAddress): boolean {
  if (contains(VERSION_4, address)) return isPublic4(address & LOW_32)
  if (contains(NAT64, address)) return isPublic4(address & LOW_32)
  if (!contains(GLOBAL, address) || SPECIAL_6.some((special) => contains(special, address))) return false
  if (contains(SIX_TO_FOUR, address)) return isPublic4((address >> 80n) & LOW_32)
  if (ISATAP.has((address >> 32n) & LOW_32)) return isPublic4(address & LOW_32)
  return true
}

function isPublic4(low: bigint): boolean {
  return !SPECIAL_4.some((special) => contains(special, MAPPED | low))
}
