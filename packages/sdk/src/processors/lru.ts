/** A map that forgets the key not asked for the longest when it is full. */
export class Lru<T> {
  readonly #entries = new Map<string, T>()
  readonly #maxKeys: number
  readonly #onEvict: ((value: T) => void) | undefined

  /** @throws RangeError when maxKeys is no whole number above 0 */
  constructor(maxKeys: number, onEvict?: (value: T) => void) {
    if (!Number.isInteger(maxKeys) || maxKeys < 1) {
      throw new RangeError(`maxKeys is ${maxKeys}: it must be a whole number above 0`)
    }
    this.#maxKeys = maxKeys
    this.#onEvict = onEvict
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value of a key, made when there is none. */
  get(key: string, make: () => T): T {
    let value = this.#entries.get(key)
    if (value === undefined) value = make()
    else this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > this.#maxKeys) {
      const [oldest, evicted] = this.#entries.entries().next().value as [string, T]
      this.#entries.delete(oldest)
      this.#onEvict?.(evicted)
    }
    return value
  }

  values(): Iterable<T> {
    return this.#entries.values()
  }
}
