import { DelimitedFrames } from '../listen/delimited-frames.ts'

/** How messages are kept apart on a stream; `auto` looks at how a connection begins. */
export type Framing = 'auto' | 'octet-counting' | 'lf' | 'nul'

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const ZERO = 0x30
const NINE = 0x39
const LESS = 0x3c
/** More digits are no count: a number must not grow before it is compared (CVE-2022-24903). */
const MAX_COUNT_DIGITS = 8

/**
 * Cuts a stream into syslog messages by the framings of RFC 6587: `LENGTH SP MESSAGE`, or messages that end with LF (or
 * NUL). A connection that begins with `LENGTH SP <` counts; what follows there without a length is read up to the next
 * LF, so that neither it nor what comes after is lost. Holds at most `maxFrameBytes` of an unfinished message; longer
 * ones are left out and told.
 */
export class MessageFrames {
  #mode: 'undecided' | 'counted' | 'delimited'
  /** In a counted stream: at the start of a message, inside a counted one, leaving one out, or in one without a length. */
  #place: 'start' | 'counted' | 'skipped' | 'line' = 'start'
  readonly #delimiter: number
  readonly #maxFrameBytes: number
  readonly #tooLong: (bytes: number) => void
  readonly #delimited: DelimitedFrames
  /** The first bytes of a message as long as they may be a length. */
  #head: Buffer = Buffer.alloc(0)
  #body: Buffer = Buffer.alloc(0)
  #bodyLength = 0
  /** Bytes of the message that are still to come. */
  #missing = 0

  constructor(framing: Framing, maxFrameBytes: number, tooLong: (bytes: number) => void) {
    this.#mode = framing === 'auto' ? 'undecided' : framing === 'octet-counting' ? 'counted' : 'delimited'
    this.#delimiter = framing === 'nul' ? 0 : LF
    this.#maxFrameBytes = maxFrameBytes
    this.#tooLong = tooLong
    this.#delimited = new DelimitedFrames(this.#delimiter, maxFrameBytes, tooLong)
  }

  /** Bytes of the message that is not complete yet. */
  get heldBytes(): number {
    return this.#head.length + this.#bodyLength + this.#delimited.heldBytes
  }

