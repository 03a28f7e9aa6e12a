import { readSync } from 'node:fs'
import { decodeHead, FIXED_BYTES, headBytes, MAGIC, type RecordHead, recordBytes } from './record-form.ts'

const WINDOW = 64 * 1024

export interface ScannedRecord {
  readonly head: RecordHead
  readonly offset: number
  /** Where the next one begins. */
  readonly end: number
  /** Head and detail; a view that the next call overwrites. */
  readonly bytes: Buffer
}

/**
 * Walks over the records of a segment by their heads, without reading payloads. Where a head cannot be verified it goes on
 * to the next that can. Bytes that the disk cannot read count as zeros, which are no record.
 */
export class SegmentScan {
  readonly #fd: number
  readonly #sizeNow: () => number
  #size = 0
  readonly #id: Buffer | undefined
  #window = Buffer.alloc(0)
  #windowAt = 0

  /**
   * Looks at the first `size` bytes of the file, which may grow; what was read once is not read again. `id`: whose records
   * count, undefined for anybody's.
   */
  constructor(fd: number, size: () => number, id: Buffer | undefined) {
    this.#fd = fd
    this.#sizeNow = size
    this.#id = id
  }

  /** The first record at `from` or behind it, with a sequence above `after`; undefined when there is none. */
  next(from: number, after: number): ScannedRecord | undefined {
    this.#size = this.#sizeNow()
    for (let at = from; at !== -1 && at + FIXED_BYTES <= this.#size; at = this.#nextMagic(at + 1)) {
      const found = this.#recordAt(at)
      if (found !== undefined && found.head.sequence > after) return found
    }
    return undefined
  }

  #recordAt(offset: number): ScannedRecord | undefined {
    const length = headBytes(this.#view(offset, FIXED_BYTES))
    if (length === undefined || offset + length > this.#size) return undefined
    const bytes = this.#view(offset, length)
    const head = decodeHead(bytes)
    if (head === undefined || (this.#id !== undefined && !head.id.equals(this.#id))) return undefined
    return { head, offset, end: offset + recordBytes(head), bytes }
  }

  #nextMagic(from: number): number {
    for (let at = from; at + FIXED_BYTES <= this.#size; ) {
      const view = this.#view(at, Math.min(WINDOW, this.#size - at))
      const found = view.indexOf(MAGIC)
      if (found !== -1) return at + found
      at += view.length - MAGIC.length + 1
    }
    return -1
  }

  #view(offset: number, length: number): Buffer {
    const start = offset - this.#windowAt
    if (start >= 0 && start + length <= this.#window.length) return this.#window.subarray(start, start + length)
    const wanted = Math.min(Math.max(length, WINDOW), this.#size - offset)
    const buffer =
      this.#window.buffer.byteLength >= wanted ? this.#window.buffer : new ArrayBuffer(Math.max(wanted, WINDOW))
    this.#window = Buffer.from(buffer, 0, wanted)
    this.#windowAt = offset
    readOrZeros(this.#fd, this.#window, offset)
    return this.#window.subarray(0, length)
  }
}

/** Fills the buffer from the file; with zeros where the file ends or the disk fails. */
export function readOrZeros(fd: number, into: Buffer, position: number): void {
  for (let at = 0; at < into.length; ) {
    let read = 0
    try {
      read = readSync(fd, into, at, into.length - at, position + at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
    }
    if (read === 0) {
      into.fill(0, at)
      return
    }
    at += read
  }
}
