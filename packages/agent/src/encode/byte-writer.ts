import { giveBuffer, takeBuffer } from './spare-buffers.ts'

const SHORT = 24
/** Doubling is for small buffers; memory that is not used is taken all the same. */
const LARGEST_STEP = 512 * 1024

/** Bytes that a whole number takes as a varint; exact below 2^53. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  if (value < 0x1000_0000) return 4
  let size = 5
  for (let rest = value / 0x8_0000_0000; rest >= 1; rest /= 128) size++
  return size
}

/**
 * Protobuf's wire format into a buffer that grows. The caller reserves room for what it is about to write; lengths of
 * texts and messages are guessed, and what follows is moved where the guess was wrong, so that nothing is measured first.
 */
export class ByteWriter {
  bytes: Buffer
  length = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Makes sure that so many more bytes can be written. */
  reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const grown = takeBuffer(Math.max(needed, this.bytes.length + Math.min(this.bytes.length, LARGEST_STEP)))
    this.bytes.copy(grown, 0, 0, this.length)
    giveBuffer(this.bytes)
    this.bytes = grown
  }

  byte(value: number): void {
    this.bytes[this.length++] = value
  }

  /** A whole number of at most 2^53; negative ones as the ten bytes of their two's complement. */
  varint(value: number): void {
    if (value < 0) {
      this.#negative(value)
      return
    }
    const { bytes } = this
    let at = this.length
    let rest = value
    for (; rest >= 0x8000_0000; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80
    for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
    bytes[at++] = rest
    this.length = at
  }

  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80)
    this.byte(Number(rest))
  }

  double(value: number): void {
    this.length = this.bytes.writeDoubleLE(value, this.length)
  }

  fixed64(value: bigint): void {
    this.length = this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.length)
  }

  raw(from: Uint8Array): void {
    this.bytes.set(from, this.length)
    this.length += from.length
  }

  /** The length of a text in UTF-8 and the text. Takes at most 3 bytes per unit of UTF-16 and 5 more. */
  text(text: string): void {
    const { bytes } = this
    const units = text.length
    const size = varintSize(units)
    const start = this.length + size
    if (units < SHORT) {
      // A call into the engine costs more than a short loop.
      let i = 0
      for (; i < units; i++) {
        const unit = text.charCodeAt(i)
        if (unit >= 0x80) break
        bytes[start + i] = unit
      }
      if (i === units) {
        bytes[this.length] = units
        this.length = start + units
        return
      }
    }
    this.#close(this.length, start, start + bytes.write(text, start))
  }

  /** Begins a message; give what it returns to `closeMessage`. `expected`: its length, when something is known of it. */
  openMessage(expected = 0): number {
    const start = this.length + varintSize(expected)
    this.length = start
    return start
  }

  /** Ends a message whose length stands right before it. Needs 5 bytes of room. */
  closeMessage(start: number, expected = 0): void {
    this.#close(start - varintSize(expected), start, this.length)
  }

  #close(lengthAt: number, start: number, end: number): void {
    const length = end - start
    const from = lengthAt + varintSize(length)
    if (from !== start) this.bytes.copyWithin(from, start, end)
    this.length = lengthAt
    this.varint(length)
    this.length = from + length
  }

  /** A field that is a message, which `fill` writes. Reserves room for itself. */
  nested(tag: number, fill: () => void): void {
    this.reserve(16)
    this.byte(tag)
    const start = this.openMessage()
    fill()
    this.reserve(16)
    this.closeMessage(start)
  }

  /** A field that is a text. Reserves room for itself. */
  textField(tag: number, text: string): void {
    this.reserve(text.length * 3 + 8)
    this.byte(tag)
    this.text(text)
  }

  /** A field that is bytes. Reserves room for itself. */
  bytesField(tag: number, bytes: Uint8Array): void {
    this.reserve(bytes.length + 8)
    this.byte(tag)
    this.varint(bytes.length)
    this.raw(bytes)
  }

  /** A copy of what was written. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length))
  }
}
