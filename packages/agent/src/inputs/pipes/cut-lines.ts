import type { SourceLine } from '../../model/source.ts'

const LINE_END = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Longer lines of pipes are cut; bytes. */
export const MAX_LINE_BYTES = 256 * 1024

/**
 * Makes lines of the chunks of a pipe. Of a line that is longer than allowed the beginning is kept, with its whole length
 * in the metadata `_truncated`; memory is bounded whatever comes.
 */
export class LineCutter {
  readonly #maxBytes: number
  /** The begun line, as far as it is kept. */
  #parts: Buffer[] = []
  #kept = 0
  /** Bytes of the begun line, kept or not. */
  #length = 0

  constructor(maxBytes = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** Lines that end in this chunk. */
  push(chunk: Buffer): SourceLine[] {
    const lines: SourceLine[] = []
    let from = 0
    let end = chunk.indexOf(LINE_END)
    if (end >= 0 && this.#length > 0) {
      this.#keep(chunk.subarray(0, end))
      lines.push(this.#taken())
      from = end + 1
      end = chunk.indexOf(LINE_END, from)
    }
    const last = chunk.lastIndexOf(LINE_END)
    // Lines that stand in the chunk as a whole are decoded together, when none can be too long.
    if (last >= from && last - from <= this.#maxBytes) {
      for (const text of chunk.toString('utf8', from, last).split('\n')) {
        lines.push({ text: text.endsWith('\r') ? text.slice(0, -1) : text })
      }
      from = last + 1
    } else {
      for (; end >= 0; end = chunk.indexOf(LINE_END, from)) {
        this.#keep(chunk.subarray(from, end))
        lines.push(this.#taken())
        from = end + 1
      }
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
    return lines
  }

  /** What stands behind the last end of line when the pipe is over. */
  end(): SourceLine[] {
    return this.#length > 0 ? [this.#taken()] : []
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length
    const room = this.#maxBytes - this.#kept
    if (room <= 0) return
    const kept = bytes.subarray(0, room)
    // A small piece must not hold the whole chunk it came in.
    this.#parts.push(Buffer.from(kept))
    this.#kept += kept.length
  }

  #taken(): SourceLine {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts)
    const length = this.#length
    this.#parts = []
    this.#kept = 0
    this.#length = 0
    if (length > this.#maxBytes) {
      return { text: wholeCharacters(bytes), metadata: [['_truncated', String(length)]] }
    }
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length
    return { text: bytes.toString('utf8', 0, end) }
  }
}

/** Without the begun character that a cut left at the end. */
function wholeCharacters(bytes: Buffer): string {
  let end = bytes.length
  while (end > 0 && end > bytes.length - 3 && ((bytes[end - 1] as number) & 0xc0) === 0x80) end--
  const lead = bytes[end - 1] as number
  const needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return bytes.toString('utf8', 0, bytes.length - end + 1 < needed ? end - 1 : bytes.length)
}
