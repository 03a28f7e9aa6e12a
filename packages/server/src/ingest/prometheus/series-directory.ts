import { randomBytes } from 'node:crypto'
import type { SeriesOutcome } from './series-labels.ts'

/** A series that a directory knows, with its place in the batch that is being made. */
export interface KnownSeries {
  readonly outcome: SeriesOutcome
  /** Number of the batch in which `index` is its place; see SampleAssembler. */
  batch: number
  index: number
  /** Hour in which it was last counted as active. */
  activeHour: number
  /** The time of its last sample in that batch. */
  lastMs: number
}

/** What one generation holds at most. */
const MAX_SERIES = 100_000
const MAX_BYTES = 24 * 2 ** 20
const SMALLEST_TABLE = 1024
const SMALLEST_ARENA = 2 ** 16
/** Longer label blocks are not remembered. */
const MAX_BLOCK = 16_384

/** Sums of label blocks begin with this, so that nobody outside can choose blocks of the same sum. */
const SEED = randomBytes(4).readUInt32LE(0)

/**
 * Remembers across requests which series a block of label bytes stands for: a block that is known costs a sum over its
 * bytes and one comparison, no string. Holds two generations; what was not asked for during a whole one is forgotten.
 */
export class SeriesDirectory {
  #young = new Generation()
  #old = new Generation()

  get(bytes: Buffer, start: number, end: number): KnownSeries | undefined {
    const sum = sumOf(bytes, start, end)
    const young = this.#young.get(sum, bytes, start, end)
    if (young !== undefined) return young
    const old = this.#old.get(sum, bytes, start, end)
    if (old !== undefined) this.#put(sum, bytes, start, end, old)
    return old
  }

  set(bytes: Buffer, start: number, end: number, outcome: SeriesOutcome): KnownSeries {
    const known: KnownSeries = { outcome, batch: 0, index: 0, activeHour: -1, lastMs: -1 }
    if (end - start <= MAX_BLOCK) this.#put(sumOf(bytes, start, end), bytes, start, end, known)
    return known
  }

  #put(sum: number, bytes: Buffer, start: number, end: number, known: KnownSeries): void {
    if (this.#young.isFull) {
      this.#old = this.#young
      this.#young = new Generation()
    }
    this.#young.put(sum, bytes, start, end, known)
  }
}

/** A hash table by open addressing over blocks that lie one behind the other. */
class Generation {
  /** Place in the arrays below, plus one; 0 is free. */
  #slots = new Uint32Array(SMALLEST_TABLE)
  readonly #known: KnownSeries[] = []
  readonly #sums: number[] = []
  readonly #starts: number[] = []
  #arena = Buffer.allocUnsafeSlow(SMALLEST_ARENA)
  #used = 0

  get isFull(): boolean {
    return this.#known.length >= MAX_SERIES || this.#used >= MAX_BYTES
  }

  get(sum: number, bytes: Buffer, start: number, end: number): KnownSeries | undefined {
    const mask = this.#slots.length - 1
    for (let at = sum & mask; ; at = (at + 1) & mask) {
      const slot = this.#slots[at] as number
      if (slot === 0) return undefined
      const i = slot - 1
      if (this.#sums[i] !== sum) continue
      const from = this.#starts[i] as number
      const to = this.#starts[i + 1] ?? this.#used
      if (to - from === end - start && bytes.compare(this.#arena, from, to, start, end) === 0) return this.#known[i]
    }
  }

  put(sum: number, bytes: Buffer, start: number, end: number, known: KnownSeries): void {
    const length = end - start
    if (this.#used + length > this.#arena.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#arena.length * 2, this.#used + length))
      this.#arena.copy(larger, 0, 0, this.#used)
      this.#arena = larger
    }
    bytes.copy(this.#arena, this.#used, start, end)
    this.#starts.push(this.#used)
    this.#used += length
    this.#sums.push(sum)
    this.#known.push(known)
    if (this.#known.length * 2 > this.#slots.length) this.#grow()
    else this.#place(this.#known.length - 1)
  }

  #place(i: number): void {
    const mask = this.#slots.length - 1
    let at = (this.#sums[i] as number) & mask
    while (this.#slots[at] !== 0) at = (at + 1) & mask
    this.#slots[at] = i + 1
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let i = 0; i < this.#known.length; i++) this.#place(i)
  }
}

/** Four bytes at a time, multiplied and rotated; unsigned 32 bits. */
function sumOf(bytes: Buffer, start: number, end: number): number {
  let sum = SEED ^ (end - start)
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    sum = Math.imul(sum ^ Math.imul(word, 0xcc9e2d51), 0x1b873593)
    sum = (sum << 13) | (sum >>> 19)
  }
  for (; at < end; at++) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193)
  sum ^= sum >>> 16
  sum = Math.imul(sum, 0x85ebca6b)
  return (sum ^ (sum >>> 13)) >>> 0
}
