import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import type { AddressGuard } from './address-guard.ts'
import { OutgoingError } from './outgoing.ts'

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** Addresses of a host. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>

const NOT_ALLOWED =
  'the address is not allowed: it leads to this host or a private network; outgoing.allow can permit networks and hosts'

/** As the system finds them: DNS, the file of hosts, odd spellings of addresses. */
export const resolveBySystem: Resolve = (host) => systemLookup(host, { all: true })

/**
 * A resolver for one connection that knows nothing but addresses which were checked, so that no second answer of DNS can slip
 * in another. Undefined: the host is an address that may be connected to. Rejects with `OutgoingError`, or as `resolve` does.
 */
export async function checkedAddresses(
  host: string,
  guard: AddressGuard | undefined,
  resolve: Resolve,
): Promise<LookupFunction | undefined> {
  const isFree = guard === undefined || guard.allowsHost(host)
  if (isIP(host) !== 0) {
    if (isFree || guard.allowsAddress(host)) return undefined
    throw new OutgoingError(NOT_ALLOWED, false)
  }
  const found = await resolve(host)
  if (found.length === 0) throw new OutgoingError('the name of the far end cannot be resolved', true)
  const [first, ...others] = isFree ? found : found.filter(({ address }) => guard.allowsAddress(address))
  if (first === undefined) throw new OutgoingError(NOT_ALLOWED, false)
  return (_host, options, answer) => {
    if (options.all) answer(null, [first, ...others])
    else answer(null, first.address, first.family)
  }
}
