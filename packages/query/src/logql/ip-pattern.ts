/** An inclusive range of addresses of one family, as numbers. */
export interface IpRange {
  readonly version: 4 | 6
  readonly low: bigint
  readonly high: bigint
}

export interface IpAddress {
  readonly version: 4 | 6
  readonly value: bigint
}

const BITS = { 4: 32n, 6: 128n } as const

/** Reads what `ip("…")` takes: an address, a CIDR block or `low-high`; IPv4 or IPv6. Undefined for what is none of them. */
export function parseIpPattern(text: string): IpRange | undefined {
  const slash = text.indexOf('/')
  if (slash >= 0) return parseCidr(text.slice(0, slash), text.slice(slash + 1))
  const dash = text.indexOf('-')
  if (dash >= 0) {
    const low = parseIpAddress(text.slice(0, dash))
    const high = parseIpAddress(text.slice(dash + 1))
    if (low === undefined || high === undefined || low.version !== high.version || low.value > high.value)
      return undefined
    return { version: low.version, low: low.value, high: high.value }
  }
  const address = parseIpAddress(text)
  return address === undefined ? undefined : { version: address.version, low: address.value, high: address.value }
}

function parseCidr(addressText: string, lengthText: string): IpRange | undefined {
  const address = parseIpAddress(addressText)
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(lengthText)) return undefined
  const bits = BITS[address.version]
  const length = BigInt(lengthText)
  if (length > bits) return undefined
  const hostMask = (1n << (bits - length)) - 1n
  const low = address.value & ~hostMask
  return { version: address.version, low, high: low | hostMask }
}

/** An address in dotted or colon form, without zone or blanks; octets with leading zeros are refused. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) return parseV6(text)
  const value = parseV4(text)
  return value === undefined ? undefined : { version: 4, value: BigInt(value) }
}

function parseV4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return undefined
  let value = 0
  for (const octet of match.slice(1)) {
    if (Number(octet) > 255 || (octet.length > 1 && octet.startsWith('0'))) return undefined
    value = value * 256 + Number(octet)
  }
  return value
}

function parseV6(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] as string, halves.length === 1)
  const tail = halves.length === 2 ? groupsOf(halves[1] as string, true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  let value = 0n
  for (const group of [...head, ...Array<number>(missing).fill(0), ...tail]) value = (value << 16n) | BigInt(group)
  return { version: 6, value }
}

/** The 16-bit groups of one side of `::`; the last may be a dotted IPv4 address. */
function groupsOf(side: string, mayEndInV4: boolean): number[] | undefined {
  if (side === '') return []
  const groups: number[] = []
  const parts = side.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = mayEndInV4 && index === parts.length - 1 ? parseV4(part) : undefined
      if (v4 === undefined) return undefined
      groups.push(Math.floor(v4 / 65536), v4 % 65536)
    } else if (/^[\da-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16))
    } else {
      return undefined
    }
  }
  return groups
}
