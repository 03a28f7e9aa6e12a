import { expect, test } from 'vitest'
import { exponentText, expositionText, secondsText, valueText } from './number-text.ts'

/** As Prometheus 2.42 answers `vector(x)`. */
test.each([
  [1, '1'],
  [-0, '-0'],
  [0, '0'],
  [0.1, '0.1'],
  [1e20, '100000000000000000000'],
  [1e21, '1e+21'],
  [-1.5e300, '-1.5e+300'],
  [0.000_001_23, '0.00000123'],
  [1e-7, '1e-07'],
  [5e-324, '5e-324'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('the value %d is written %s', (value, text) => {
  expect(valueText(value)).toBe(text)
})

test.each([
  [0, '0'],
  [1500, '1.500'],
  [1_795_303_574_004, '1795303574.004'],
  [-1050, '-1.050'],
  [-50, '-0.050'],
  [60_000, '60'],
])('%d ms are %s s', (ms, text) => {
  expect(secondsText(ms)).toBe(text)
})

test('an exposition has exponents where Go has them', () => {
  const written = [0.0001, 0.000_01, 123_456_789, 1e21, 0, -2.5e-9, Number.NaN, Number.POSITIVE_INFINITY]
  expect(written.map(expositionText)).toEqual([
    '0.0001',
    '1e-05',
    '1.23456789e+08',
    '1e+21',
    '0',
    '-2.5e-09',
    'NaN',
    '+Inf',
  ])
})

test.each([
  [1, '1e+00'],
  [0, '0e+00'],
  [-0, '-0e+00'],
  [-12.5, '-1.25e+01'],
  [1e-7, '1e-07'],
  [1e300, '1e+300'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
])('the value of an alert %d is written %s', (value, text) => {
  expect(exponentText(value)).toBe(text)
})
