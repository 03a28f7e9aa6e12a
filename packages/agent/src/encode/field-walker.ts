/**
 * Walks over the fields of one protobuf message: `next` moves to a field and returns its number, 0 at the end. Throws
 * RangeError where the bytes are not such a message.
 */
export class FieldWalker {
  readonly bytes: Buffer
  /** Where the current field begins, tag included. */
  from = 0
  /** Range of the content of a field of wire type 2 (bytes, texts, messages) or 1 and 5 (fixed numbers). */
  start = 0
  stop = 0
  /** Value of a field of wire type 0; exact below 2^53. */
  value = 0
  /** The last number in two: as one, those near 2^64 would lose their lowest bits. */
  #low = 0
  #high = 0
  #wire = 0
  #at: number
  readonly #end: number

  constructor(bytes: Buffer, from = 0, to = bytes.length) {
    this.bytes = bytes
    this.#at = from
    this.#end = to
  }

  next(): number {
    if (this.#at >= this.#end) return 0
    this.from = this.#at
    const tag = this.#varint()
    const wire = tag & 7
    this.#wire = wire
    if (wire === 0) this.value = this.#varint()
    else if (wire === 2) this.#pass(this.#varint())
    else if (wire === 1) this.#pass(8)
    else if (wire === 5) this.#pass(4)
    else throw this.#fault(`wire type ${wire}`)
    const field = Math.floor(tag / 8)
    if (field === 0) throw this.#fault('a field without a number')
    return field
  }

  /** A field of wire type 0 as a signed whole number of 64 bits. */
  get signed(): number {
    const high = this.#high & 0x7fff
    return (high < 0x4000 ? high : high - 0x8000) * 2 ** 49 + this.#low
  }

  /** The current field as it came: a number of wire type 0, or bytes. */
  get content(): number | Buffer {
    return this.#wire === 0 ? this.value : this.bytes.subarray(this.start, this.stop)
  }

  get text(): string {
    return this.bytes.toString('utf8', this.start, this.stop)
  }

  /** The current field as a message. */
  message(): FieldWalker {
    return new FieldWalker(this.bytes, this.start, this.stop)
  }

  #pass(length: number): void {
    this.start = this.#at
    this.stop = this.#at + length
    if (this.stop > this.#end) throw this.#fault('a field that runs over the end')
    this.#at = this.stop
  }

  #varint(): number {
    let low = 0
    let high = 0
    for (let i = 0; i < 10; i++) {
      if (this.#at >= this.#end) throw this.#fault('a number that is cut off')
      const byte = this.bytes[this.#at++] as number
      if (i < 7) low += (byte & 0x7f) * 2 ** (7 * i)
      else high += (byte & 0x7f) << (7 * (i - 7))
      if (byte < 0x80) {
        this.#low = low
        this.#high = high
        return high * 2 ** 49 + low
      }
    }
    throw this.#fault('a number of more than ten bytes')
  }

  #fault(what: string): RangeError {
    return new RangeError(`not a protobuf message: ${what} at byte ${this.from}`)
  }
}

/** The same bytes as a Buffer, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
