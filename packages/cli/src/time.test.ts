import { describe, expect, test } from 'vitest'
import { durationNs, timeNs, timeText } from './time.ts'

const NOW = Date.UTC(2026, 0, 31, 12)

describe('timeNs', () => {
  test.each([
    ['now', BigInt(NOW) * 1_000_000n],
    ['1h30m', BigInt(NOW - 5_400_000) * 1_000_000n],
    ['1700000000', 1_700_000_000_000_000_000n],
    ['1700000000123456789', 1_700_000_000_123_456_789n],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000_000_000n],
    ['2023-11-14T22:13:20.123456789Z', 1_700_000_000_123_456_789n],
    ['2023-11-15T07:13:20.5+09:00', 1_700_000_000_500_000_000n],
    ['2026-01-31', BigInt(new Date(2026, 0, 31).getTime()) * 1_000_000n],
    ['2026-01-31 09:00', BigInt(new Date(2026, 0, 31, 9).getTime()) * 1_000_000n],
  ])('%s', (text, ns) => {
    expect(timeNs(text, '--from', NOW)).toBe(ns)
  })

  test.each(['noon', '', '2026-13-01', '31.1.2026', '12345678901', '-1h'])('%j is refused', (text) => {
    expect(() => timeNs(text, '--from', NOW)).toThrow(`--from ${text}: write an age (15m), an ISO time`)
  })
})

test('durations', () => {
  expect(durationNs('1d2h3m4s5ms', '--since')).toBe(93_784_005_000_000n)
  expect(() => durationNs('5', '--since')).toThrow('--since 5: write a duration')
})

test('timeText has the digits that are needed', () => {
  expect(timeText(1_700_000_000_000_000_000n)).toBe('2023-11-14T22:13:20.000Z')
  expect(timeText(1_700_000_000_000_001_000n)).toBe('2023-11-14T22:13:20.000001Z')
  expect(timeText(1_700_000_000_000_000_001n)).toBe('2023-11-14T22:13:20.000000001Z')
})
