/** What a clock and a calendar on the wall show. */
export interface LocalTime {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  /** Sunday is 0. */
  readonly weekday: number
  /** Since midnight, as the clock shows it. */
  readonly minute: number
}

/** Tells the local time of moments (milliseconds since the epoch). */
export interface Zone {
  /** As time zones are called; `Local` is that of this machine. */
  readonly name: string
  localTime(timeMs: number): LocalTime
}

export const UTC: Zone = {
  name: 'UTC',
  localTime(timeMs) {
    const date = new Date(timeMs)
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
      minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
    }
  },
}

const zones = new Map<string, Zone>([
  ['', UTC],
  ['UTC', UTC],
])

/**
 * The zone of a name of the IANA database (`Europe/Berlin`), `UTC` or `Local`.
 * @throws RangeError for a name that nobody knows
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = { name, localTime: localTimeIn(name) }
  zones.set(name, zone)
  return zone
}

function localTimeIn(name: string): Zone['localTime'] {
  const format = formatOf(name)
  return (timeMs) => {
    const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]))
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) as number
    const [year, month, day] = [part('year'), part('month'), part('day')]
    return {
      year,
      month,
      day,
      weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
      minute: part('hour') * 60 + part('minute'),
    }
  }
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    // Offsets such as +01:00 are no names of zones, though newer engines take them.
    if (/^[+-]/.test(name)) throw new RangeError(name)
    return new Intl.DateTimeFormat('en-US', {
      ...(name === 'Local' ? {} : { timeZone: name }),
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new RangeError(
      `unknown time zone ${JSON.stringify(name)}: write a name such as Europe/Berlin, or UTC, or Local for that of this machine`,
    )
  }
}
