import { describe, expect, test } from 'vitest'
import {
  parseDirection,
  parseInterval,
  parseLimit,
  parsePrometheusDuration,
  parseRange,
  parseStepParameter,
  parseTimestamp,
} from './params.ts'

const params = (text: string) => new URLSearchParams(text)
const NOW_MS = 1_700_000_000_000
const NOW_NS = 1_700_000_000_000_000_000n
const SECOND = 1_000_000_000n

test.each<[string, bigint]>([
  ['1700000000', NOW_NS],
  ['4000000000', 4_000_000_000n * SECOND],
  ['1700000000000000001', NOW_NS + 1n],
  ['17000000000', 17_000_000_000n],
  ['1700000000.5', NOW_NS + 500_000_000n],
  ['2023-11-14T22:13:20Z', NOW_NS],
  ['2023-11-14T22:13:20.000000001Z', NOW_NS + 1n],
  ['2023-11-15T07:13:20.1+09:00', NOW_NS + 100_000_000n],
  ['-5', -5n * SECOND],
])('the time %s', (value, expected) => {
  expect(parseTimestamp(value, 'start')).toBe(expected)
})

test.each(['noon', '2023-11-14', '1e9', '', '2023-13-14T22:13:20Z', '1700000000Z'])('%s is no time', (value) => {
  expect(() => parseTimestamp(value, 'start')).toThrow(/cannot parse start=/)
})

test.each<[string, bigint | undefined]>([
  ['500ms', 500_000_000n],
  ['1m30s', 90n * SECOND],
  ['1y', 31_536_000n * SECOND],
  ['1.5s', undefined],
  ['5', undefined],
  ['', undefined],
])('the duration %s', (value, expected) => {
  expect(parsePrometheusDuration(value)).toBe(expected)
})

describe('range', () => {
  test('is the last hour by default', () => {
    expect(parseRange(params(''), NOW_MS)).toEqual({ startNs: NOW_NS - 3_600n * SECOND, endNs: NOW_NS })
  })
  test('since counts back from the end, or from now when the end lies ahead', () => {
    expect(parseRange(params('end=1000&since=10s'), NOW_MS)).toEqual({ startNs: 990n * SECOND, endNs: 1_000n * SECOND })
    expect(parseRange(params('end=4000000000&since=10s'), NOW_MS).startNs).toBe(NOW_NS - 10n * SECOND)
  })
  test('start and end may be equal, not reversed', () => {
    expect(parseRange(params('start=5&end=5'), NOW_MS)).toEqual({ startNs: 5n * SECOND, endNs: 5n * SECOND })
    expect(() => parseRange(params('start=6&end=5'), NOW_MS)).toThrow('end timestamp must not be before or equal')
  })
})

describe('step', () => {
  const hours = (count: bigint) => ({ startNs: 0n, endNs: count * 3_600n * SECOND })
  test('defaults to a 250th of the range in whole seconds, at least one', () => {
    expect(parseStepParameter(params(''), hours(1n))).toBe(14n * SECOND)
    expect(parseStepParameter(params(''), { startNs: 0n, endNs: SECOND })).toBe(SECOND)
  })
  test.each<[string, bigint]>([
    ['2', 2n * SECOND],
    ['0.5', SECOND / 2n],
    ['2000ms', 2n * SECOND],
    ['1m30s', 90n * SECOND],
  ])('%s', (value, expected) => {
    expect(parseStepParameter(params(`step=${value}`), hours(1n))).toBe(expected)
  })
  test.each(['0', '-1', '0s'])('%s is refused', (value) => {
    expect(() => parseStepParameter(params(`step=${value}`), hours(1n))).toThrow(/zero or negative/)
  })
  test.each(['x', '1e300'])('%s is no step', (value) => {
    expect(() => parseStepParameter(params(`step=${value}`), hours(1n))).toThrow(/step=/)
  })
})

test('interval, limit and direction', () => {
  expect(parseInterval(params('interval=2s'))).toBe(2n * SECOND)
  expect(() => parseInterval(params('interval=-2'))).toThrow('interval must be >= 0')
  expect(parseLimit(params(''), 'limit', 100)).toBe(100)
  expect(parseLimit(params('limit=7'), 'limit', 100)).toBe(7)
  expect(() => parseLimit(params('limit=0'), 'limit', 100)).toThrow('limit must be a positive value')
  expect(() => parseLimit(params('limit=4294967296'), 'limit', 100)).toThrow(/out of range/)
  expect(() => parseLimit(params('limit=1.5'), 'limit', 100)).toThrow(/whole number/)
  expect(parseDirection(params('direction=FORWARD'))).toBe('forward')
  expect(parseDirection(params(''))).toBe('backward')
})
