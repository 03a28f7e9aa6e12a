import { GirokError } from '../../model/errors.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const LETTER_U = 0x75
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Deeper values are refused: no log record needs them, and the bound protects whatever reads the record later. */
export const MAX_JSON_DEPTH = 512

/** The byte that `\x` stands for, by x; 0 where no such escape exists (`\u` is handled apart). */
const ESCAPED = new Uint8Array(256)
for (const [name, meaning] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  ESCAPED[name.charCodeAt(0)] = meaning.charCodeAt(0)
}

const HEX = new Int8Array(256).fill(-1)
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16)

/**
 * Walks over JSON in bytes without building values: the caller asks for what it expects next. Accepts exactly what
 * JSON.parse accepts, down to {@link MAX_JSON_DEPTH}. The bytes must be valid UTF-8. Every method throws a GirokError
 * `bad_request` with the byte offset when the text is something else; time is linear in the bytes passed over.
 */
export class JsonCursor {
  readonly bytes: Buffer
  /** Where the text ends; may be moved, for text that consists of parts. */
  end: number
  position: number
  /** Range of the text that {@link readTextInPlace} read last. */
  textStart = 0
  textEnd = 0
  #isPlainKey = true
  readonly #closers = new Uint8Array(MAX_JSON_DEPTH)

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  fail(what: string, at = this.position): never {
    throw new GirokError('bad_request', `JSON: ${what} at byte ${at}`)
  }

