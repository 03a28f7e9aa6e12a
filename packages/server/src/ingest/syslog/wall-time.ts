const DASH = 0x2d
const COLON = 0x3a
const SPACE = 0x20
const ZERO = 0x30
const NINE = 0x39

/** Months by their three letters as one number. */
const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, index) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    index + 1,
  ]),
)

/** Names that Cisco writes after a time. Only UTC and GMT say how far away they are; the others are the sender's zone. */
const ZONE_NAME = /^(?:UTC|GMT|MSK|[A-Z]{2,4}T)$/

/**
 * A time as a message tells it: what a clock on the wall shows, perhaps without year and without zone. Reused from message
 * to message; `readIso` and `readBsd` set all of it.
 */
export class WallTime {
  /** 0: not told. */
  year = 0
  month = 0
  day = 0
  hour = 0
  minute = 0
  second = 0
  nanos = 0
  /** Seconds east of Greenwich; NaN: not told. */
  offset = Number.NaN

  /**
   * Reads `2026-11-20T12:00:00.123456+09:00` (RFC 3339; the zone may be missing). Returns where it ends; -1: there is none.
   */
  readIso(bytes: Buffer, at: number, end: number): number {
    if (end - at < 19 || bytes[at + 4] !== DASH || bytes[at + 7] !== DASH || (bytes[at + 10]! | 0x20) !== 0x74)
      return -1
    const century = two(bytes, at)
    const years = two(bytes, at + 2)
    this.year = century * 100 + years
    this.month = two(bytes, at + 5)
    this.day = two(bytes, at + 8)
    if (century < 0 || years < 0 || !(this.month >= 1 && this.month <= 12) || this.day < 1) return -1
    const after = this.#readClock(bytes, at + 11, end)
    return after < 0 ? -1 : this.#readZone(bytes, after, end)
  }

  /**
   * Reads `Nov 20 12:00:00` (RFC 3164), also with a fraction, with the year before or behind the clock, and as Cisco
   * writes it: `*Nov 20 12:00:00.123 UTC`. Returns where it ends; -1: there is none.
   */
  readBsd(bytes: Buffer, from: number, end: number): number {
    let at = from
    // Cisco: * the clock was never set, . it is not in step.
    if (bytes[at] === 0x2a || bytes[at] === 0x2e) at++
    if (end - at < 14 || bytes[at + 3] !== SPACE) return -1
    this.month = MONTHS.get((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!) ?? 0
    if (this.month === 0) return -1
    at += bytes[at + 4] === SPACE ? 5 : 4
    this.day = digit(bytes[at])
    if (this.day < 0) return -1
    at++
    if (digit(bytes[at]) >= 0) this.day = this.day * 10 + digit(bytes[at++])
    if (this.day === 0 || bytes[at] !== SPACE) return -1
    at++
    this.year = yearAt(bytes, at, end)
    if (this.year > 0) at += 5
    this.offset = Number.NaN
    at = this.#readClock(bytes, at, end)
    if (at < 0) return -1
    if (this.year === 0 && bytes[at] === SPACE && at < end) {
      this.year = yearAt(bytes, at + 1, end)
      if (this.year > 0) return at + 5
    }
    return this.#readZoneName(bytes, at, end)
  }

  /**
   * Seconds since 1970 by the wall's own zone, in `year`. NaN when that year has no such day (29 February).
   */
  localSeconds(year: number): number {
    if (this.day > 28 && this.day > daysOfMonth(year, this.month)) return Number.NaN
    const days = daysSince1970(year, this.month, this.day)
    return days * 86_400 + this.hour * 3600 + this.minute * 60 + this.second
  }

  #readClock(bytes: Buffer, at: number, end: number): number {
    if (end - at < 8 || bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1
    const hour = two(bytes, at)
    const minute = two(bytes, at + 3)
    const second = two(bytes, at + 6)
    // 60 is a leap second; it rolls into the next minute.
    if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60)) return -1
    this.hour = hour
    this.minute = minute
    this.second = second
    this.nanos = 0
    let p = at + 8
    if (p + 1 >= end || (bytes[p] !== 0x2e && bytes[p] !== 0x2c) || digit(bytes[p + 1]) < 0) return p
    p++
    let unit = 100_000_000
    for (; p < end && digit(bytes[p]) >= 0; p++) {
      this.nanos += digit(bytes[p]) * unit
      unit = Math.floor(unit / 10)
    }
    return p
  }

  #readZone(bytes: Buffer, at: number, end: number): number {
    this.offset = Number.NaN
    if (at >= end) return at
    const sign = bytes[at]
    if ((sign! | 0x20) === 0x7a) {
      this.offset = 0
      return at + 1
    }
    if (sign !== 0x2b && sign !== DASH) return at
    const colon = bytes[at + 3] === COLON ? 1 : 0
    if (end - at < 5 + colon) return -1
    const hours = two(bytes, at + 1)
    const minutes = two(bytes, at + 3 + colon)
    if (!(hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60)) return -1
    this.offset = (hours * 3600 + minutes * 60) * (sign === DASH ? -1 : 1)
    return at + 5 + colon
  }

  /** A zone's name counts only before `: %`, where Cisco's messages begin: elsewhere it may be a host or a program. */
  #readZoneName(bytes: Buffer, at: number, end: number): number {
    if (bytes[at] !== SPACE) return at
    const colon = bytes.subarray(at, Math.min(end, at + 8)).indexOf(COLON) + at
    if (colon < at || colon + 2 >= end || bytes[colon + 1] !== SPACE || bytes[colon + 2] !== 0x25) return at
    const name = bytes.toString('latin1', at + 1, colon)
    if (!ZONE_NAME.test(name)) return at
    if (name === 'UTC' || name === 'GMT') this.offset = 0
    return colon
  }
}

function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= ZERO && byte <= NINE ? byte - ZERO : -1
}

/** Two digits as a number; negative when they are none. */
function two(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - ZERO
  const ones = bytes[at + 1]! - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000
}

/** A year from 1900 to 2099 before a space or the end; 0 when there is none. */
function yearAt(bytes: Buffer, at: number, end: number): number {
  if (end - at < 4 || (end - at > 4 && bytes[at + 4] !== SPACE)) return 0
  const century = two(bytes, at)
  const years = two(bytes, at + 2)
  return (century === 19 || century === 20) && years >= 0 ? century * 100 + years : 0
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days of the Gregorian calendar: years are counted from March, so that leap days come last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const m = month <= 2 ? month + 9 : month - 3
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
  return y * 365 + leaps + Math.floor((153 * m + 2) / 5) + day - 719_469
}
