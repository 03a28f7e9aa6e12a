import type { Spool } from '../model/spool.ts'
import type { Assembler } from './assembler.ts'
import { collectGarbage } from './collect-garbage.ts'

export interface RoomOptions {
  readonly spool: Spool
  readonly assembler: Assembler
  /** Inputs that can wait do so while the spool holds more than this that a destination has not got. */
  readonly readAheadBytes: number
  /** Resident memory above which every input waits. */
  readonly maxMemoryBytes: number
}

/** Bytes on their way to the spool above which everyone waits: the disk is slower than the sources. */
const MOST_PENDING = 1024 * 1024
const LOOK_AGAIN_MS = 100
const LOOK_AT_MEMORY_MS = 250
/** Part of the bound from which on memory that is not used is looked for, and how often at most. */
const COLLECT_FROM = 0.8
const COLLECT_EVERY_MS = 1_000
const COLLECT_SELDOM_MS = 30_000
const WORTHWHILE_BYTES = 3 * 1024 * 1024

/** Says when inputs may read on. */
export class Room {
  readonly #options: RoomOptions
  /** Looked at twice a second: reading it costs as much as a hundred lines. */
  #resident = 0
  #lookedMs = 0
  #collectFromMs = 0

  constructor(options: RoomOptions) {
    this.#options = options
  }

  /** Whether memory is above its bound; then inputs wait. */
  get #short(): boolean {
    const nowMs = Date.now()
    const { maxMemoryBytes } = this.#options
    if (nowMs - this.#lookedMs > LOOK_AT_MEMORY_MS) {
      this.#lookedMs = nowMs
      this.#resident = process.memoryUsage.rss()
      if (this.#resident > maxMemoryBytes * COLLECT_FROM && nowMs > this.#collectFromMs) this.#collect(nowMs)
    }
    return this.#resident > maxMemoryBytes
  }

  #collect(nowMs: number): void {
    const before = process.memoryUsage()
    collectGarbage()
    const after = process.memoryUsage()
    this.#resident = after.rss
    const freed = before.heapUsed + before.external - after.heapUsed - after.external
    // Where nearly everything is in use, looking again soon would cost time and free nothing.
    this.#collectFromMs = nowMs + (freed > WORTHWHILE_BYTES ? COLLECT_EVERY_MS : COLLECT_SELDOM_MS)
  }

  wait(urgent: boolean): Promise<void> | undefined {
    return this.#taken(urgent) ? this.#until(urgent) : undefined
  }

  #taken(urgent: boolean): boolean {
    const { assembler, spool, readAheadBytes } = this.#options
    const isShort = this.#short
    if (assembler.pendingBytes > MOST_PENDING) return true
    // With nothing on its way, waiting would free no memory.
    if (isShort && assembler.pendingBytes > 0) return true
    return !urgent && spool.usage().waitingBytes > readAheadBytes
  }

  async #until(urgent: boolean): Promise<void> {
    while (this.#taken(urgent)) {
      const { assembler } = this.#options
      const later = new Promise<void>((go) => setTimeout(go, LOOK_AGAIN_MS))
      await (assembler.pendingBytes > MOST_PENDING ? Promise.race([assembler.appended(), later]) : later)
    }
  }
}
