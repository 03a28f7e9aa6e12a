import { END_OF_TIME_SECONDS } from '../../model/batch.ts'
import type { Instant } from './instant.ts'

const CALENDAR =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)? ?(?:([Zz]|UTC|GMT)|([+-])(\d\d)(?::?(\d\d))?)?$/
const DECIMAL = /^(\d{1,30})(?:\.(\d{0,30}))?$/
const EXPONENT = /^\d{1,30}(?:\.\d{1,30})?[eE]\+?\d{1,2}$/

/**
 * Reads a time as programs write it: RFC 3339 with any fraction (digits beyond nanoseconds are cut off), the same with a
 * space for the T, a comma before the fraction, or without a zone (then it is UTC); or a number of seconds,
 * milliseconds, microseconds or nanoseconds since 1970, told apart by size. Undefined when it is none of these or lies
 * outside 1970 … 2106.
 */
export function parseTime(text: string): Instant | undefined {
  return text.length > 80 ? undefined : (parseCalendar(text) ?? parseEpoch(text))
}

/** Only the calendar forms of {@link parseTime}. */
export function parseCalendar(text: string): Instant | undefined {
  const found = CALENDAR.exec(text)
  if (found === null) return undefined
  const month = Number(found[2])
  const day = Number(found[3])
  const hour = Number(found[4] ?? 0)
  const minute = Number(found[5] ?? 0)
  const second = Number(found[6] ?? 0)
  // 60 is a leap second; it rolls into the next minute.
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined
  const midnight = Date.UTC(Number(found[1]), month - 1, day)
  if (day > 28 && new Date(midnight).getUTCDate() !== day) return undefined
  let offset = 0
  if (found[9] !== undefined) {
    const hours = Number(found[10])
    const minutes = Number(found[11] ?? 0)
    if (hours > 23 || minutes > 59) return undefined
    offset = (hours * 3600 + minutes * 60) * (found[9] === '-' ? -1 : 1)
  }
  return instant(midnight / 1000 + hour * 3600 + minute * 60 + second - offset, nanosOf(found[7] ?? ''))
}

/** Only the numbers of {@link parseTime}; the text keeps digits that a JavaScript number would lose. */
export function parseEpoch(text: string): Instant | undefined {
  const found = DECIMAL.exec(EXPONENT.test(text) ? Number(text).toFixed(9) : text)
  if (found === null) return undefined
  const digits = found[1]!.replace(/^0+(?=\d)/, '')
  // Up to 11 digits reach the year 5138 as seconds; 14, 17 and 20 digits reach it in the smaller units.
  const decimals = digits.length <= 11 ? 0 : digits.length <= 14 ? 3 : digits.length <= 17 ? 6 : 9
  const split = digits.length - decimals
  return instant(Number(digits.slice(0, split)), nanosOf(digits.slice(split) + (found[2] ?? '')))
}

function nanosOf(fraction: string): number {
  return Number(fraction.slice(0, 9).padEnd(9, '0'))
}

function instant(seconds: number, nanos: number): Instant | undefined {
  return seconds >= 0 && seconds < END_OF_TIME_SECONDS ? { seconds, nanos } : undefined
}
