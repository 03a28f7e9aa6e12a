import { isIPv6 } from 'node:net'

/** Addresses that are remembered; of more, those that were quiet longest are forgotten. */
const MAX_ADDRESSES = 20_000

interface Bucket {
  tokens: number
  atMs: number
}

/** A number of requests a minute for each address, all of which may come at once. */
export class AddressRates {
  readonly #perMinute: number
  readonly #buckets = new Map<string, Bucket>()

  /** 0: no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Takes one request from the budget; 0, or the seconds after which there is one again. */
  take(address: string, nowMs: number): number {
    if (this.#perMinute === 0) return 0
    const key = neighbourhood(address)
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perMinute, atMs: nowMs }
    // Put again at the end: the first is the one that was quiet longest.
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > MAX_ADDRESSES) this.#buckets.delete(this.#buckets.keys().next().value as string)
    const earned = (Math.max(0, nowMs - bucket.atMs) / 60_000) * this.#perMinute
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + earned)
    bucket.atMs = nowMs
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) * 60) / this.#perMinute)
    bucket.tokens--
    return 0
  }

  get size(): number {
    return this.#buckets.size
  }
}

/** One home has a /64 of IPv6 addresses to choose from. */
function neighbourhood(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const parts = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const rest = tail === '' ? 0 : tail.split(':').length
    while (parts.length + rest < 8) parts.push('0')
  }
  return parts.slice(0, 4).join(':')
}
