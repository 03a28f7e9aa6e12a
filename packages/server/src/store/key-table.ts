/** State of an idempotency key: its rows may be stored in part, or are known to be stored. */
export type KeyState = 'pending' | 'done'

const PENDING = 1
const DONE = 2
const SMALLEST = 1024

/**
 * The idempotency keys of a day: 64-bit hashes with state and time. A sender of ten batches a second leaves 864,000
 * keys a day; open addressing in typed arrays takes about 26 bytes for each, a Map of strings over 100.
 */
export class KeyTable {
  readonly #lifeSeconds: number
  #hashes = new BigUint64Array(SMALLEST)
  #seconds = new Float64Array(SMALLEST)
  /** 0 marks a free place. */
  #states = new Uint8Array(SMALLEST)
  #used = 0

  constructor(lifeSeconds: number) {
    this.#lifeSeconds = lifeSeconds
  }

  /** State of a hash that was first set less than the life time ago. */
  get(hash: bigint, nowSeconds: number): KeyState | undefined {
    const at = this.#find(hash)
    if (this.#states[at] === 0 || this.#expired(at, nowSeconds)) return undefined
    return this.#states[at] === DONE ? 'done' : 'pending'
  }

  /** Sets a state; the time counts when the hash is new or its earlier use has expired. */
  set(hash: bigint, state: KeyState, nowSeconds: number): void {
    if (this.#used * 10 >= this.#hashes.length * 7) this.#rebuild(nowSeconds)
    const at = this.#find(hash)
    const free = this.#states[at] === 0
    if (free) this.#used++
    if (free || this.#expired(at, nowSeconds)) {
      this.#hashes[at] = hash
      this.#seconds[at] = nowSeconds
    }
    this.#states[at] = state === 'done' ? DONE : PENDING
  }

  /** Second at which the hash was first set. */
  firstSeen(hash: bigint): number | undefined {
    const at = this.#find(hash)
    return this.#states[at] === 0 ? undefined : this.#seconds[at]
  }

  #expired(at: number, nowSeconds: number): boolean {
    return (this.#seconds[at] as number) + this.#lifeSeconds <= nowSeconds
  }

  /** Place of the hash, or the free place where it belongs. The hash is a digest: its low bits are as good as any. */
  #find(hash: bigint): number {
    const mask = this.#hashes.length - 1
    let at = Number(hash & BigInt(mask))
    while (this.#states[at] !== 0 && this.#hashes[at] !== hash) at = (at + 1) & mask
    return at
  }

  /** Drops what has expired, and grows when that does not make enough room. */
  #rebuild(nowSeconds: number): void {
    const hashes = this.#hashes
    const seconds = this.#seconds
    const states = this.#states
    let live = 0
    for (let i = 0; i < states.length; i++) if (states[i] !== 0 && !this.#expired(i, nowSeconds)) live++
    let size = SMALLEST
    while (size < live * 2.5) size *= 2
    this.#hashes = new BigUint64Array(size)
    this.#seconds = new Float64Array(size)
    this.#states = new Uint8Array(size)
    this.#used = live
    for (let i = 0; i < states.length; i++) {
      const second = seconds[i] as number
      if (states[i] === 0 || second + this.#lifeSeconds <= nowSeconds) continue
      const at = this.#find(hashes[i] as bigint)
      this.#hashes[at] = hashes[i] as bigint
      this.#seconds[at] = second
      this.#states[at] = states[i] as number
    }
  }
}
