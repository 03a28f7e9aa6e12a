import { holdsAt } from './same-bytes.ts'

/** Longer names are read anew each time: they are rare, and comparing them would cost as much. */
const MAX_BYTES = 64
const MAX_NAMES = 4096
const SLOTS = 8192

interface Entry {
  readonly bytes: Uint8Array
  readonly name: string
}

/**
 * Reads names that come again and again (keys of attributes) without making a string of each: the bytes are looked up.
 * Making a short string of bytes costs more than comparing it with one that is known. Bounded; `make` turns a name into
 * what is kept, and its errors pass through.
 */
export class NameTable {
  readonly #make: (name: string) => string
  #slots: (Entry | undefined)[] = new Array(SLOTS).fill(undefined)
  #count = 0

  constructor(make: (name: string) => string) {
    this.#make = make
  }

  read(bytes: Buffer, start: number, stop: number): string {
    const length = stop - start
    if (length > MAX_BYTES) return this.#make(bytes.toString('utf8', start, stop))
    let hash = length
    for (let i = start; i < stop; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    for (let entry = this.#slots[slot]; entry !== undefined; entry = this.#slots[slot]) {
      if (entry.bytes.length === length && holdsAt(bytes, start, entry.bytes)) return entry.name
      slot = (slot + 1) & (SLOTS - 1)
    }
    const name = this.#make(bytes.toString('utf8', start, stop))
    if (this.#count >= MAX_NAMES) {
      this.#slots = new Array(SLOTS).fill(undefined)
      this.#count = 0
      slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    }
    this.#slots[slot] = { bytes: Uint8Array.from(bytes.subarray(start, stop)), name }
    this.#count++
    return name
  }
}
