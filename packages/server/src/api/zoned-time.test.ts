import { expect, test } from 'vitest'
import { zonedTime } from './zoned-time.ts'

const timeNs = 1_763_692_200_123_456_789n // 2025-11-21T02:30:00.123456789Z

test.each([
  ['UTC', '2025-11-21T02:30:00.123456789Z'],
  ['Asia/Seoul', '2025-11-21T11:30:00.123456789+09:00'],
  ['Asia/Kathmandu', '2025-11-21T08:15:00.123456789+05:45'],
  ['America/New_York', '2025-11-20T21:30:00.123456789-05:00'],
])('%s', (zone, expected) => {
  expect(zonedTime(zone)(timeNs)).toBe(expected)
})

test('the offset follows daylight saving', () => {
  const berlin = zonedTime('Europe/Berlin')
  expect(berlin(1_761_436_800_000_000_000n)).toMatch(/\+02:00$/)
  expect(berlin(1_761_444_000_000_000_000n)).toMatch(/\+01:00$/)
})

test('an unknown zone is refused', () => {
  expect(() => zonedTime('Mars/Olympus')).toThrow(/not a time zone/)
})
