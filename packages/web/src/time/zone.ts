/** Calendar fields of an instant in a zone. */
interface Fields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The IANA name behind a zone of the address bar: `local` is the zone of the browser. */
export function zoneName(zone: string): string {
  return zone === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone
}

/** True for `local` and every zone that this browser knows. */
export function isZone(zone: string): boolean {
  if (zone === 'local') return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function fieldsOf(ms: number, zone: string): Fields {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zoneName(zone),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const fields: Record<string, number> = {}
  for (const part of format.formatToParts(ms)) fields[part.type] = Number(part.value)
  return fields as unknown as Fields
}

/** Offset of a zone from UTC at an instant, in milliseconds; east is positive. */
export function offsetMs(ms: number, zone: string): number {
  if (zone === 'UTC') return 0
  const f = fieldsOf(ms, zone)
  const wall = Date.UTC(f.year, f.month - 1, f.day, f.hour, f.minute, f.second)
  return wall - Math.floor(ms / 1000) * 1000
}

/** `+09:00`, `-03:30`, `+00:00` */
export function offsetText(ms: number, zone: string): string {
  const minutes = Math.round(offsetMs(ms, zone) / 60_000)
  const abs = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(abs / 60))}:${two(abs % 60)}`
}

// Offsets change on whole minutes since 1972, so the costly part of formatting is done once per minute and zone.
const minuteCache = new Map<string, string>()

/** `2026-11-20 14:03` of the minute that holds the instant. */
function minuteText(ms: number, zone: string): string {
  const minute = Math.floor(ms / 60_000)
  const key = `${minute} ${zone}`
  let text = minuteCache.get(key)
  if (text === undefined) {
    const f = fieldsOf(minute * 60_000, zone)
    text = `${String(f.year).padStart(4, '0')}-${two(f.month)}-${two(f.day)} ${two(f.hour)}:${two(f.minute)}`
    if (minuteCache.size > 5000) minuteCache.clear()
    minuteCache.set(key, text)
  }
  return text
}

/** `2026-11-20 14:03:09.123`; `precision` is the number of decimals: 0, 3 or 9. `ns` is Unix nanoseconds. */
export function formatNs(ns: bigint | string, zone: string, precision: 0 | 3 | 9 = 3): string {
  const value = typeof ns === 'string' ? BigInt(ns) : ns
  const billion = 1_000_000_000n
  let seconds = value / billion
  let rest = value % billion
  if (rest < 0n) {
    rest += billion
    seconds -= 1n
  }
  const ms = Number(seconds) * 1000
  const second = ((Number(seconds) % 60) + 60) % 60
  const decimals = rest.toString().padStart(9, '0').slice(0, precision)
  return `${minuteText(ms, zone)}:${two(second)}${precision === 0 ? '' : `.${decimals}`}`
}

/**
 * Reads `2026-11-20 14:03[:09[.123456789]]` (a `T` may stand for the space; the time may be missing) as wall time in a
 * zone, or with a `Z` or `+09:00` ending as an absolute time. Answers nanoseconds, or undefined for anything else.
 */
export function parseWallTime(text: string, zone: string): bigint | undefined {
  const match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text.trim(),
    )
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', decimals = '', ending] = match
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const check = new Date(wall)
  const valid = check.getUTCMonth() === Number(month) - 1 && check.getUTCDate() === Number(day)
  if (!valid || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  let ms = wall
  if (ending === undefined) {
    // Two rounds settle the offset on both sides of a change of daylight saving time.
    ms = wall - offsetMs(wall, zone)
    ms = wall - offsetMs(ms, zone)
  } else if (ending !== 'Z') {
    const sign = ending.startsWith('-') ? -1 : 1
    const digits = ending.slice(1).replace(':', '')
    ms = wall - sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
  }
  return BigInt(ms) * 1_000_000n + BigInt(decimals.padEnd(9, '0'))
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
