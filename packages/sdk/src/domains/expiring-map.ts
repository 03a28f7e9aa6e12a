export interface ExpiringMapOptions {
  /** The oldest entries go first when there are more. */
  readonly maxEntries: number
  /** Entries older than this are gone, milliseconds. Default: they do not age. */
  readonly maxAgeMs?: number
  /** Milliseconds. */
  readonly now: () => number
}

/**
 * What is kept between two calls that belong together, a request and its response: bounded in number and age, because the
 * second call may never come. Setting a key anew makes its entry the newest.
 */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly atMs: number }>()
  readonly #maxEntries: number
  readonly #maxAgeMs: number
  readonly #now: () => number

  constructor({ maxEntries, maxAgeMs = Number.POSITIVE_INFINITY, now }: ExpiringMapOptions) {
    if (!(maxEntries >= 1)) throw new RangeError(`the number of entries kept is ${maxEntries}, it must be 1 or more`)
    if (!(maxAgeMs > 0)) throw new RangeError(`the age of entries kept is ${maxAgeMs} ms, it must be above 0`)
    this.#maxEntries = maxEntries
    this.#maxAgeMs = maxAgeMs
    this.#now = now
  }

  /** Entries that are there, those included that age has not been noticed of. */
  get size(): number {
    return this.#entries.size
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (this.#now() - entry.atMs <= this.#maxAgeMs) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: V): void {
    const now = this.#now()
    this.#entries.delete(key)
    this.#entries.set(key, { value, atMs: now })
    // Maps keep the order of insertion: the oldest stand first.
    for (const [oldest, { atMs }] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && now - atMs <= this.#maxAgeMs) break
      this.#entries.delete(oldest)
    }
  }

  /** Gives the entry back and forgets it. */
  take(key: string): V | undefined {
    const value = this.get(key)
    this.#entries.delete(key)
    return value
  }

  *entries(): IterableIterator<[string, V]> {
    for (const [key, { value }] of this.#entries) yield [key, value]
  }
}
