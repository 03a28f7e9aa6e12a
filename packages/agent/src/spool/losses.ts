import type { SpoolUsage } from '../model/spool.ts'

/** Gaps that are longer are counted, not remembered number by number. */
const LONGEST_GAP = 100_000

/** Counts what was given up or cannot be verified, each record once, however many destinations would have got it. */
export class Losses {
  #full = 0
  #age = 0
  /** Records up to here that were too old are counted. */
  #agedUpTo = 0
  readonly #corrupt = new Set<number>()
  #corruptRecords = 0
  #corruptCount = 0

  get evicted(): SpoolUsage['evicted'] {
    return { full: this.#full, age: this.#age }
  }

  get corrupt(): SpoolUsage['corrupt'] {
    return { records: this.#corruptRecords, count: this.#corruptCount }
  }

  /** Whether the loss of a record was counted before. */
  isCounted(sequence: number): boolean {
    return sequence <= this.#agedUpTo || this.#corrupt.has(sequence)
  }

  full(count: number): void {
    this.#full += count
  }

  /** Lines and samples are too old; records up to this sequence, which may still be there, are not to be counted again. */
  aged(sequence: number, count: number): void {
    this.#age += count
    this.#agedUpTo = Math.max(this.#agedUpTo, sequence)
  }

  /** A record cannot be verified. Gives false when that was known. */
  unverifiable(sequence: number, count: number): boolean {
    if (this.#corrupt.has(sequence)) return false
    this.#corrupt.add(sequence)
    this.#corruptRecords++
    this.#corruptCount += count
    return true
  }

  /** Records from `from` to before `to` are not where they should be; nobody knows how many lines they held. */
  missing(from: number, to: number): boolean {
    let found = false
    for (let sequence = Math.max(from, to - LONGEST_GAP); sequence < to; sequence++) {
      found = this.unverifiable(sequence, 0) || found
    }
    return found
  }

  /** Records before this sequence are gone. */
  forgetBefore(sequence: number): void {
    for (const corrupt of this.#corrupt) if (corrupt < sequence) this.#corrupt.delete(corrupt)
  }
}
