const SEVEN_BITS = 0x7f
const MORE = 0x80
const MOST_BYTES_OF_COUNT = 5

/** Memory of a column that is kept for the next block only if it is not more. */
const KEPT_BYTES = 8 * 2 ** 20

/** Below this a loop is quicker than a call of Buffer.copy or Buffer.write. */
const SHORT = 48

/**
 * A column of texts in the engine's Native format, growing: before each text stands its length in bytes as a variable-length
 * integer of seven bits a byte, lowest first.
 */
export class ColumnBytes {
  #bytes = Buffer.alloc(0)
  #at = 0

  /** The column so far; valid until the next call of another method. */
  get view(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  /** Begins anew; in the same memory, if that is not large. */
  clear(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.alloc(0)
    this.#at = 0
  }

  /** Begins anew in other memory: for when somebody may still read the old one. */
  forget(): void {
    this.#bytes = Buffer.alloc(0)
    this.#at = 0
  }

  /** Makes room for so many bytes besides those that are there. */
  reserve(size: number): void {
    const needed = this.#at + size
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(this.#bytes.length * 1.5)))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }

  /** A text, whose bytes are `from[start … end)`; `prefix`, where given, is a byte before them. */
  text(from: Uint8Array, start: number, end: number, prefix?: number): void {
    const size = end - start
    this.reserve(size + 1 + MOST_BYTES_OF_COUNT)
    this.#integer(prefix === undefined ? size : size + 1)
    if (prefix !== undefined) this.#bytes[this.#at++] = prefix
    this.#copy(from, start, end)
  }

  /** The empty text. */
  empty(): void {
    if (this.#at === this.#bytes.length) this.reserve(1024)
    this.#bytes[this.#at++] = 0
  }

  /** A number of columns, rows or bytes, below 2^32. */
  count(value: number): void {
    this.reserve(MOST_BYTES_OF_COUNT)
    this.#integer(value)
  }

  /** Bytes as they are: texts that have their length before them. */
  raw(from: Uint8Array): void {
    this.reserve(from.length)
    this.#copy(from, 0, from.length)
  }

  /** A text of JavaScript's, as UTF-8. */
  string(text: string): void {
    const { length } = text
    this.reserve(3 * length + MOST_BYTES_OF_COUNT)
    if (length < SHORT && this.#ascii(text)) return
    this.#integer(Buffer.byteLength(text))
    this.#at += this.#bytes.write(text, this.#at)
  }

  /** Writes a short text of ASCII alone; false when it is not. */
  #ascii(text: string): boolean {
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = text.length
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > SEVEN_BITS) return false
      bytes[at++] = unit
    }
    this.#at = at
    return true
  }

  #integer(value: number): void {
    let rest = value
    while (rest > SEVEN_BITS) {
      this.#bytes[this.#at++] = (rest & SEVEN_BITS) | MORE
      rest >>>= 7
    }
    this.#bytes[this.#at++] = rest
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes
    if (end - start > SHORT) {
      bytes.set(from.subarray(start, end), this.#at)
      this.#at += end - start
      return
    }
    let at = this.#at
    for (let i = start; i < end; i++) bytes[at++] = from[i] as number
    this.#at = at
  }
}

/** A text with its length before it, for {@link ColumnBytes.raw}. */
export function lengthAndText(text: string): Buffer {
  const column = new ColumnBytes()
  column.string(text)
  return Buffer.from(column.view)
}