  /** Gives every message that is complete now to `take`, without its framing; it may share the chunk's memory. */
  push(chunk: Buffer, take: (message: Buffer) => void): void {
    const rest = this.#mode === 'undecided' ? this.#decide(chunk) : chunk
    if (this.#mode === 'delimited') this.#delimited.push(rest, (frame) => this.#takeLine(frame, take))
    else if (this.#mode === 'counted') this.#pushCounted(rest, take)
  }

  /** Gives what came of a message that has no end, at the end of the stream. */
  end(take: (message: Buffer) => void): void {
    if (this.#head.length > 0) take(this.#head)
    if (this.#bodyLength > 0) take(this.#body.subarray(0, this.#bodyLength))
    this.#delimited.end((rest) => this.#takeLine(rest, take))
    this.#head = Buffer.alloc(0)
    this.#bodyLength = 0
  }

  /** Chooses the framing when there are bytes enough; returns all that came so far once it is chosen. */
  #decide(chunk: Buffer): Buffer {
    const bytes = this.#withHead(chunk)
    if (bytes.length === 0) return bytes
    const digits = countDigits(bytes, 0)
    const maybeCounted = digits > 0 && digits <= MAX_COUNT_DIGITS
    const cutOff = bytes.length === digits || (bytes.length === digits + 1 && bytes[digits] === SPACE)
    if (maybeCounted && cutOff) this.#head = Buffer.from(bytes)
    else if (maybeCounted && bytes[digits] === SPACE && bytes[digits + 1] === LESS) this.#mode = 'counted'
    else this.#mode = 'delimited'
    return bytes
  }

  #pushCounted(chunk: Buffer, take: (message: Buffer) => void): void {
    let bytes = chunk
    let at = 0
    while (at < bytes.length) {
      if (this.#place === 'start') {
        if (this.#head.length > 0) {
          bytes = this.#withHead(bytes)
          at = 0
        }
        const begun = this.#begin(bytes, at)
        if (begun < 0) return
        at = begun
        continue
      }
      const end = Math.min(bytes.length, at + this.#missing)
      if (this.#place === 'line') at = this.#readLine(bytes, at, take)
      else if (this.#place === 'skipped') {
        this.#missing -= end - at
        at = end
      } else {
        const part = bytes.subarray(at, end)
        this.#missing -= end - at
        at = end
        if (this.#missing > 0) this.#hold(part)
        else if (this.#bodyLength === 0) take(part)
        else {
          this.#hold(part)
          take(this.#body.subarray(0, this.#bodyLength))
        }
      }
      if (this.#missing === 0 && this.#place !== 'line') this.#restart()
    }
  }

  /** Reads what stands before a message. Returns where the message begins; -1: the bytes end before that is known. */
  #begin(bytes: Buffer, from: number): number {
    let at = from
    // Some clients end counted messages with LF or NUL, too, and do not count it.
    while (at < bytes.length && (bytes[at] === LF || bytes[at] === CR || bytes[at] === 0)) at++
    const digits = countDigits(bytes, at)
    const space = at + digits
    if (space === bytes.length && digits <= MAX_COUNT_DIGITS) {
      if (digits > 0) this.#head = Buffer.from(bytes.subarray(at))
      return -1
    }
    if (digits === 0 || digits > MAX_COUNT_DIGITS || bytes[space] !== SPACE) {
      this.#place = 'line'
      return at
    }
    let length = 0
    for (let i = at; i < space; i++) length = length * 10 + bytes[i]! - ZERO
    this.#missing = length
    this.#place = length > this.#maxFrameBytes ? 'skipped' : 'counted'
    if (this.#place === 'skipped') this.#tooLong(length)
    return space + 1
  }

  /** Reads a message without a length; returns where it ends. */
  #readLine(bytes: Buffer, at: number, take: (message: Buffer) => void): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf < 0 ? bytes.length : lf + 1
    if (lf >= 0) this.#place = 'start'
    this.#delimited.push(bytes.subarray(at, end), (frame) => this.#takeLine(frame, take))
    return end
  }

  #takeLine(frame: Buffer, take: (message: Buffer) => void): void {
    const end = this.#delimiter === LF && frame.at(-1) === CR ? frame.length - 1 : frame.length
    if (end > 0) take(end === frame.length ? frame : frame.subarray(0, end))
  }

  #withHead(chunk: Buffer): Buffer {
    if (this.#head.length === 0) return chunk
    const all = Buffer.concat([this.#head, chunk])
    this.#head = Buffer.alloc(0)
    return all
  }

  /** Grows by doubling: a length is only announced, and must not cost memory before the bytes have come. */
  #hold(part: Buffer): void {
    const length = this.#bodyLength + part.length
    if (length > this.#body.length) {
      const whole = length + this.#missing
      const body = Buffer.allocUnsafeSlow(Math.min(whole, Math.max(1024, length * 2)))
      body.set(this.#body.subarray(0, this.#bodyLength))
      this.#body = body
    }
    this.#body.set(part, this.#bodyLength)
    this.#bodyLength = length
  }

  #restart(): void {
    this.#place = 'start'
    this.#bodyLength = 0
    this.#body = Buffer.alloc(0)
  }
}

/** Digits at `at`, of which the first is no 0; at most one more than a count may have. */
function countDigits(bytes: Buffer, at: number): number {
  if (bytes[at] === ZERO) return 0
  let digits = 0
  while (digits <= MAX_COUNT_DIGITS && bytes[at + digits]! >= ZERO && bytes[at + digits]! <= NINE) digits++
  return digits
}
