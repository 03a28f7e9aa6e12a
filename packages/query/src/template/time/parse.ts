import { daysIn, daysOf, isLeap } from './civil.ts'
import { MONTHS, WEEKDAYS } from './format.ts'
import { readLayout } from './layout.ts'
import { fixedZone, offsetOfAbbreviation, offsetOfLocal, UTC, type Zone } from './zone.ts'

/** An instant and the zone that it is shown in. */
export interface ParsedTime {
  readonly seconds: number
  readonly nanoseconds: number
  readonly zone: Zone
}

/**
 * Reads a time that is written as the layout's reference time. A time without a zone is one of `zone`; an offset or
 * abbreviation that `zone` does not have at that time gets a zone of its own. Undefined when the text does not fit.
 */
export function parseTime(layout: string, text: string, zone: Zone): ParsedTime | undefined {
  const reader = new TimeReader(text)
  const parts = readLayout(layout)
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text' ? !reader.literal(part.text) : !reader.element(part.text, parts[index + 1]?.kind)) {
      return undefined
    }
  }
  return reader.rest() === '' ? reader.finish(zone) : undefined
}

class TimeReader {
  private readonly text: string
  private at = 0
  private year = 0
  private month = -1
  private day = -1
  private yearDay = -1
  private hour = 0
  private minute = 0
  private second = 0
  private nanoseconds = 0
  private half: 'am' | 'pm' | undefined
  private zone: Zone | undefined
  private offset: number | undefined
  private abbreviation = ''

  constructor(text: string) {
    this.text = text
  }

  rest(): string {
    return this.text.slice(this.at)
  }

  /** A blank stands for any number of blanks. */
  literal(prefix: string): boolean {
    const { text } = this
    for (let i = 0; i < prefix.length; ) {
      if (prefix[i] === ' ') {
        if (this.at < text.length && text[this.at] !== ' ') return false
        while (prefix[i] === ' ') i++
        while (text[this.at] === ' ') this.at++
      } else if (text[this.at++] !== prefix[i++]) return false
    }
    return true
  }

  element(spelled: string, following: string | undefined): boolean {
    switch (spelled) {
      case '2006':
        return this.take(/\d{4}/y, (digits) => {
          this.year = Number(digits)
        })
      case '06':
        return this.take(/\d\d/y, (digits) => {
          this.year = Number(digits) + (Number(digits) >= 69 ? 1900 : 2000)
        })
      case 'January':
      case 'Jan':
        this.month = this.name(MONTHS, spelled === 'Jan') + 1
        return this.month > 0
      case 'Monday':
      case 'Mon':
        return this.name(WEEKDAYS, spelled === 'Mon') >= 0
      case '1':
      case '01':
        this.month = this.number(spelled)
        return this.month >= 1 && this.month <= 12
      case '_2':
      case '2':
      case '02':
        if (spelled === '_2' && this.text[this.at] === ' ') this.at++
        this.day = this.number(spelled)
        return this.day >= 0
      case '__2':
      case '002':
        for (let i = 0; i < 2 && spelled === '__2' && this.text[this.at] === ' '; i++) this.at++
        return this.take(spelled === '002' ? /\d{3}/y : /\d{1,3}/y, (digits) => {
          this.yearDay = Number(digits)
        })
      default:
        return this.clock(spelled, following)
    }
  }

  private clock(spelled: string, following: string | undefined): boolean {
    switch (spelled) {
      case '15':
        this.hour = this.number('1')
        return this.hour >= 0 && this.hour < 24
      case '3':
      case '03':
        this.hour = this.number(spelled)
        return this.hour >= 0 && this.hour <= 12
      case '4':
      case '04':
        this.minute = this.number(spelled)
        return this.minute >= 0 && this.minute < 60
      case '5':
      case '05':
        this.second = this.number(spelled)
        // A fraction may follow the seconds also where the layout has none.
        if (following !== 'fraction') this.fraction(/[.,]\d+/y)
        return this.second >= 0 && this.second < 60
      case 'PM':
      case 'pm':
        return this.take(spelled === 'PM' ? /[AP]M/y : /[ap]m/y, (half) => {
          this.half = half.toLowerCase() as 'am' | 'pm'
        })
      case 'MST':
        return this.zoneName()
      default:
        if (spelled[1] === '9') return this.fraction(/[.,]\d+/y) || true
        return spelled[1] === '0' && spelled[0] !== '-' && spelled[0] !== 'Z'
          ? this.fraction(new RegExp(`[.,]\\d{${spelled.length - 1}}`, 'y'))
          : this.zoneOffset(spelled)
    }
  }

