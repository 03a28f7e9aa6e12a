import { GirokError } from '../../model/errors.ts'
import type { WallTime } from './wall-time.ts'

/** Half a year: a time without year is taken to be nearer to its arrival than that. */
const HALF_YEAR_SECONDS = 183 * 86_400
/** Zones change their offset on the hour, the half or the quarter. */
const QUARTER_SECONDS = 900
const MAX_QUARTERS = 4096

/** Whether a text names a zone: `local`, `UTC`, `+09:00`, `Asia/Seoul`. */
export function isTimeZone(text: string): boolean {
  if (text === 'local' || fixedOffset(text) !== undefined) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

/** The zone of senders that do not tell theirs. Offsets are remembered, as the calendar is slow to ask. */
export class SenderZone {
  readonly #fixed: number | undefined
  readonly #format: Intl.DateTimeFormat | undefined
  readonly #offsets = new Map<number, number>()
  #lastQuarter = Number.NaN
  #lastOffset = 0

  /** Throws `internal` with the remedy when `name` is no zone. */
  constructor(name: string) {
    if (!isTimeZone(name)) {
      throw new GirokError('internal', `"${name}" is no time zone: use local, UTC, +09:00 or a name such as Asia/Seoul`)
    }
    this.#fixed = fixedOffset(name)
    if (this.#fixed !== undefined) return
    this.#format = new Intl.DateTimeFormat('en', {
      ...(name === 'local' ? {} : { timeZone: name }),
      timeZoneName: 'longOffset',
    })
  }

  /** Seconds since 1970 of a time that may lack year and zone; NaN when there is no such day. */
  resolve(time: WallTime, receivedMs: number): number {
    if (time.year > 0) return this.#toUtc(time.localSeconds(time.year), time.offset)
    const received = receivedMs / 1000
    const thisYear = new Date(receivedMs).getUTCFullYear()
    // Most times are of the year in which they arrive; December in January and the other way round are not.
    const likely = this.#toUtc(time.localSeconds(thisYear), time.offset)
    if (Math.abs(likely - received) <= HALF_YEAR_SECONDS) return likely
    const other = this.#toUtc(time.localSeconds(likely > received ? thisYear - 1 : thisYear + 1), time.offset)
    if (Number.isNaN(likely)) {
      const last = this.#toUtc(time.localSeconds(thisYear - 1), time.offset)
      return Number.isNaN(last) ? other : last
    }
    return Math.abs(other - received) < Math.abs(likely - received) ? other : likely
  }

  #toUtc(local: number, offset: number): number {
    if (!Number.isNaN(offset)) return local - offset
    if (this.#fixed !== undefined) return local - this.#fixed
    if (Number.isNaN(local)) return local
    // The offset is that of the instant, which is not known yet: what holds at the first guess decides.
    const guess = local - this.#offsetAt(local)
    return local - this.#offsetAt(guess)
  }

  #offsetAt(seconds: number): number {
    const quarter = Math.floor(seconds / QUARTER_SECONDS)
    if (quarter === this.#lastQuarter) return this.#lastOffset
    let offset = this.#offsets.get(quarter)
    if (offset === undefined) {
      const parts = this.#format?.formatToParts(quarter * QUARTER_SECONDS * 1000) ?? []
      const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
      offset = fixedOffset(name.slice(3)) ?? 0
      if (this.#offsets.size >= MAX_QUARTERS) this.#offsets.clear()
      this.#offsets.set(quarter, offset)
    }
    this.#lastQuarter = quarter
    this.#lastOffset = offset
    return offset
  }
}

/** Seconds east of Greenwich; undefined when the text is no offset. */
function fixedOffset(text: string): number | undefined {
  if (text === 'UTC' || text === 'Z') return 0
  const found = /^([+-])(\d\d):?(\d\d)$/.exec(text)
  if (found === null) return undefined
  const hours = Number(found[2])
  const minutes = Number(found[3])
  if (hours > 14 || minutes > 59) return undefined
  return (hours * 3600 + minutes * 60) * (found[1] === '-' ? -1 : 1)
}
