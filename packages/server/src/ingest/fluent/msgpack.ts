import { GirokError } from '../../model/errors.ts'

/** How many bytes a value begins with, and how many values follow that belong to it. */
export interface ValueSize {
  /** Of the head, and of the text, number or extension that it announces; these may lie beyond what there is. */
  readonly bytes: number
  readonly values: number
}

/** Kinds of values; texts and binaries are one, because older clients know no difference. */
export const NIL = 0
export const FALSE = 1
export const TRUE = 2
export const WHOLE = 3
export const FLOAT = 4
export const TEXT = 5
export const ARRAY = 6
export const MAP = 7
export const EXTENSION = 8

/** By first byte: the kind; 255 is the byte that MessagePack never uses. */
export const KINDS = new Uint8Array(256)
/** By first byte: bytes of the head, which is the whole value for numbers and the like. */
const HEAD = new Uint8Array(256).fill(1)
/** By first byte: bytes of the length or number of members within the head, after the first byte. */
const LENGTH_BYTES = new Uint8Array(256)

const UNUSED = 255

function declare(first: number, kind: number, head: number, lengthBytes = 0): void {
  KINDS[first] = kind
  HEAD[first] = head
  LENGTH_BYTES[first] = lengthBytes
}

for (let first = 0; first < 256; first++) {
  if (first < 0x80 || first >= 0xe0) declare(first, WHOLE, 1)
  else if (first < 0x90) declare(first, MAP, 1)
  else if (first < 0xa0) declare(first, ARRAY, 1)
  else if (first < 0xc0) declare(first, TEXT, 1)
}
declare(0xc0, NIL, 1)
declare(0xc1, UNUSED, 1)
declare(0xc2, FALSE, 1)
declare(0xc3, TRUE, 1)
for (const [k, bytes] of [1, 2, 4].entries()) {
  declare(0xc4 + k, TEXT, 1 + bytes, bytes)
  declare(0xc7 + k, EXTENSION, 2 + bytes, bytes)
  declare(0xd9 + k, TEXT, 1 + bytes, bytes)
}
declare(0xca, FLOAT, 5)
declare(0xcb, FLOAT, 9)
for (let k = 0; k < 4; k++) {
  declare(0xcc + k, WHOLE, 1 + 2 ** k)
  declare(0xd0 + k, WHOLE, 1 + 2 ** k)
}
for (let k = 0; k < 5; k++) declare(0xd4 + k, EXTENSION, 2)
for (const [k, bytes] of [2, 4].entries()) {
  declare(0xdc + k, ARRAY, 1 + bytes, bytes)
  declare(0xde + k, MAP, 1 + bytes, bytes)
}

/** Size of the value at `at`; undefined when its head is not complete before `end`. */
export function sizeOf(bytes: Uint8Array, at: number, end: number): ValueSize | undefined {
  const first = bytes[at]!
  const head = HEAD[first]!
  const lengthBytes = LENGTH_BYTES[first]!
  if (at + 1 + lengthBytes > end) return undefined
  switch (KINDS[first]) {
    case TEXT:
    case EXTENSION:
      return { bytes: head + announced(bytes, at), values: 0 }
    case ARRAY:
      return { bytes: head, values: announced(bytes, at) }
    case MAP:
      return { bytes: head, values: 2 * announced(bytes, at) }
    case UNUSED:
      throw new GirokError('bad_request', `not MessagePack: byte ${at} is 0xc1, which no value begins with`)
    default:
      return { bytes: head, values: 0 }
  }
}

