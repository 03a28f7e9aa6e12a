/** Channels of all tenants that are remembered; the one that was quiet for longest goes. */
const MAX_CHANNELS = 2000
/** Acknowledgements of one channel that were not asked for yet; the oldest goes. */
const MAX_PENDING = 10_000

interface Channel {
  next: number
  /** Numbers given out and not asked for, oldest first. */
  readonly pending: Set<number>
}

/**
 * Indexer acknowledgement: a request with a channel gets a number, and the client asks later whether what it sent under
 * that number is stored. Requests are answered only when they are stored, so each number given out is true, once; a
 * number that was asked for, or that is forgotten here, is false, and the client sends again.
 */
export class AckChannels {
  readonly #channels = new Map<string, Channel>()

  /** A new number for a request that was stored. */
  acknowledge(tenant: string, name: string): number {
    const key = `${tenant} ${name}`
    const channel = this.#channels.get(key) ?? { next: 0, pending: new Set() }
    this.#channels.delete(key)
    this.#channels.set(key, channel)
    if (this.#channels.size > MAX_CHANNELS) this.#channels.delete(this.#channels.keys().next().value as string)
    const number = channel.next++
    channel.pending.add(number)
    if (channel.pending.size > MAX_PENDING) channel.pending.delete(channel.pending.values().next().value as number)
    return number
  }

  /** Whether it is stored, for each of the numbers; those that are get forgotten. */
  query(tenant: string, name: string, numbers: readonly number[]): Record<string, boolean> {
    const pending = this.#channels.get(`${tenant} ${name}`)?.pending
    return Object.fromEntries(numbers.map((number) => [String(number), pending?.delete(number) ?? false]))
  }
}
