import { expect, test } from 'vitest'
import { backoffMs, isRetryable, retryAfterMs, retryDelayMs } from './retry.ts'

test('delays double up to a bound, vary, and obey Retry-After', () => {
  expect([1, 2, 3, 10, 9999].map((attempt) => retryDelayMs(attempt, null, 0, () => 1))).toEqual([
    500, 1000, 2000, 30_000, 30_000,
  ])
  expect(retryDelayMs(1, null, 0, () => 0)).toBe(250)
  expect(retryDelayMs(1, '7', 0)).toBe(7000)
})

test('half of a wait is random, or all of it', () => {
  const half = { firstRetryMs: 100, longestRetryMs: 1000, jitter: 'half' } as const
  expect([0, 0.5, 1].map((random) => backoffMs(2, half, () => random))).toEqual([100, 150, 200])
  const full = { ...half, jitter: 'full' } as const
  expect([0, 0.5, 1].map((random) => backoffMs(2, full, () => random))).toEqual([0, 100, 200])
})

test('Retry-After is read as seconds or as an HTTP date, within a day', () => {
  expect(retryAfterMs('Sat, 31 Jan 2026 09:00:10 GMT', Date.UTC(2026, 0, 31, 9))).toBe(10_000)
  expect([retryAfterMs('soon', 0), retryAfterMs(null, 0), retryAfterMs('-5', 0)]).toEqual([0, 0, 0])
  expect(retryAfterMs('999999', 0)).toBe(86_400_000)
})

test('what may succeed later', () => {
  expect([200, 400, 404, 408, 413, 429, 500, 501, 503, 507].filter(isRetryable)).toEqual([408, 429, 500, 503, 507])
})
