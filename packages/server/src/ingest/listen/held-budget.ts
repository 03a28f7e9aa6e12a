/** Somebody who holds bytes of unfinished messages. */
export interface Holder {
  readonly heldBytes: number
  /** All together hold too much, and this one most. */
  outOfMemory(): void
}

/** Bounds what the connections of a port together hold of unfinished messages: above that, whoever holds most has to go. */
export class HeldBudget {
  readonly #maxBytes: number
  readonly #held = new Map<Holder, number>()
  #total = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Call after a holder's bytes changed. */
  changed(holder: Holder): void {
    this.#note(holder, holder.heldBytes)
    if (this.#total <= this.#maxBytes) return
    let largest = holder
    let most = 0
    for (const [other, bytes] of this.#held) if (bytes > most) [largest, most] = [other, bytes]
    this.gone(largest)
    largest.outOfMemory()
  }

  /** Call when a holder is no more. */
  gone(holder: Holder): void {
    this.#note(holder, 0)
  }

  #note(holder: Holder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0)
    if (bytes === 0) this.#held.delete(holder)
    else this.#held.set(holder, bytes)
  }
}
