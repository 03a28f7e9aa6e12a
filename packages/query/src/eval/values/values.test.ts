import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatSampleValue } from './format.ts'
import { float64Of, parseByteSize, parseFloat64, parseGoDuration, utf8Length } from './parse.ts'

describe('sample values as text', () => {
  test.each([
    [1e21, '1000000000000000000000'],
    [1.5e-9, '0.0000000015'],
    [-2.5e-7, '-0.00000025'],
    [1.2345e25, '12345000000000000000000000'],
    [0.013333333333333334, '0.013333333333333334'],
    [1000000, '1000000'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ])('%d is %s', (value, text) => {
    expect(formatSampleValue(value)).toBe(text)
  })

  test('read back as the same number, without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatSampleValue(value)
        expect(text).toMatch(/^-?\d+(\.\d+)?$/)
        expect(Object.is(Number(text), value)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('numbers', () => {
  test.each([
    ['1.5', 1.5],
    ['-.5e3', -500],
    ['+7.', 7],
    ['0x1.8p3', 12],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['', undefined],
    [' 1', undefined],
    ['1 ', undefined],
    ['0x10', undefined],
    ['1e999', undefined],
    ['0b1', undefined],
    ['12abc', undefined],
  ])('%j', (text, value) => {
    expect(float64Of(text)).toBe(value)
  })

  test('say why they are none', () => {
    expect(parseFloat64('a"b').fault).toBe('strconv.ParseFloat: parsing "a\\"b": invalid syntax')
    expect(parseFloat64('1e999').fault).toContain('value out of range')
  })
})

describe('durations', () => {
  test.each([
    ['1h30m', 5400e9],
    ['-1.5s', -1.5e9],
    ['1.5µs', 1500],
    ['0', 0],
    ['.5ms', 500_000],
    ['8760h', 31_536_000_000_000_000n],
    ['-8760h1ns', -31_536_000_000_000_001n],
  ])('%s', (text, value) => {
    expect(parseGoDuration(text).fault).toBeUndefined()
    const parsed = parseGoDuration(text) as { value: number | bigint }
    expect(parsed.value).toBe(value)
  })

  test.each([
    ['1d', 'unknown unit "d" in duration "1d"'],
    ['5', 'missing unit in duration "5"'],
    ['oops', 'invalid duration "oops"'],
    ['', 'invalid duration ""'],
    ['.s', 'invalid duration ".s"'],
    ['-', 'invalid duration "-"'],
    ['99999999999h', 'invalid duration'],
  ])('%j: %s', (text, fault) => {
    expect(parseGoDuration(text).fault).toContain(fault)
  })
})

describe('sizes', () => {
  test.each([
    ['1KB', 1000],
    ['1 kib', 1024],
    ['1.5B', 1],
    ['2,048', 2048],
    ['3g', 3e9],
  ])('%s', (text, value) => {
    expect(parseByteSize(text)).toEqual({ value })
  })

  test.each([
    ['oops', 'parsing "": invalid syntax'],
    ['5 apples', 'unhandled size name: apples'],
    ['99eb', 'too large: 99eb'],
  ])('%s: %s', (text, fault) => {
    expect(parseByteSize(text).fault).toContain(fault)
  })
})

test('UTF-8 lengths', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
    }),
  )
  expect(utf8Length('a\ud800b')).toBe(5)
})