  /** Passes white space and returns the next byte without consuming it; -1 at the end. */
  peek(): number {
    const { bytes, end } = this
    let p = this.position
    while (p < end) {
      const c = bytes[p]!
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) {
        this.position = p
        return c
      }
      p++
    }
    this.position = p
    return -1
  }

  /** Fails unless only white space is left. */
  finish(): void {
    if (this.peek() !== -1) this.fail('unexpected text after the value')
  }

  /** Consumes `{`; true when a member follows. Then alternate {@link key} and a value with {@link nextMember}. */
  openObject(where: string): boolean {
    return this.#open(OPEN_BRACE, `${where} must be an object`)
  }

  /** Consumes `[`; true when an item follows. Then alternate a value with {@link nextItem}. */
  openArray(where: string): boolean {
    return this.#open(OPEN_BRACKET, `${where} must be an array`)
  }

  /** After a member's value: true when another member follows, false when the object has ended. */
  nextMember(): boolean {
    return this.#next(CLOSE_BRACE)
  }

  /** After an item: true when another item follows, false when the array has ended. */
  nextItem(): boolean {
    return this.#next(OPEN_BRACKET + 2)
  }

  /** Reads a member's name and the colon. */
  key(): string {
    if (this.peek() !== QUOTE) this.fail('expected a member name in double quotes')
    const name = this.readString()
    this.#colon()
    return name
  }

  /**
   * Passes a member's name and the colon, leaving the name's bytes at `bytes[textStart … textEnd)`. True when these are the
   * name; false when they hold escapes, so that {@link passedKey} is needed to know it.
   */
  passKey(): boolean {
    if (this.peek() !== QUOTE) this.fail('expected a member name in double quotes')
    this.textStart = this.position + 1
    this.#isPlainKey = this.#skipString()
    this.textEnd = this.position - 1
    this.#colon()
    return this.#isPlainKey
  }

  /** The name that {@link passKey} passed last, if nothing was read since. */
  passedKey(): string {
    if (this.#isPlainKey) return this.bytes.toString('utf8', this.textStart, this.textEnd)
    const { position } = this
    this.position = this.textStart - 1
    const name = this.readString()
    this.position = position
    return name
  }

  /** Reads the string at the cursor; the bytes stay as they are. Lone surrogates become U+FFFD. */
  readString(): string {
    const start = this.position
    const plain = this.#skipString()
    if (plain) return this.bytes.toString('utf8', start + 1, this.position - 1)
    const unescaped: string = JSON.parse(this.bytes.toString('utf8', start, this.position))
    return Buffer.from(unescaped).toString()
  }

  /**
   * Reads the string at the cursor and leaves its UTF-8 text at `bytes[textStart … textEnd)`: where the string stands
   * when it holds no escapes, else unescaped over itself (escapes never grow). This destroys the JSON text of the string.
   */
  readTextInPlace(): void {
    const { bytes, end } = this
    const start = this.position + 1
    let p = start
    for (;;) {
      if (p >= end) this.fail('a string that does not end', start - 1)
      const c = bytes[p]!
      if (c === QUOTE) {
        this.textStart = start
        this.textEnd = p
        this.position = p + 1
        return
      }
      if (c === BACKSLASH) break
      if (c < 0x20) this.fail('a control character in a string that is not escaped', p)
      p++
    }
    let w = p
    for (;;) {
      if (p >= end) this.fail('a string that does not end', start - 1)
      const c = bytes[p]!
      if (c === BACKSLASH) {
        const letter = p + 1 < end ? bytes[p + 1]! : 0
        const meaning = ESCAPED[letter]!
        if (meaning !== 0) {
          bytes[w++] = meaning
          p += 2
        } else {
          const point = this.#unicodeEscape(p)
          p += point > 0xffff ? 12 : 6
          w = writeUtf8(bytes, w, point)
        }
      } else if (c === QUOTE) {
        break
      } else {
        if (c < 0x20) this.fail('a control character in a string that is not escaped', p)
        bytes[w++] = c
        p++
      }
    }
    this.textStart = start
    this.textEnd = w
    this.position = p + 1
  }

  /** Passes over the value at the cursor, checking it. */
  skipValue(): void {
    const closers = this.#closers
    let depth = 0
    for (;;) {
      const c = this.peek()
      if (c === QUOTE) this.#skipString()
      else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        this.position++
        if (this.peek() === c + 2) this.position++
        else {
          if (depth === MAX_JSON_DEPTH) this.fail(`values nested deeper than ${MAX_JSON_DEPTH}`)
          closers[depth++] = c + 2
          if (c === OPEN_BRACE) this.passKey()
          continue
        }
      } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) this.#skipNumber()
      else this.#skipWord(c)
      for (;;) {
        if (depth === 0) return
        const closer = closers[depth - 1]!
        const d = this.peek()
        if (d === COMMA) {
          this.position++
          if (closer === CLOSE_BRACE) this.passKey()
          break
        }
        if (d !== closer) this.fail(`expected "," or "${String.fromCharCode(closer)}"`)
        this.position++
        depth--
      }
    }
  }

  #open(opener: number, otherwise: string): boolean {
    if (this.peek() !== opener) this.fail(otherwise)
    this.position++
    if (this.peek() !== opener + 2) return true
    this.position++
    return false
  }

  #next(closer: number): boolean {
    const c = this.peek()
    if (c !== COMMA && c !== closer) this.fail(`expected "," or "${String.fromCharCode(closer)}"`)
    this.position++
    return c === COMMA
  }

  #colon(): void {
    if (this.peek() !== COLON) this.fail('expected ":"')
    this.position++
  }

  /** True when the string holds no escape. */
  #skipString(): boolean {
    const { bytes, end } = this
    const start = this.position
    let plain = true
    let p = start + 1
    for (;;) {
      if (p >= end) this.fail('a string that does not end', start)
      const c = bytes[p]!
      if (c === QUOTE) break
      if (c === BACKSLASH) {
        plain = false
        const letter = p + 1 < end ? bytes[p + 1]! : 0
        if (ESCAPED[letter] === 0) {
          if (letter !== LETTER_U || this.#hex4(p + 2) < 0) this.fail('an escape that JSON does not have', p)
          p += 6
        } else p += 2
      } else {
        if (c < 0x20) this.fail('a control character in a string that is not escaped', p)
        p++
      }
    }
    this.position = p + 1
    return plain
  }

  /** Code point of the `\u` escape at p, surrogate pairs joined, lone surrogates as U+FFFD. */
  #unicodeEscape(p: number): number {
    const unit = this.bytes[p + 1] === LETTER_U ? this.#hex4(p + 2) : -1
    if (unit < 0) this.fail('an escape that JSON does not have', p)
    if (unit < 0xd800 || unit > 0xdfff) return unit
    if (unit < 0xdc00 && p + 12 <= this.end && this.bytes[p + 6] === BACKSLASH && this.bytes[p + 7] === LETTER_U) {
      const low = this.#hex4(p + 8)
      if (low >= 0xdc00 && low <= 0xdfff) return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
    }
    return 0xfffd
  }

  #hex4(p: number): number {
    if (p + 4 > this.end) return -1
    const { bytes } = this
    const a = HEX[bytes[p]!]!
    const b = HEX[bytes[p + 1]!]!
    const c = HEX[bytes[p + 2]!]!
    const d = HEX[bytes[p + 3]!]!
    return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d
  }

  #skipDigits(): void {
    const start = this.position
    while (this.position < this.end && this.bytes[this.position]! >= 0x30 && this.bytes[this.position]! <= 0x39) {
      this.position++
    }
    if (this.position === start) this.fail('expected a digit')
  }

  #skipNumber(): void {
    const { bytes, end } = this
    if (bytes[this.position] === 0x2d) this.position++
    if (this.position < end && bytes[this.position] === 0x30) this.position++
    else this.#skipDigits()
    if (this.position < end && bytes[this.position] === 0x2e) {
      this.position++
      this.#skipDigits()
    }
    if (this.position < end && (bytes[this.position]! | 0x20) === 0x65) {
      this.position++
      if (this.position < end && (bytes[this.position] === 0x2b || bytes[this.position] === 0x2d)) this.position++
      this.#skipDigits()
    }
  }

  #skipWord(first: number): void {
    const word = first === 0x74 ? 'true' : first === 0x66 ? 'false' : first === 0x6e ? 'null' : ''
    const stop = this.position + word.length
    if (word === '' || stop > this.end || this.bytes.toString('latin1', this.position, stop) !== word) {
      this.fail(first === -1 ? 'the text ends where a value is expected' : 'expected a value')
    }
    this.position = stop
  }
}

function writeUtf8(bytes: Uint8Array, at: number, point: number): number {
  let w = at
  if (point < 0x80) bytes[w++] = point
  else if (point < 0x800) {
    bytes[w++] = 0xc0 | (point >> 6)
    bytes[w++] = 0x80 | (point & 63)
  } else if (point < 0x10000) {
    bytes[w++] = 0xe0 | (point >> 12)
    bytes[w++] = 0x80 | ((point >> 6) & 63)
    bytes[w++] = 0x80 | (point & 63)
  } else {
    bytes[w++] = 0xf0 | (point >> 18)
    bytes[w++] = 0x80 | ((point >> 12) & 63)
    bytes[w++] = 0x80 | ((point >> 6) & 63)
    bytes[w++] = 0x80 | (point & 63)
  }
  return w
}
