import { NO_LABELS } from '../../../eval/labels.ts'
import { promColumn, vectorOf } from '../series.ts'
import { type CallFunction, changePoints } from './member.ts'

const SECONDS_PER_DAY = 86_400
/** Days of 400 years, after which the Gregorian calendar repeats. */
const DAYS_PER_ERA = 146_097
/** Days from 0000-03-01 to 1970-01-01: years are counted from March, so that leap days come last. */
const DAYS_TO_EPOCH = 719_468

interface CivilDate {
  readonly year: number
  /** 1 … 12 */
  readonly month: number
  readonly day: number
}

/** The date of a day counted from 1970-01-01, also far beyond what Date can hold. */
function civilDate(days: number): CivilDate {
  const shifted = days + DAYS_TO_EPOCH
  const era = Math.floor(shifted / DAYS_PER_ERA)
  const ofEra = shifted - era * DAYS_PER_ERA
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function daysBefore(year: number, month: number): number {
  const common = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365][month - 1] as number
  return month > 2 && isLeap(year) ? common + 1 : common
}

type PartOf = (seconds: number, days: number) => number

const PARTS: Readonly<Record<string, PartOf>> = {
  minute: (seconds, days) => Math.floor((seconds - days * SECONDS_PER_DAY) / 60) % 60,
  hour: (seconds, days) => Math.floor((seconds - days * SECONDS_PER_DAY) / 3600),
  // 1970-01-01 was a Thursday.
  day_of_week: (_seconds, days) => (((days + 4) % 7) + 7) % 7,
  day_of_month: (_seconds, days) => civilDate(days).day,
  day_of_year: (_seconds, days) => {
    const { year, month, day } = civilDate(days)
    return daysBefore(year, month) + day
  },
  days_in_month: (_seconds, days) => {
    const { year, month } = civilDate(days)
    return month === 12 ? 31 : daysBefore(year, month + 1) - daysBefore(year, month)
  },
  month: (_seconds, days) => civilDate(days).month,
  year: (_seconds, days) => civilDate(days).year,
}

function partOf(part: PartOf, time: number): number {
  if (!Number.isFinite(time)) return Number.NaN
  const seconds = Math.trunc(time)
  return part(seconds, Math.floor(seconds / SECONDS_PER_DAY))
}

/** Parts of times in UTC: of the points' values in seconds, or, without an argument, of the evaluation time. */
export const DATE_FUNCTIONS: readonly CallFunction[] = Object.entries(PARTS).map(([name, part]) => ({
  name,
  evaluate(call) {
    if (call.has(0)) return changePoints(call, call.vector(0), (value) => partOf(part, value))
    const out = promColumn(NO_LABELS, call.count)
    out.present.fill(1)
    for (let k = 0; k < call.count; k++) out.values[k] = partOf(part, call.timeAt(k) / 1000)
    return vectorOf([out])
  },
}))