/** Length of the text or extension at `at`, or the number of members of the array or map. */
function announced(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!
  switch (LENGTH_BYTES[first]) {
    case 1:
      return bytes[at + 1]!
    case 2:
      return (bytes[at + 1]! << 8) | bytes[at + 2]!
    case 4:
      return bytes[at + 1]! * 0x1000000 + ((bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!)
    default:
      if (first >= 0xd4 && first <= 0xd8) return 1 << (first - 0xd4)
      return first < 0xa0 ? first & 0x0f : first & 0x1f
  }
}

/**
 * Walks over MessagePack in bytes without building values. Every method throws a GirokError `bad_request` with the byte
 * offset where the bytes end too early or are something else than was asked for.
 */
export class MsgpackCursor {
  readonly bytes: Buffer
  readonly end: number
  position: number
  /** Range of the text that {@link openText} passed, or of the extension's data that {@link openExtension} passed. */
  textStart = 0
  textEnd = 0

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  fail(what: string, at = this.position): never {
    throw new GirokError('bad_request', `MessagePack: ${what} at byte ${at}`)
  }

  /** Kind of the value at the cursor. */
  kind(): number {
    if (this.position >= this.end) this.fail('the bytes end where a value is expected')
    return KINDS[this.bytes[this.position]!]!
  }

  /** Passes the head of an array; returns its number of values. */
  openArray(what: string): number {
    if (this.kind() !== ARRAY) this.fail(`${what} must be an array`)
    return this.#members(1)
  }

  /** Passes the head of a map; returns its number of pairs. */
  openMap(what: string): number {
    if (this.kind() !== MAP) this.fail(`${what} must be a map`)
    return this.#members(2)
  }

  /** Passes a text or binary. */
  openText(what: string): void {
    if (this.kind() !== TEXT) this.fail(`${what} must be a text`)
    this.#pass()
  }

  /** Passes an extension; returns its type, −128 … 127. */
  openExtension(): number {
    if (this.kind() !== EXTENSION) this.fail('expected an extension')
    this.#pass()
    return (this.bytes[this.textStart - 1]! << 24) >> 24
  }

  /** Passes a whole number. One beyond 2^53 is a bigint. */
  readWhole(): number | bigint {
    const { bytes, position } = this
    if (this.kind() !== WHOLE) this.fail('expected a whole number')
    this.#fixed()
    const first = bytes[position]!
    const at = position + 1
    switch (first) {
      case 0xcc:
        return bytes[at]!
      case 0xcd:
        return bytes.readUInt16BE(at)
      case 0xce:
        return bytes.readUInt32BE(at)
      case 0xcf:
        return safe(bytes.readBigUInt64BE(at))
      case 0xd0:
        return bytes.readInt8(at)
      case 0xd1:
        return bytes.readInt16BE(at)
      case 0xd2:
        return bytes.readInt32BE(at)
      case 0xd3:
        return safe(bytes.readBigInt64BE(at))
      default:
        return first < 0x80 ? first : first - 256
    }
  }

  readFloat(): number {
    const { bytes, position } = this
    if (this.kind() !== FLOAT) this.fail('expected a float')
    this.#fixed()
    return bytes[position] === 0xca ? bytes.readFloatBE(position + 1) : bytes.readDoubleBE(position + 1)
  }

  /** Passes the value at the cursor, whatever it is, however deep. */
  skip(): void {
    const { bytes, end } = this
    let p = this.position
    for (let missing = 1; missing > 0; missing--) {
      if (p >= end) this.fail('the bytes end where a value is expected', p)
      const first = bytes[p]!
      if (first < 0x80 || first >= 0xe0) p++
      else if (first >= 0xa0 && first < 0xc0) p += 1 + (first & 0x1f)
      else {
        const size = sizeOf(bytes, p, end)
        if (size === undefined) this.fail('the bytes end within a value', p)
        p += size.bytes
        missing += size.values
      }
      // Each value has at least one byte: a lie about a number must not make this loop long.
      if (p + missing - 1 > end) this.fail('the bytes end within a value', this.position)
    }
    this.position = p
  }

  /** Passes a text or extension, whose data stands at the end. */
  #pass(): void {
    const { bytes, end, position } = this
    const first = bytes[position]!
    if (position + HEAD[first]! > end) this.fail('the bytes end within a value')
    this.textStart = position + HEAD[first]!
    this.textEnd = this.textStart + announced(bytes, position)
    if (this.textEnd > end) this.fail('the bytes end within a value')
    this.position = this.textEnd
  }

  #members(valuesEach: number): number {
    const { bytes, end, position } = this
    const head = HEAD[bytes[position]!]!
    if (position + head > end) this.fail('the bytes end within a value')
    const members = announced(bytes, position)
    this.position = position + head
    if (members * valuesEach > end - this.position) this.fail('the bytes end within a value', position)
    return members
  }

  #fixed(): void {
    const next = this.position + HEAD[this.bytes[this.position]!]!
    if (next > this.end) this.fail('the bytes end within a value')
    this.position = next
  }
}

function safe(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
