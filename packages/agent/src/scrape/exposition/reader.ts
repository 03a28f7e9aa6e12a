import { isUtf8 } from 'node:buffer'
import { ExpositionError } from './error.ts'
import type { ExpositionFormat } from './format.ts'
import { readNumber } from './number.ts'

const TAB = 0x09
const LINE_END = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const HASH = 0x23
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d

export type ExpositionItem = 'sample' | 'help' | 'type' | 'unit'

/**
 * Walks over an exposition (text format 0.0.4 and 1.0, OpenMetrics 1.0) line by line without making anything: after
 * `next`, the fields tell where the parts of the line stand in `bytes`. Whoever knows a series by its bytes need not read
 * its labels again; see `readSeries` and `readDescription` for those who do not.
 */
export class ExpositionReader {
  readonly bytes: Buffer
  readonly format: ExpositionFormat
  /** Number of the line that `next` read, from 1. */
  line = 0
  /** Name and labels of a sample: `name{a="b"}`; of a description everything behind `HELP`, `TYPE` or `UNIT`. */
  start = 0
  end = 0
  value = 0
  /** Milliseconds since the epoch as the target says; undefined: it does not. */
  timeMs: number | undefined = undefined
  /** The exemplar of the sample, `{a="b"} value time`; empty when there is none. */
  exemplarStart = 0
  exemplarEnd = 0
  #at = 0
  #ended = false

  /** @throws ExpositionError when the bytes are not UTF-8 */
  constructor(bytes: Buffer, format: ExpositionFormat) {
    this.bytes = bytes
    this.format = format
    if (!isUtf8(bytes)) throw new ExpositionError('not UTF-8', lineOfBrokenText(bytes))
  }

  /**
   * What the next line is; undefined at the end. Comments and empty lines of the text format are skipped.
   * @throws ExpositionError where the rules of the format are broken
   */
  next(): ExpositionItem | undefined {
    const { bytes } = this
    const strict = this.format === 'openmetrics'
    for (;;) {
      if (this.#at >= bytes.length) {
        if (strict && !this.#ended) throw new ExpositionError('OpenMetrics has to end with # EOF', this.line + 1)
        return undefined
      }
      this.line++
      if (this.#ended) throw this.#fault('nothing may follow # EOF')
      if (!strict) this.#skipBlanks()
      const first = bytes[this.#at]
      if (first === HASH) {
        const item = strict ? this.#strictComment() : this.#comment()
        if (item !== undefined) return item
      } else if (first === LINE_END || first === undefined || (first === CARRIAGE_RETURN && !strict)) {
        if (strict) throw this.#fault('an empty line')
        this.#at = this.#endOfLine() + 1
      } else {
        this.#sample(first, strict)
        return 'sample'
      }
    }
  }

  #sample(first: number, strict: boolean): void {
    const { bytes } = this
    this.start = this.#at
    let at = this.#at
    let byte: number | undefined = first
    while (byte !== OPEN && byte !== SPACE && byte !== TAB && byte !== LINE_END && byte !== undefined)
      byte = bytes[++at]
    this.end = at
    if (!strict) {
      while (byte === SPACE || byte === TAB) byte = bytes[++at]
    }
    if (byte === OPEN) this.end = this.#endOfLabels(at)
    this.#at = this.end
    this.#blank(strict, 'a value')
    const start = this.#at
    const end = this.#word()
    const value = readNumber(bytes, start, end)
    if (value === undefined) throw this.#fault(`${this.#shown(start, end)} is no value`)
    this.value = value
    this.#at = end
    this.timeMs = undefined
    this.exemplarStart = 0
    this.exemplarEnd = 0
    if (strict) this.#strictRest()
    else this.#rest()
  }

  /** Behind the value in the text format: milliseconds, or nothing. */
  #rest(): void {
    this.#skipBlanks()
    const end = this.#word()
    if (end > this.#at) {
      this.timeMs = this.#milliseconds(this.#at, end)
      this.#at = end
      this.#skipBlanks()
    }
    this.#lineEnd(false)
  }

  /** Behind the value in OpenMetrics: seconds, an exemplar. */
  #strictRest(): void {
    const { bytes } = this
    if (bytes[this.#at] === SPACE && bytes[this.#at + 1] !== HASH) {
      this.#at++
      const end = this.#word()
      this.timeMs = this.#seconds(this.#at, end)
      this.#at = end
    }
    if (bytes[this.#at] === SPACE && bytes[this.#at + 1] === HASH) {
      this.#at += 2
      this.#blank(true, 'an exemplar')
      if (bytes[this.#at] !== OPEN) throw this.#fault('an exemplar begins with its labels in braces')
      this.exemplarStart = this.#at
      this.exemplarEnd = this.#endOfLine()
      this.#at = this.exemplarEnd
    }
    this.#lineEnd(true)
  }

  #milliseconds(start: number, end: number): number {
    const value = readNumber(this.bytes, start, end)
    if (value === undefined || !Number.isSafeInteger(value)) {
      throw this.#fault(`${this.#shown(start, end)} is no timestamp in milliseconds`)
    }
    return value
  }

  #seconds(start: number, end: number): number {
    const value = readNumber(this.bytes, start, end)
    const ms = value === undefined ? Number.NaN : Math.round(value * 1000)
    if (!Number.isSafeInteger(ms)) throw this.#fault(`${this.#shown(start, end)} is no timestamp in seconds`)
    return ms
  }

  /** Where the labels that begin at `at` end, behind the brace. */
  #endOfLabels(at: number): number {
    const { bytes } = this
    let quoted = false
    for (let i = at + 1; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === QUOTE) quoted = !quoted
      else if (byte === BACKSLASH && quoted && bytes[i + 1] !== LINE_END) i++
      else if (byte === CLOSE && !quoted) return i + 1
      else if (byte === LINE_END) break
    }
    throw this.#fault(quoted ? 'a label value without a closing quote' : 'labels without a closing brace')
  }

