const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`
const CLOCK = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?`
const TIME = new RegExp(`^${DATE}(?:[T ]${CLOCK}(Z|[+-]\\d{2}:\\d{2})?)?$`)

/**
 * A point in time as Alertmanager's API takes it: RFC 3339, also without seconds, zone (then UTC) or time of the day; the
 * empty text is the epoch.
 * @returns milliseconds since the epoch, fractions cut off; undefined for what is none
 */
export function readTime(text: string): number | undefined {
  if (text === '') return 0
  const parts = TIME.exec(text)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const milliseconds = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  // Date.UTC would take years below 100 for those of the last century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) return undefined
  date.setUTCHours(hour, minute, second, milliseconds)
  return date.getTime() - offsetMs(parts[8] ?? 'Z')
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** What Go's programs send for "no time": the first second of the year 1. */
export const NO_TIME_MS = Date.parse('0001-01-01T00:00:00Z')
