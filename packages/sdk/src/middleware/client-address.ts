import { BlockList, isIP } from 'node:net'

/**
 * Which proxies may name the client in `x-forwarded-for`. `false`: none, the client is whoever opened the connection.
 * A number: so many proxies stand before this server. A list of addresses and CIDR ranges (`10.0.0.0/8`, `::1`), and the
 * word `loopback` or `private`: those proxies. `true`: everybody, so that clients choose what is recorded.
 */
export type TrustProxy = boolean | number | readonly string[]

const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '127.0.0.0/8', '::1/128'],
}

type FindClient = (remote: string | undefined, forwardedFor: string | undefined) => string | undefined

/**
 * Finds the client's address: from the connection leftwards through `x-forwarded-for`, as long as the address that
 * vouches for the next one is trusted. Entries that are no addresses end the search.
 * @throws RangeError for something that is no address or range, TypeError for what is no list
 */
export function clientAddress(trust: TrustProxy): FindClient {
  const trusts = trustTest(trust)
  return (remote, forwardedFor) => {
    let client = remote === undefined ? undefined : plainAddress(remote)
    if (forwardedFor === undefined || trust === false) return client
    const hops = forwardedFor.split(',')
    // More hops than any chain of proxies has: somebody wants us to count.
    for (let hop = 0; hop < 64 && hops.length > 0; hop++) {
      if (!trusts(client, hop)) return client
      const next = plainAddress(hops.pop() as string)
      if (next === undefined) return client
      client = next
    }
    return client
  }
}

/** The address is undefined where the runtime does not tell who opened the connection. */
function trustTest(trust: TrustProxy): (address: string | undefined, hop: number) => boolean {
  if (typeof trust === 'boolean') return () => trust
  if (typeof trust === 'number') {
    if (!Number.isInteger(trust) || trust < 0) throw new RangeError(`trustProxy is ${trust}: use a whole number from 0`)
    return (_address, hop) => hop < trust
  }
  if (!Array.isArray(trust)) {
    throw new TypeError(
      `trustProxy is ${JSON.stringify(trust)}: use true, false, a number, or a list such as ['loopback']`,
    )
  }
  const list = new BlockList()
  for (const range of (trust as readonly string[]).flatMap((entry) =>
    Object.hasOwn(RANGES, entry) ? (RANGES[entry] ?? []) : [entry],
  )) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    const prefix = bits === undefined ? most : Number(bits)
    if (family === 0 || bits === '' || !Number.isInteger(prefix) || prefix < 0 || prefix > most) {
      throw new RangeError(`trustProxy: ${JSON.stringify(range)} is no address, no range such as 10.0.0.0/8, no name`)
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return (address) => address !== undefined && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** Without the port, brackets and zone that some proxies write, and IPv4 as IPv4; undefined for what is no address. */
function plainAddress(text: string): string | undefined {
  let address = text.trim().replace(/^"(.*)"$/, '$1')
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address)
  if (bracketed !== null) address = bracketed[1] as string
  else if (/^[\d.]+:\d+$/.test(address)) address = address.slice(0, address.indexOf(':'))
  address = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? undefined : address
}
