import { expect, test } from 'vitest'
import { pythonFixed, pythonFloat } from './python-number.ts'
import { requestIdOf } from './request-id.ts'

// All expectations were printed by CPython 3.11.

test('floats are written as str() does', () => {
  const cases: [number, string][] = [
    [1703743800.123456, '1703743800.123456'],
    [1703743800, '1703743800.0'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [5e-324, '5e-324'],
    [0.1 + 0.2, '0.30000000000000004'],
    [-2.5, '-2.5'],
    [0, '0.0'],
    [-0, '-0.0'],
    [Number.NaN, 'nan'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ]
  for (const [value, text] of cases) expect(pythonFloat(value)).toBe(text)
})

test('a number of decimals rounds ties to even', () => {
  const cases: [number, number, string][] = [
    [0.03125, 4, '0.0312'],
    [0.09375, 4, '0.0938'],
    [0.00005, 4, '0.0001'],
    [123.45675, 4, '123.4567'],
    [-0.03125, 4, '-0.0312'],
    [0.123456, 4, '0.1235'],
    [2.5, 0, '2'],
    [1.5, 0, '2'],
    [81.25, 2, '81.25'],
    [Number.NaN, 4, 'nan'],
  ]
  for (const [value, digits, text] of cases) expect(pythonFixed(value, digits)).toBe(text)
})

test('request ids are those of hashlib', () => {
  expect(requestIdOf('user_1', 1703743800.123456)).toBe('cd56c411600d4599')
  expect(requestIdOf('user_1', 1703743800)).toBe('8af61f53532d3a90')
  expect(requestIdOf('사용자', 1766232000.5)).toBe('8adf509d095325d3')
  expect(requestIdOf('u', 0.00001)).toBe('175919cd68511b79')
  expect(requestIdOf('u', 1e16)).toBe('65a5cc2f2a2291be')
})
