import type { Period } from './plan.ts'

/**
 * When files end. `midnight` and `daily` are the same, `weekly` is `W0`: Monday's midnight, `W6` Sunday's. S, M, H and D
 * are Python's names. All periods are aligned to the clock, so that restarts do not move them; those shorter than a day
 * begin anew at each midnight.
 */
export type When =
  | ('midnight' | 'daily' | 'D')
  | ('hourly' | 'H')
  | ('minutely' | 'M')
  | ('secondly' | 'S')
  | ('weekly' | 'W0' | 'W1' | 'W2' | 'W3' | 'W4' | 'W5' | 'W6')

export interface Schedule {
  readonly when: When
  /** How many of these one period has. */
  readonly interval: number
  /** UTC instead of local time. */
  readonly utc: boolean
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

type Unit = { readonly days: number; readonly firstDay: number } | { readonly ms: number }

/** Day 0 of the epoch was a Thursday, day 3 of a week that begins on Monday. */
const week = (weekday: number): Unit => ({ days: 7, firstDay: weekday - 3 })
const day: Unit = { days: 1, firstDay: 0 }

const UNITS: Readonly<Record<string, Unit>> = {
  MIDNIGHT: day,
  DAILY: day,
  D: day,
  HOURLY: { ms: HOUR_MS },
  H: { ms: HOUR_MS },
  MINUTELY: { ms: MINUTE_MS },
  M: { ms: MINUTE_MS },
  SECONDLY: { ms: SECOND_MS },
  S: { ms: SECOND_MS },
  WEEKLY: week(0),
  ...Object.fromEntries(Array.from({ length: 7 }, (_, weekday) => [`W${weekday}`, week(weekday)])),
}

/** @throws RangeError when `when` is unknown, or `interval` is not a whole number from 1, or a part of a day lasts longer */
export function checkSchedule({ when, interval }: Schedule): void {
  const name = when.toUpperCase()
  const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined
  if (unit === undefined) {
    throw new RangeError(`when is ${JSON.stringify(when)}: use midnight, daily, hourly, minutely, weekly or W0 to W6`)
  }
  if (!Number.isInteger(interval) || interval < 1) {
    throw new RangeError(`interval is ${interval}: use a whole number from 1`)
  }
  if ('ms' in unit && unit.ms * interval > DAY_MS) {
    throw new RangeError(`when ${when} and interval ${interval} are more than a day: use when 'midnight'`)
  }
}

/** The period that a time is in. Periods follow one another without a gap, across changes of the clock too. */
export function periodOf(timeMs: number, { when, interval, utc }: Schedule): Period {
  const unit = UNITS[when.toUpperCase()] ?? day
  const today = dayNumber(timeMs, utc)
  if ('days' in unit) {
    const days = unit.days * interval
    const first = today - modulo(today - unit.firstDay, days)
    return { fromMs: dayStart(first, utc), untilMs: dayStart(first + days, utc) }
  }
  // Counted from midnight in time that really passes: the hour that comes twice in autumn is two periods, and the one
  // that spring leaves out is none.
  const length = unit.ms * interval
  const midnight = dayStart(today, utc)
  const fromMs = midnight + Math.floor((timeMs - midnight) / length) * length
  return { fromMs, untilMs: Math.min(fromMs + length, dayStart(today + 1, utc)) }
}

/** The name of a period by its beginning, as Python has it: `2024-12-28`, `2024-12-28_13`, `…_13-05`, `…_13-05-59`. */
export function periodName(fromMs: number, { when, utc }: Schedule): string {
  const unit = UNITS[when.toUpperCase()] ?? day
  const [year, month, dayOfMonth, hour, minute, second] = parts(fromMs, utc)
  const date = `${year}-${month}-${dayOfMonth}`
  if ('days' in unit) return date
  if (unit.ms === HOUR_MS) return `${date}_${hour}`
  return unit.ms === MINUTE_MS ? `${date}_${hour}-${minute}` : `${date}_${hour}-${minute}-${second}`
}

/** Year, month, day, hour, minute and second as digits; four for the year, two for the others. */
export function parts(timeMs: number, utc: boolean): readonly [string, string, string, string, string, string] {
  const date = new Date(timeMs)
  const numbers = utc
    ? [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    : [date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()]
  const [month = '', dayOfMonth = '', hour = '', minute = '', second = ''] = numbers.map((number) =>
    String(number).padStart(2, '0'),
  )
  const year = String(utc ? date.getUTCFullYear() : date.getFullYear()).padStart(4, '0')
  return [year, month, dayOfMonth, hour, minute, second]
}

/** Days from 1970-01-01 to the date that the calendar on the wall shows. */
function dayNumber(timeMs: number, utc: boolean): number {
  if (utc) return Math.floor(timeMs / DAY_MS)
  const date = new Date(timeMs)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS
}

/** The first moment of a day. */
function dayStart(number: number, utc: boolean): number {
  const date = new Date(number * DAY_MS)
  if (utc) return date.getTime()
  return new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()).getTime()
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
