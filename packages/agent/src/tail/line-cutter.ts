import { isAscii } from 'node:buffer'
import { cutBefore, type Encoding } from './encoding.ts'

/** A line as it stands in a file. */
export interface CutLine {
  readonly text: string
  /** Offset of its first byte. */
  readonly place: number
  readonly metadata?: readonly (readonly [name: string, value: string])[]
}

/** Name of the metadata that lines carry which were cut: its value is the length in bytes that the line had. */
export const TRUNCATED = '_truncated'

/** Lines of one call, so that a file of empty lines does not become a million objects at once. */
export const MAX_LINES = 8192
/** From so many zero bytes on where a line should begin, they are a hole in the file and no text. */
const HOLE_BYTES = 16
const LF = 10
const CR = 13
const ZEROS = Buffer.alloc(4096)

/** A line longer than the limit whose end has not been seen yet. */
interface LongLine {
  readonly text: string
  readonly place: number
  bytes: number
}

/** Cuts the bytes of one file into lines. What it holds between two calls is at most the kept part of one long line. */
export class LineCutter {
  readonly encoding: Encoding
  readonly #maxLineBytes: number
  #long: LongLine | undefined
  /** Bytes of holes that were skipped since the start. */
  holeBytes = 0
  /** Lines that were longer than the limit. */
  truncatedLines = 0

  constructor(encoding: Encoding, maxLineBytes: number) {
    this.encoding = encoding
    this.#maxLineBytes = maxLineBytes
  }

  /** Where a line begins of which a part was consumed. */
  get openPlace(): number | undefined {
    return this.#long?.place
  }

  /**
   * Cuts whole lines out of the bytes behind `from`, which stand at `offset` in the file, and gives how many bytes are done
   * with; the others are given again, with more behind them. Bytes before `from` are those before `offset`.
   */
  cut(bytes: Buffer, from: number, offset: number, out: CutLine[]): number {
    const to = bytes.length
    const shift = offset - from
    const limit = out.length + MAX_LINES
    let at = this.#long === undefined ? this.#skipStart(bytes, from, to, offset) : this.#endLong(bytes, from, to, out)
    if (this.#long === undefined && this.encoding.asciiCompatible) {
      const last = bytes.lastIndexOf(LF, to - 1)
      if (last >= at && isAscii(bytes.subarray(at, last + 1)))
        at = this.#cutAscii(bytes, at, last + 1, shift, out, limit)
    }
    while (at < to && out.length < limit && this.#long === undefined) {
      const begin = this.#skipHole(bytes, at, to, false)
      if (begin !== at) {
        at = begin
        continue
      }
      const end = this.#lineEnd(bytes, at, shift)
      if (end >= 0) {
        this.#push(bytes, at, end, at + shift, out)
        at = end + this.encoding.unit
      } else if (to - at > this.#maxLineBytes) {
        const kept = cutBefore(this.encoding, bytes, at, this.#maxLineBytes)
        this.#long = { text: this.encoding.decode(bytes, at, kept), place: at + shift, bytes: to - at }
        at = to
      } else break
    }
    return at - from
  }

  /** Gives out what stands behind `from` without a line end, because none will come any more. */
  cutLast(bytes: Buffer, from: number, offset: number, out: CutLine[]): void {
    const to = bytes.length
    if (this.#long !== undefined) {
      this.#long.bytes += to - from
      this.#pushLong(this.#long.bytes, out)
      return
    }
    const at = this.#skipHole(bytes, this.#skipStart(bytes, from, to, offset), to, true)
    if (at < to) this.#push(bytes, at, to, at + offset - from, out)
  }

  /** The common case: one decoding for all lines, and offsets that are those of the characters. */
  #cutAscii(bytes: Buffer, from: number, to: number, shift: number, out: CutLine[], limit: number): number {
    const text = bytes.toString('latin1', from, to)
    const length = text.length
    let at = 0
    while (at < length && out.length < limit) {
      if (text.charCodeAt(at) === 0) {
        const begin = this.#skipHole(bytes, from + at, to, false) - from
        if (begin !== at) {
          at = begin
          continue
        }
      }
      const end = text.indexOf('\n', at)
      if (end - at > this.#maxLineBytes) this.#push(bytes, from + at, from + end, from + at + shift, out)
      else {
        const stop = end > at && text.charCodeAt(end - 1) === CR ? end - 1 : end
        out.push({ text: text.slice(at, stop), place: from + at + shift })
      }
      at = end + 1
    }
    return from + at
  }

  #push(bytes: Buffer, from: number, end: number, place: number, out: CutLine[]): void {
    const length = end - from
    if (length > this.#maxLineBytes) {
      const text = this.encoding.decode(bytes, from, cutBefore(this.encoding, bytes, from, this.#maxLineBytes))
      this.#long = { text, place, bytes: length }
      this.#pushLong(length, out)
      return
    }
    // A byte order mark is no text; the line begins with it all the same.
    const start = place === 0 ? from + this.encoding.markBytes : from
    const text = this.encoding.decode(bytes, start, end)
    out.push({ text: text.charCodeAt(text.length - 1) === CR ? text.slice(0, -1) : text, place })
  }

  #pushLong(length: number, out: CutLine[]): void {
    const { text, place } = this.#long!
    out.push({ text, place, metadata: [[TRUNCATED, String(length)]] })
    this.#long = undefined
    this.truncatedLines++
  }

  /** Looks for the end of a long line; gives where what follows begins. */
  #endLong(bytes: Buffer, from: number, to: number, out: CutLine[]): number {
    const long = this.#long!
    const end = this.#lineEnd(bytes, from, long.place + long.bytes - from)
    if (end < 0) {
      long.bytes += to - from
      return to
    }
    this.#pushLong(long.bytes + end - from, out)
    return end + this.encoding.unit
  }

  /** Past what belongs to the line or the hole before: only where reading begins in the middle of a file. */
  #skipStart(bytes: Buffer, from: number, to: number, offset: number): number {
    if (this.encoding.unit !== 1 || from === to) return from
    if (offset === 0 && bytes[from] === 0) return this.#skipHole(bytes, from, to, true)
    if (from === 0) return from
    const before = bytes[from - 1]
    if (before === 0 && bytes[from] === 0) return this.#skipHole(bytes, from, to, true)
    // A line was given out without its end, which has come since.
    if (before !== LF && before !== 0 && bytes[from] === LF) return from + 1
    return from
  }

  #skipHole(bytes: Buffer, from: number, to: number, short: boolean): number {
    if (bytes[from] !== 0 || this.encoding.unit !== 1) return from
    let at = from
    while (at + ZEROS.length <= to && bytes.subarray(at, at + ZEROS.length).equals(ZEROS)) at += ZEROS.length
    while (at < to && bytes[at] === 0) at++
    if (!short && at - from < HOLE_BYTES) return from
    this.holeBytes += at - from
    return at
  }

  #lineEnd(bytes: Buffer, from: number, shift: number): number {
    const { unit, lowByte } = this.encoding
    if (unit === 1) {
      return bytes.indexOf(LF, from)
    }
    for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
      const begin = at - lowByte
      if (((begin + shift) & 1) === 0 && begin >= from && begin + 1 < bytes.length && bytes[at + 1 - 2 * lowByte] === 0)
        return begin
    }
    return -1
  }
}