  finish(zone: Zone): ParsedTime | undefined {
    if (this.half === 'pm' && this.hour < 12) this.hour += 12
    else if (this.half === 'am' && this.hour === 12) this.hour = 0
    if (this.yearDay >= 0 && !this.dayOfYear()) return undefined
    const month = this.month < 0 ? 1 : this.month
    const day = this.day < 0 ? 1 : this.day
    if (day < 1 || day > daysIn(month, this.year)) return undefined
    const local = daysOf(this.year, month, day) * 86_400 + this.hour * 3600 + this.minute * 60 + this.second
    const { nanoseconds } = this
    if (this.zone !== undefined) return { seconds: local, nanoseconds, zone: this.zone }
    if (this.offset !== undefined) {
      const seconds = local - this.offset
      const { offset, abbreviation } = zone.at(seconds)
      const isOurs = offset === this.offset && (this.abbreviation === '' || this.abbreviation === abbreviation)
      return { seconds, nanoseconds, zone: isOurs ? zone : fixedZone(this.abbreviation, this.offset) }
    }
    if (this.abbreviation !== '') {
      const known = offsetOfAbbreviation(zone, this.abbreviation, local)
      if (known !== undefined) return { seconds: local - known, nanoseconds, zone }
      const hours = /^GMT([+-]\d+)$/.exec(this.abbreviation)
      const offset = hours === null ? 0 : Number(hours[1]) * 3600
      // As in Go, the clock's time is taken for UTC; only its showing follows the offset.
      return { seconds: local, nanoseconds, zone: fixedZone(this.abbreviation, offset) }
    }
    return { seconds: local - offsetOfLocal(zone, local), nanoseconds, zone }
  }

  private dayOfYear(): boolean {
    const days = isLeap(this.year) ? 366 : 365
    if (this.yearDay < 1 || this.yearDay > days) return false
    let month = 12
    const first = daysOf(this.year, 1, 1)
    while (daysOf(this.year, month, 1) - first >= this.yearDay) month--
    const day = this.yearDay - (daysOf(this.year, month, 1) - first)
    if ((this.month >= 0 && this.month !== month) || (this.day >= 0 && this.day !== day)) return false
    this.month = month
    this.day = day
    return true
  }

  private take(pattern: RegExp, use: (text: string) => void): boolean {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return false
    this.at = pattern.lastIndex
    use(found[0])
    return true
  }

  /** One digit or two; two where the layout has a leading zero. -1 when there is none. */
  private number(spelled: string): number {
    let value = -1
    this.take(spelled[0] === '0' ? /\d\d/y : /\d\d?/y, (digits) => {
      value = Number(digits)
    })
    return value
  }

  private name(names: readonly string[], short: boolean): number {
    const rest = this.text.slice(this.at, this.at + 9).toLowerCase()
    const index = names.findIndex((name) => rest.startsWith((short ? name.slice(0, 3) : name).toLowerCase()))
    if (index >= 0) this.at += short ? 3 : (names[index] as string).length
    return index
  }

  private fraction(pattern: RegExp): boolean {
    return this.take(pattern, (text) => {
      this.nanoseconds = Number(text.slice(1, 10).padEnd(9, '0'))
    })
  }

  private zoneName(): boolean {
    if (this.text.startsWith('UTC', this.at)) {
      this.zone = UTC
      this.at += 3
      return true
    }
    return this.take(
      /ChST|MeST|GMT(?:[+-](?:0*(?:1?\d|2[0-3]))(?!\d))?|[+-]0*(?:1?\d|2[0-3])(?!\d)|[A-Z]{4}T(?![A-Z])|WITA(?![A-Z])|[A-Z]{3}T(?![A-Z])|[A-Z]{3}(?![A-Z])/y,
      (name) => {
        this.abbreviation = name
      },
    )
  }

  private zoneOffset(spelled: string): boolean {
    if (spelled[0] === 'Z' && this.text[this.at] === 'Z') {
      this.zone = UTC
      this.at++
      return true
    }
    const pattern = spelled.replace(/^[Z-]/, '').replace(/\d\d/g, '(\\d\\d)')
    let inRange = false
    const fits = this.take(new RegExp(`([+-])${pattern}`, 'y'), (text) => {
      const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).match(/\d\d/g) ?? []).map(Number)
      const size = (hours * 60 + minutes) * 60 + seconds
      this.offset = text[0] === '-' ? -size : size
      inRange = hours <= 24 && minutes <= 60 && seconds <= 60
    })
    return fits && inRange
  }
}