  /** `# HELP …` and `# TYPE …`; everything else behind a # is a comment. */
  #comment(): ExpositionItem | undefined {
    const { bytes } = this
    const end = this.#endOfLine()
    let at = this.#at + 1
    this.#at = end + 1
    if (!isBlank(bytes[at])) return undefined
    while (isBlank(bytes[at])) at++
    const item = isBlank(bytes[at + 4]) ? descriptionAt(bytes, at) : undefined
    if (item === undefined || item === 'unit') return undefined
    at += 4
    while (isBlank(bytes[at])) at++
    this.start = at
    this.end = end > at && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    return item
  }

  #strictComment(): ExpositionItem | undefined {
    const { bytes } = this
    const end = this.#endOfLine()
    const at = this.#at + 2
    const item = bytes[this.#at + 1] === SPACE && bytes[at + 4] === SPACE ? descriptionAt(bytes, at) : undefined
    if (item !== undefined) {
      this.start = at + 5
      this.end = end
      this.#at = end + 1
      return item
    }
    if (bytes.toString('latin1', this.#at, end) !== '# EOF') {
      throw this.#fault('OpenMetrics has no comments but # HELP, # TYPE, # UNIT and # EOF')
    }
    this.#ended = true
    this.#at = end + 1
    return undefined
  }

  #skipBlanks(): void {
    while (isBlank(this.bytes[this.#at])) this.#at++
  }

  #blank(strict: boolean, before: string): void {
    const from = this.#at
    if (strict) {
      if (this.bytes[this.#at] === SPACE) this.#at++
    } else this.#skipBlanks()
    if (this.#at === from || this.#word() === this.#at) throw this.#fault(`expected ${before} behind a blank`)
  }

  /** Where the word that begins here ends. */
  #word(): number {
    const { bytes } = this
    let at = this.#at
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === SPACE || byte === LINE_END || byte === TAB) break
    }
    return at > this.#at && bytes[at - 1] === CARRIAGE_RETURN && this.format === 'text' ? at - 1 : at
  }

  #endOfLine(): number {
    const at = this.bytes.indexOf(LINE_END, this.#at)
    return at < 0 ? this.bytes.length : at
  }

  #lineEnd(strict: boolean): void {
    const { bytes } = this
    if (!strict && bytes[this.#at] === CARRIAGE_RETURN) this.#at++
    const byte = bytes[this.#at]
    if (byte !== LINE_END && byte !== undefined) {
      throw this.#fault(`${this.#shown(this.#at, this.#endOfLine())} does not belong behind a sample`)
    }
    this.#at++
  }

  #shown(start: number, end: number): string {
    return JSON.stringify(this.bytes.toString('utf8', start, Math.min(end, start + 60)))
  }

  #fault(message: string): ExpositionError {
    return new ExpositionError(message, this.line)
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}

const DESCRIPTIONS: ReadonlyMap<string, ExpositionItem> = new Map([
  ['HELP', 'help'],
  ['TYPE', 'type'],
  ['UNIT', 'unit'],
])

function descriptionAt(bytes: Buffer, at: number): ExpositionItem | undefined {
  return DESCRIPTIONS.get(bytes.toString('latin1', at, at + 4))
}

function lineOfBrokenText(bytes: Buffer): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(LINE_END, start)
    const end = found < 0 ? bytes.length : found
    if (!isUtf8(bytes.subarray(start, end))) return line
    start = end + 1
  }
  return line
}
