import { GirokError } from '../../model/errors.ts'

/**
 * Walks over the fields of one protobuf message without building values. `next` moves to a field and returns its number
 * (0 at the end); then read it by the method for its type or pass on to the next. Nested messages are read by moving
 * `end`: see {@link enter}. Throws `bad_request` with the byte offset.
 */
export class ProtobufReader {
  readonly bytes: Buffer
  position: number
  end: number
  /** Wire type of the current field: 0 varint, 1 fixed64, 2 length-delimited, 5 fixed32. */
  wire = 0
  /** Range of the current field's payload, for wire type 2. */
  start = 0
  stop = 0
  /** Value of the current field, for wire type 0; exact below 2^53. */
  value = 0

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = position
    this.end = end
  }

  fail(what: string): never {
    throw new GirokError('bad_request', `protobuf: ${what} at byte ${this.position}`)
  }

  next(): number {
    if (this.position >= this.end) return 0
    const tag = this.#varint()
    // Nearly every tag is one byte, for which whole numbers of 32 bits do.
    const wire = tag & 7
    const field = tag < 0x80 ? tag >>> 3 : Math.floor(tag / 8)
    this.wire = wire
    if (field < 1 || field > 0x1fffffff) this.fail('a field number out of range')
    if (wire === 2) {
      const length = this.#varint()
      this.start = this.position
      this.#advance(length)
      this.stop = this.position
    } else if (wire === 0) this.value = this.#varint()
    else if (wire === 1) this.#advance(8)
    else if (wire === 5) this.#advance(4)
    else this.fail(`wire type ${wire}, which is not supported,`)
    return field
  }

  /** Makes the current length-delimited field the message being read; returns what {@link leave} needs. */
  enter(name: string): number {
    this.expect(2, name)
    const outer = this.end
    this.end = this.stop
    this.position = this.start
    return outer
  }

  /** Returns to the message around, behind the nested one. */
  leave(outer: number): void {
    this.position = this.end
    this.end = outer
  }

  expect(wire: number, name: string): void {
    if (this.wire !== wire) this.fail(`field "${name}" has wire type ${this.wire} instead of ${wire}`)
  }

  /** The current field as a text; throws when it is of another wire type. */
  text(name: string): string {
    this.expect(2, name)
    return this.bytes.toString('utf8', this.start, this.stop)
  }

  /** The current field as a double; throws when it is of another wire type. */
  double(name: string): number {
    this.expect(1, name)
    return this.bytes.readDoubleLE(this.position - 8)
  }

  #advance(length: number): void {
    if (length > this.end - this.position) this.fail('a field runs over the end of its message')
    this.position += length
  }

  #varint(): number {
    const { bytes, end } = this
    const first = bytes[this.position]!
    if (first < 0x80 && this.position < end) {
      this.position++
      return first
    }
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (this.position >= end) this.fail('a number is cut off')
      const byte = bytes[this.position++]!
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    this.fail('a number longer than 10 bytes')
  }
}
