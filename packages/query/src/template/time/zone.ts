import { abbreviationOf } from './abbreviations.ts'

/** What a zone's clocks show at an instant. */
export interface ZoneTime {
  /** Seconds east of UTC. */
  readonly offset: number
  /** Such as `CET`; empty where the zone has no name. */
  readonly abbreviation: string
}

export interface Zone {
  readonly name: string
  at(unixSeconds: number): ZoneTime
}

const UTC_TIME: ZoneTime = { offset: 0, abbreviation: 'UTC' }
export const UTC: Zone = { name: 'UTC', at: () => UTC_TIME }

/** A zone without rules. */
export function fixedZone(abbreviation: string, offset: number): Zone {
  const time: ZoneTime = { offset, abbreviation }
  return { name: abbreviation, at: () => time }
}

const zones = new Map<string, Zone | undefined>()
const MAX_ZONES = 700

/** A zone of the IANA data base by name; `` and `UTC` mean UTC, as does `Local`. Undefined when there is none. */
export function loadZone(name: string): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC
  const known = zones.get(name)
  if (known !== undefined || zones.has(name)) return known
  const zone = /^[A-Za-z][A-Za-z0-9+/_-]*$/.test(name) ? ianaZone(name) : undefined
  if (zones.size >= MAX_ZONES) zones.clear()
  zones.set(name, zone)
  return zone
}

const SECONDS_PER_BUCKET = 900
const MAX_BUCKETS = 10_000
/** What `Date` can hold. */
const MAX_SECONDS = 8_640_000_000_000

function ianaZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  // Offsets change on quarters of an hour; asking the formatter costs some microseconds.
  const buckets = new Map<number, ZoneTime>()
  return {
    name,
    at: (unixSeconds) => {
      const seconds = Math.min(Math.max(unixSeconds, -MAX_SECONDS), MAX_SECONDS - 1)
      const bucket = Math.floor(seconds / SECONDS_PER_BUCKET)
      const known = buckets.get(bucket)
      if (known !== undefined) return known
      const shown = format.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
      const offset = readOffset(shown)
      const time: ZoneTime = { offset, abbreviation: abbreviationOf(name, offset) }
      if (buckets.size >= MAX_BUCKETS) buckets.clear()
      buckets.set(bucket, time)
      return time
    },
  }
}

/** `GMT`, `GMT+05:30`, `GMT-00:01:15`. */
function readOffset(text: string): number {
  const parts = /([+-])(\d+)(?::(\d+))?(?::(\d+))?/.exec(text)
  if (parts === null) return 0
  const size = Number(parts[2]) * 3600 + Number(parts[3] ?? 0) * 60 + Number(parts[4] ?? 0)
  return parts[1] === '-' ? -size : size
}

/** The offset in force where the clock of the zone shows the seconds since 1970. */
export function offsetOfLocal(zone: Zone, localSeconds: number): number {
  const first = zone.at(localSeconds).offset
  if (first === 0) return 0
  return zone.at(localSeconds - first).offset
}

/** The offset that a zone's abbreviation stands for around an instant, or undefined. */
export function offsetOfAbbreviation(zone: Zone, abbreviation: string, unixSeconds: number): number | undefined {
  const HALF_YEAR = 182 * 86_400
  for (const near of [unixSeconds, unixSeconds - HALF_YEAR, unixSeconds + HALF_YEAR]) {
    const time = zone.at(near)
    if (time.abbreviation === abbreviation) return time.offset
  }
  return undefined
}
