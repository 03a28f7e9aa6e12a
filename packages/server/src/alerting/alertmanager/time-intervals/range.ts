/** Both ends are in it. Of times: minutes of the day, without the last one. */
export interface Range {
  readonly from: number
  readonly to: number
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

const NUMBER = /^[+-]?\d{1,9}$/
const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/

/** `monday:friday` or `saturday`, in any case. Sunday is 0. */
export function readWeekdays(text: string): Range {
  const range = readRange(text, (word) => {
    const day = WEEKDAYS.indexOf(word)
    if (day < 0) throw new RangeError(`${quoted(word)} is no day of the week: write ${WEEKDAYS.join(', ')}`)
    return day
  })
  if (range.from > range.to) {
    throw new RangeError(`${text} ends before it starts (a week starts on Sunday): write it as two ranges`)
  }
  return range
}

/** `1:5`, `-3:-1`: days from the end of the month are negative, its last one is -1. */
export function readDaysOfMonth(text: string): Range {
  const range = readRange(text, numberOf)
  for (const day of [range.from, range.to]) {
    if (day === 0 || Math.abs(day) > 31) {
      throw new RangeError(`${day} is no day of a month: write 1 to 31, or -1 to -31 from its end`)
    }
  }
  if (range.from < 0 && range.to > 0) {
    throw new RangeError(`${text} starts from the end of the month, so it must end there too`)
  }
  // Of February: what holds in no month is a mistake, what holds in long ones is not.
  const inShortMonth = (day: number) => (day < 0 ? 28 + day : day)
  if (inShortMonth(range.from) > inShortMonth(range.to)) throw new RangeError(`${text} ends before it starts`)
  return range
}

/** `january:march`, `5:8`. January is 1. */
export function readMonths(text: string): Range {
  const range = readRange(text, (word) => {
    const month = MONTHS.indexOf(word) + 1 || (NUMBER.test(word) ? Number(word) : 0)
    if (month < 1 || month > 12)
      throw new RangeError(`${quoted(word)} is no month: write a name such as may, or 1 to 12`)
    return month
  })
  if (range.from > range.to) throw new RangeError(`${text} ends before it starts: write it as two ranges`)
  return range
}

/** `2026` or `2026:2030`. */
export function readYears(text: string): Range {
  const range = readRange(text, numberOf)
  if (range.from > range.to) throw new RangeError(`${text} ends before it starts`)
  return range
}

/** `HH:MM` in minutes of the day; `24:00` is its end. */
export function readTime(text: string): number {
  if (!TIME.test(text)) throw new RangeError(`${quoted(text)} is no time: write HH:MM, from 00:00 to 24:00`)
  const [hours, minutes] = text.split(':')
  return Number(hours) * 60 + Number(minutes)
}

export function printWeekdays(range: Range): string {
  return printRange(range, (day) => WEEKDAYS[day] as string)
}

export function printNumbers(range: Range): string {
  return printRange(range, String)
}

export function printTime(minutes: number): string {
  const twoDigits = (number: number) => String(number).padStart(2, '0')
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

function printRange({ from, to }: Range, print: (value: number) => string): string {
  return from === to ? print(from) : `${print(from)}:${print(to)}`
}

function readRange(text: string, read: (word: string) => number): Range {
  const words = text.toLowerCase().split(':')
  if (words.length > 2) throw new RangeError(`${quoted(text)} is no range: write FROM:TO`)
  const from = read(words[0] as string)
  return { from, to: words[1] === undefined ? from : read(words[1]) }
}

function numberOf(word: string): number {
  if (!NUMBER.test(word)) throw new RangeError(`${quoted(word)} is no whole number`)
  return Number(word)
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
