import { isUtf8 } from 'node:buffer'
import { validUtf8 } from '../decode/utf8.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_CAPACITY = 4096
/** Texts are escaped in pieces of so many bytes, because room for an escape of every byte is made before. */
const PIECE = 4096
const MOST_PER_BYTE = 6
const HEX = Buffer.from('0123456789abcdef')

/** By byte: 0 where JSON takes it as it is, 1 where it needs `\u00XX`, else the letter after the backslash. */
const ESCAPE = new Uint8Array(256)
ESCAPE.fill(1, 0, 0x20)
for (const [letter, meaning] of Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' })) {
  ESCAPE[meaning.charCodeAt(0)] = letter.charCodeAt(0)
}
ESCAPE[QUOTE] = QUOTE
ESCAPE[BACKSLASH] = BACKSLASH

/** Text that grows at its end: UTF-8 and JSON strings made of bytes of any kind. */
export class TextBuffer {
  bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY)
  length = 0
  /** Texts in which invalid UTF-8 was replaced by U+FFFD. */
  repaired = 0

  byte(value: number): void {
    if (this.length === this.bytes.length) this.#grow(1)
    this.bytes[this.length++] = value
  }

  /** Appends ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.length + i] = text.charCodeAt(i)
    this.length += text.length
  }

  /** Appends bytes as they are, but for invalid UTF-8. */
  text(source: Buffer, start: number, end: number): void {
    const given = source.subarray(start, end)
    const valid = validUtf8(given, 0)
    if (valid !== given) this.repaired++
    this.#reserve(valid.length)
    valid.copy(this.bytes, this.length)
    this.length += valid.length
  }

  /** Appends a JSON string, as JSON.stringify would write it. */
  quoted(source: Buffer, start: number, end: number): void {
    const before = this.length
    this.byte(QUOTE)
    let bits = 0
    for (let from = start; from < end; from += PIECE) bits |= this.#escaped(source, from, Math.min(end, from + PIECE))
    this.byte(QUOTE)
    if (bits < 0x80) return
    const given = source.subarray(start, end)
    if (isUtf8(given)) return
    this.length = before
    this.repaired++
    const valid = validUtf8(given, 0)
    this.quoted(valid, 0, valid.length)
  }

  /** Appends bytes with JSON's escapes; returns all their bits. */
  #escaped(source: Uint8Array, start: number, end: number): number {
    this.#reserve((end - start) * MOST_PER_BYTE)
    const { bytes } = this
    let length = this.length
    let bits = 0
    for (let p = start; p < end; p++) {
      const c = source[p]!
      const letter = ESCAPE[c]!
      bits |= c
      if (letter === 0) bytes[length++] = c
      else {
        bytes[length++] = BACKSLASH
        if (letter === 1) {
          bytes[length] = 0x75
          bytes[length + 1] = 0x30
          bytes[length + 2] = 0x30
          bytes[length + 3] = HEX[c >> 4]!
          bytes[length + 4] = HEX[c & 15]!
          length += 5
        } else bytes[length++] = letter
      }
    }
    this.length = length
    return bits
  }

  #reserve(more: number): void {
    if (this.length + more > this.bytes.length) this.#grow(more)
  }

  #grow(more: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + more))
    this.bytes.copy(bytes, 0, 0, this.length)
    this.bytes = bytes
  }
}
