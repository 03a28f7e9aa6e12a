import { expect, test } from 'vitest'
import { humanize, humanize1024, humanizePercentage, humanizeSeconds, humanizeTimestamp } from './humanize.ts'

test.each([
  [0, '0'],
  [1, '1'],
  [1234567, '1.235M'],
  [0.12, '120m'],
  [-1500, '-1.5k'],
  [1e30, '1e+06Y'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
])('humanize %d is %s', (value, expected) => {
  expect(humanize(value)).toBe(expected)
})

test.each([
  [0.5, '0.5'],
  [1024, '1ki'],
  [1048576, '1Mi'],
  [-3072, '-3ki'],
])('humanize1024 %d is %s', (value, expected) => {
  expect(humanize1024(value)).toBe(expected)
})

test.each([
  [0, '0s'],
  [1, '1s'],
  [59.5, '59.5s'],
  [60, '1m 0s'],
  [3600, '1h 0m 0s'],
  [86400, '1d 0h 0m 0s'],
  [-90, '-1m 30s'],
  [0.1, '100ms'],
  [0.00012, '120us'],
])('humanizeDuration %d is %s', (value, expected) => {
  expect(humanizeSeconds(value)).toBe(expected)
})

test('percentages and times', () => {
  expect(humanizePercentage(0.4251)).toBe('42.51%')
  expect(humanizeTimestamp(1234567890)).toBe('2009-02-13 23:31:30 +0000 UTC')
})
