import type { Civil } from './civil.ts'
import { readLayout } from './layout.ts'
import type { ZoneTime } from './zone.ts'

export const MONTHS: readonly string[] = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  ...['November', 'December'],
]
export const WEEKDAYS: readonly string[] = [
  ...['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
]

/** Writes a time as the layout's reference time. */
export function formatTime(layout: string, civil: Civil, nanoseconds: number, zone: ZoneTime): string {
  let out = ''
  for (const { kind, text } of readLayout(layout)) {
    if (kind === 'text') out += text
    else out += kind === 'fraction' ? fraction(text, nanoseconds) : element(text, civil, zone)
  }
  return out
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

function year(value: number): string {
  return value < 0 ? `-${String(-value).padStart(4, '0')}` : String(value).padStart(4, '0')
}

function element(spelled: string, civil: Civil, zone: ZoneTime): string {
  switch (spelled) {
    case '2006':
      return year(civil.year)
    case '06':
      return two(((civil.year % 100) + 100) % 100)
    case 'January':
      return MONTHS[civil.month - 1] as string
    case 'Jan':
      return (MONTHS[civil.month - 1] as string).slice(0, 3)
    case '1':
      return String(civil.month)
    case '01':
      return two(civil.month)
    case 'Monday':
      return WEEKDAYS[civil.weekday] as string
    case 'Mon':
      return (WEEKDAYS[civil.weekday] as string).slice(0, 3)
    case '2':
      return String(civil.day)
    case '_2':
      return String(civil.day).padStart(2)
    case '02':
      return two(civil.day)
    case '__2':
      return String(civil.yearDay).padStart(3)
    case '002':
      return String(civil.yearDay).padStart(3, '0')
    default:
      return clock(spelled, civil, zone)
  }
}

function clock(spelled: string, { hour, minute, second }: Civil, zone: ZoneTime): string {
  switch (spelled) {
    case '15':
      return two(hour)
    case '3':
      return String(hour % 12 === 0 ? 12 : hour % 12)
    case '03':
      return two(hour % 12 === 0 ? 12 : hour % 12)
    case '4':
      return String(minute)
    case '04':
      return two(minute)
    case '5':
      return String(second)
    case '05':
      return two(second)
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return hour >= 12 ? 'pm' : 'am'
    case 'MST':
      return zone.abbreviation === '' ? offset('-0700', zone.offset) : zone.abbreviation
    default:
      return offset(spelled, zone.offset)
  }
}

/** `Z07:00`, `-0700` and their like. */
function offset(spelled: string, seconds: number): string {
  if (spelled[0] === 'Z' && seconds === 0) return 'Z'
  const size = Math.abs(Math.trunc(seconds / 60))
  const colon = spelled.includes(':') ? ':' : ''
  let out = (seconds < 0 ? '-' : '+') + two(Math.floor(size / 60))
  if (spelled.length > 3) out += colon + two(size % 60)
  if (spelled.length > 6) out += colon + two(Math.abs(seconds % 60))
  return out
}

/** `.000` shows so many digits, `.999` leaves out zeros at the end. */
function fraction(spelled: string, nanoseconds: number): string {
  let digits = String(nanoseconds)
    .padStart(9, '0')
    .slice(0, spelled.length - 1)
  digits = digits.padEnd(spelled.length - 1, '0')
  if (spelled[1] === '9') digits = digits.slice(0, 9).replace(/0+$/, '')
  return digits === '' ? '' : spelled[0] + digits
}
