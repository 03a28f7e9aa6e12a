import { expect, it } from 'vitest'
import { backoffMs, PACE, retryAfterMs } from './retry.ts'

it('waits a quarter of a second at first and half a minute at most, half of it by chance', () => {
  expect([1, 2, 3, 7, 8, 100, 5000].map((attempt) => backoffMs(attempt, PACE, () => 1))).toEqual([
    250, 500, 1000, 16_000, 30_000, 30_000, 30_000,
  ])
  expect(backoffMs(1, PACE, () => 0)).toBe(125)
})

it('reads Retry-After as seconds or a date, and nothing else', () => {
  const now = Date.UTC(2026, 10, 21, 20, 0, 0)
  const read = (header?: string) => retryAfterMs(header, now)
  expect(read('3')).toBe(3000)
  expect(read('Sat, 21 Nov 2026 20:00:07 GMT')).toBe(7000)
  expect(read('Sat, 21 Nov 2026 19:00:00 GMT')).toBe(0)
  expect(read('86400')).toBe(600_000)
  expect([undefined, '', '-5', '1.5', 'soon', '99:99:99'].map(read)).toEqual([0, 0, 0, 0, 0, 0])
})
