/** How long to wait between attempts, milliseconds. */
export interface Pace {
  /** After the first failed attempt; then twice as long each time. */
  readonly firstMs: number
  readonly longestMs: number
  /** While somebody has to mend something. */
  readonly helpMs: number
}

export const PACE: Pace = { firstMs: 250, longestMs: 30_000, helpMs: 30_000 }

/** A server that asks for more is asked again all the same: it may have been a mistake. */
const LONGEST_RETRY_AFTER_MS = 600_000

/** Milliseconds after so many failed attempts; half of it is random, so that many agents do not come back together. */
export function backoffMs(attempt: number, { firstMs, longestMs }: Pace, random = Math.random): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return full / 2 + (random() * full) / 2
}

/** What a Retry-After header asks for (seconds, or a date of HTTP), at most ten minutes; 0 when it says nothing. */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  if (header === undefined) return 0
  // Date.parse takes nearly anything for a date; those of HTTP have a time of day.
  const isSeconds = /^\s*\d+\s*$/.test(header)
  const isDate = /\d\d:\d\d:\d\d/.test(header)
  const ms = isSeconds ? Number(header) * 1000 : isDate ? Date.parse(header) - nowMs : 0
  return Math.min(Math.max(Number.isNaN(ms) ? 0 : ms, 0), LONGEST_RETRY_AFTER_MS)
}
