const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000

/** Whether the same request may succeed later: the server is busy, failing or away. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501)
}

/**
 * Milliseconds before attempt `attempt` + 1 (the first attempt is 1): doubling, with half of it random so that many
 * clients do not come back at once; at least what a Retry-After header (seconds or HTTP date) asks for.
 */
export function retryDelayMs(attempt: number, retryAfter: string | null, now: number, random = Math.random): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 16))
  return Math.max(ceiling / 2 + (random() * ceiling) / 2, retryAfterMs(retryAfter, now))
}

/** The wait that a Retry-After header asks for, at most a day; 0 for none or one that cannot be read. */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0
  // Date.parse takes nearly anything for a date ("-5" is the year 2005); an HTTP date has a time of day.
  const date = /\d\d:\d\d:\d\d/.test(header) ? Date.parse(header) : Number.NaN
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : date - now
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 86_400_000) : 0
}
