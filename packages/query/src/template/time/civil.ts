const DAY = 86_400

/** A date and time of day in some zone. Months and days count from 1. */
export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** From 1. */
  readonly yearDay: number
}

const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

export function daysIn(month: number, year: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days from 1970-01-01 to a date; months and days beyond their bounds count on. */
export function daysOf(year: number, month: number, day: number): number {
  const months = month - 1
  const fullYear = year + Math.floor(months / 12)
  const monthInYear = ((months % 12) + 12) % 12
  const before = fullYear - 1
  const years = 365 * before + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const leap = monthInYear > 1 && isLeap(fullYear) ? 1 : 0
  return years + (DAYS_BEFORE[monthInYear] as number) + leap + day - 1 - 719_162
}

/** The civil time that a clock shows which counts the seconds since 1970. */
export function civilOf(localSeconds: number): Civil {
  const days = Math.floor(localSeconds / DAY)
  const rest = localSeconds - days * DAY
  // A year is 365.2425 days long on average, so the guess is off by one at most.
  let year = 1970 + Math.floor(days / 365.2425)
  while (daysOf(year, 1, 1) > days) year--
  while (daysOf(year + 1, 1, 1) <= days) year++
  const yearDay = days - daysOf(year, 1, 1)
  let month = 12
  while (daysOf(year, month, 1) > days) month--
  return {
    year,
    month,
    day: days - daysOf(year, month, 1) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: yearDay + 1,
  }
}
