/** How waits between attempts grow. */
export interface Backoff {
  /** After the first failed attempt, milliseconds. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** How much of a wait is random. */
  readonly jitter: 'half' | 'full'
}

const DEFAULT_BACKOFF: Backoff = { firstRetryMs: 500, longestRetryMs: 30_000, jitter: 'half' }

/** Whether the same request may succeed later: the server is busy, failing or away. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501)
}

/** Milliseconds before attempt `attempt` + 1 (the first attempt is 1): doubling up to a bound, part of it random. */
export function backoffMs(attempt: number, backoff: Backoff = DEFAULT_BACKOFF, random = Math.random): number {
  const { firstRetryMs, longestRetryMs, jitter } = backoff
  const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempt - 1, 30))
  const fixed = jitter === 'full' ? 0 : ceiling / 2
  return fixed + random() * (ceiling - fixed)
}

/**
 * As backoffMs with half of it random and 0.5 to 30 s, but at least what a Retry-After header (seconds or HTTP date)
 * asks for.
 */
export function retryDelayMs(attempt: number, retryAfter: string | null, now: number, random = Math.random): number {
  return Math.max(backoffMs(attempt, DEFAULT_BACKOFF, random), retryAfterMs(retryAfter, now))
}

/** The wait that a Retry-After header asks for, at most a day; 0 for none or one that cannot be read. */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0
  // Date.parse takes nearly anything for a date ("-5" is the year 2005); an HTTP date has a time of day.
  const date = /\d\d:\d\d:\d\d/.test(header) ? Date.parse(header) : Number.NaN
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : date - now
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 86_400_000) : 0
}
