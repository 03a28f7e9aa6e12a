import { GirokError } from '../model/errors.ts'

/**
 * A formatter of nanoseconds since the epoch as RFC 3339 with nine digits of fraction in an IANA zone
 * (`2026-11-21T11:30:00.123456789+09:00`). Throws `bad_request` for a zone that the runtime does not know.
 */
export function zonedTime(zone: string): (timeNs: bigint) => string {
  let offsets: Intl.DateTimeFormat
  try {
    offsets = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch {
    throw new GirokError('bad_request', `tz=${JSON.stringify(zone)} is not a time zone: use a name such as Asia/Seoul`)
  }
  // Offsets change on whole quarters of an hour at most, so one look-up serves all lines of a quarter.
  let cachedQuarter = Number.NaN
  let cachedOffsetMs = 0
  let cachedText = 'Z'
  return (timeNs) => {
    const ms = Number(timeNs / 1_000_000n)
    const quarter = Math.floor(ms / 900_000)
    if (quarter !== cachedQuarter) {
      cachedQuarter = quarter
      const name = offsets.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
      const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name)
      const sign = match?.[1] === '-' ? -1 : 1
      cachedOffsetMs = sign * (Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0)) * 60_000
      cachedText = cachedOffsetMs === 0 ? 'Z' : `${match?.[1]}${match?.[2]}:${match?.[3]}`
    }
    const local = new Date(ms + cachedOffsetMs).toISOString()
    const fraction = (timeNs % 1_000_000_000n).toString().padStart(9, '0')
    return `${local.slice(0, 19)}.${fraction}${cachedText}`
  }
}
