import { contains, isPublic, type Network, parseAddress, parseNetwork } from './ip-address.ts'

/** Says where requests of contact points from the API may go. */
export interface AddressGuard {
  /** Whether a host of this name may be reached whatever its addresses are. `localhost.` is `localhost`. */
  allowsHost(host: string): boolean
  /** Whether an address may be connected to: public ones and those of allowed networks. */
  allowsAddress(address: string): boolean
}

const HOST = /^(?!.*\.\.)[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?$/u

/**
 * The guard for `outgoing.allow`: networks (`10.1.0.0/16`), addresses and names of hosts. Throws a RangeError for users when an
 * entry is none of them.
 */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const networks: Network[] = []
  const hosts = new Set<string>()
  for (const entry of allow) {
    const text = entry.trim().replace(/^\[(.*)\]$/, '$1')
    const network = parseNetwork(text)
    if (network !== undefined) networks.push(network)
    // What ends in a number is an address with a slip, not a name.
    else if (HOST.test(text) && !/(?:^|\.)\d+$/.test(text)) hosts.add(plainHost(text))
    else throw new RangeError(`"${entry}" is no network such as 10.1.0.0/16, no address and no name of a host`)
  }
  return {
    allowsHost: (host) => hosts.has(plainHost(host)),
    allowsAddress: (text) => {
      const address = parseAddress(text)
      return address !== undefined && (isPublic(address) || networks.some((network) => contains(network, address)))
    },
  }
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}
