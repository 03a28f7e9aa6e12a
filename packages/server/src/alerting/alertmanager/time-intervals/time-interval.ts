import type { Range } from './range.ts'
import { UTC, type Zone } from './zone.ts'

/** A recurring span of time of alertmanager.yml. All parts that are given must hold; within one part any range. */
export interface TimeInterval {
  /** Whether a moment, in milliseconds since the epoch, lies in it. */
  readonly contains: (timeMs: number) => boolean
}

/** What a time interval says. A part that is absent always holds; one without ranges never does. */
export interface TimeIntervalParts {
  /** Minutes of the day; the last one is not in it. */
  readonly times?: readonly Range[]
  readonly weekdays?: readonly Range[]
  readonly daysOfMonth?: readonly Range[]
  readonly months?: readonly Range[]
  readonly years?: readonly Range[]
  /** Absent: UTC. */
  readonly zone?: Zone
}

export function timeInterval(parts: TimeIntervalParts): TimeInterval {
  const { times, weekdays, daysOfMonth, months, years, zone = UTC } = parts
  return {
    contains(timeMs) {
      const { year, month, day, weekday, minute } = zone.localTime(timeMs)
      return (
        (times?.some(({ from, to }) => minute >= from && minute < to) ?? true) &&
        (daysOfMonth?.some((range) => holdsDay(range, day, daysIn(year, month))) ?? true) &&
        holds(months, month) &&
        holds(weekdays, weekday) &&
        holds(years, year)
      )
    },
  }
}

function holds(ranges: readonly Range[] | undefined, value: number): boolean {
  return ranges?.some(({ from, to }) => value >= from && value <= to) ?? true
}

function holdsDay({ from, to }: Range, day: number, daysInMonth: number): boolean {
  const counted = (end: number) => (end < 0 ? daysInMonth + end + 1 : end)
  return day >= counted(from) && day <= counted(to)
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}
