import { readLayout } from '../template/time/layout.ts'
import { parseTime } from '../template/time/parse.ts'
import { offsetOfLocal, type Zone } from '../template/time/zone.ts'

/** Nanoseconds since the epoch of a text, or undefined when it does not fit. `nowMs` tells the year where there is none. */
export type TimeFormat = (text: string, nowMs: number) => bigint | undefined

/** Names of formats, and the layouts that they stand for. */
const LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['ansic', 'Mon Jan _2 15:04:05 2006'],
  ['unixdate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['rubydate', 'Mon Jan 02 15:04:05 -0700 2006'],
  ['rfc822', '02 Jan 06 15:04 MST'],
  ['rfc822z', '02 Jan 06 15:04 -0700'],
  ['rfc850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['rfc1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['rfc1123z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
])

const SECOND = 1_000_000_000n
const MAX_NS = (1n << 63n) - 1n

/** Nanoseconds that a time of the store and of protocols can have. */
function inRange(ns: bigint): bigint | undefined {
  return ns >= 0n && ns <= MAX_NS ? ns : undefined
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['unix', 9],
  ['unixms', 6],
  ['unixus', 3],
  ['unixns', 0],
])

/**
 * A format by name (`RFC3339`, `ISO8601`, `UnixMs` …), or a layout: Go's reference time `Mon Jan 2 15:04:05 MST 2006` in any
 * arrangement. Times without a zone are of `zone`. Undefined when the text has no element of a time.
 */
export function compileTimeFormat(format: string, zone: Zone): TimeFormat | undefined {
  const name = format.toLowerCase()
  const digits = UNITS.get(name)
  if (digits !== undefined) return unixFormat(digits)
  if (name === 'rfc3339' || name === 'rfc3339nano') return (text) => isoTime(text, zone, true)
  if (name === 'iso8601') return (text) => isoTime(text, zone, false)
  const layout = LAYOUTS.get(name) ?? format
  const elements = readLayout(layout).filter(({ kind }) => kind === 'element')
  if (elements.length === 0) return undefined
  const hasYear = elements.some(({ text }) => text === '2006' || text === '06')
  return hasYear ? (text) => nanosecondsOf(layout, text, zone) : yearless(layout, zone)
}

function nanosecondsOf(layout: string, text: string, zone: Zone): bigint | undefined {
  const parsed = parseTime(layout, text, zone)
  if (parsed === undefined) return undefined
  return inRange(BigInt(parsed.seconds) * SECOND + BigInt(parsed.nanoseconds))
}

/** The present year, but in January the last one for times of December, and in December the next one for January. */
function yearless(layout: string, zone: Zone): TimeFormat {
  const withYear = `2006 ${layout}`
  return (text, nowMs) => {
    const now = new Date(nowMs)
    const year = now.getUTCFullYear()
    const ofYear = (shift: number) => nanosecondsOf(withYear, `${year + shift} ${text}`, zone)
    const found = ofYear(0)
    if (found === undefined) return undefined
    const month = new Date(Number(found / 1_000_000n)).getUTCMonth()
    const nowMonth = now.getUTCMonth()
    if (month === 11 && nowMonth === 0) return ofYear(-1)
    return month === 0 && nowMonth === 11 ? ofYear(1) : found
  }
}

const NUMBER = /^(\d{1,19})(?:\.(\d{1,18}))?$/

function unixFormat(digits: number): TimeFormat {
  const scale = 10n ** BigInt(digits)
  return (text) => {
    const parts = NUMBER.exec(text)
    if (parts === null) return undefined
    const fraction = parts[2]
    const whole = BigInt(parts[1] as string) * scale
    if (fraction === undefined) return inRange(whole)
    return inRange(whole + BigInt(`0${fraction.slice(0, digits).padEnd(digits, '0')}`))
  }
}

const PLUS = 0x2b
const MINUS = 0x2d
const COLON = 0x3a

/** The number of `count` digits at `at`; NaN when another character stands among them. */
function digitsAt(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * `2024-05-06T07:08:09.123Z` in one pass. Not `strict`: a blank for the T, a comma for the point, no seconds, no time of day,
 * offsets without colon, and no zone at all are good as well.
 */
function isoTime(text: string, zone: Zone, strict: boolean): bigint | undefined {
  const year = digitsAt(text, 0, 4)
  const month = digitsAt(text, 5, 2)
  const day = digitsAt(text, 8, 2)
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS || !isDate(year, month, day)) return undefined
  if (text.length === 10) return strict ? undefined : localTime(Date.UTC(year, month - 1, day) / 1000, 0, zone)
  const between = text[10]
  if (between !== 'T' && (strict || (between !== ' ' && between !== 't'))) return undefined
  const hour = digitsAt(text, 11, 2)
  const minute = digitsAt(text, 14, 2)
  if (!(hour < 24 && minute < 60) || text.charCodeAt(13) !== COLON) return undefined
  let at = 16
  let second = 0
  if (text.charCodeAt(16) === COLON) {
    second = digitsAt(text, 17, 2)
    if (!(second < 60)) return undefined
    at = 19
  } else if (strict) return undefined
  let nanos = 0
  if (at === 19 && (text[at] === '.' || (!strict && text[at] === ','))) {
    const from = ++at
    let scale = 100_000_000
    for (; ; at++) {
      const digit = text.charCodeAt(at) - 0x30
      if (!(digit >= 0 && digit <= 9)) break
      nanos += digit * scale
      scale = scale >= 10 ? scale / 10 : 0
    }
    if (at === from) return undefined
  }
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000
  if (at === text.length) return strict ? undefined : localTime(seconds, nanos, zone)
  const offset = offsetAt(text, !strict && text[at] === ' ' ? at + 1 : at, strict)
  return offset === undefined ? undefined : inRange(BigInt(seconds - offset) * SECOND + BigInt(nanos))
}

/** Years before 100 mean others to `Date.UTC`; no log is that old. */
function isDate(year: number, month: number, day: number): boolean {
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1)) return false
  if (day > (DAYS_IN_MONTH[month - 1] as number)) return false
  return day !== 29 || month !== 2 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

function localTime(seconds: number, nanos: number, zone: Zone): bigint | undefined {
  return inRange(BigInt(seconds - offsetOfLocal(zone, seconds)) * SECOND + BigInt(nanos))
}

/** Seconds east of UTC: `Z`, `+09:00`, and unless `strict` `+0900`, `+09`. */
function offsetAt(text: string, at: number, strict: boolean): number | undefined {
  const sign = text.charCodeAt(at)
  const length = text.length - at
  if (length === 1) return text[at] === 'Z' || (!strict && text[at] === 'z') ? 0 : undefined
  if (sign !== PLUS && sign !== MINUS) return undefined
  const colon = text.charCodeAt(at + 3) === COLON
  if (strict ? !(colon && length === 6) : length !== 3 && length !== (colon ? 6 : 5)) return undefined
  const hours = digitsAt(text, at + 1, 2)
  const minutes = length === 3 ? 0 : digitsAt(text, at + (colon ? 4 : 3), 2)
  if (!(hours <= 24 && minutes < 60)) return undefined
  const size = hours * 3600 + minutes * 60
  return sign === MINUS ? -size : size
}
