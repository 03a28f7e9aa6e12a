import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testSeed } from '../testing/seed.ts'
import { formatDuration, parseDurationLiteral, parseGoDuration, parseOrderedDuration } from './duration.ts'
import { formatFloat, numberEnd, parseFloatLiteral } from './number-literal.ts'
import { lineColumnAt, utf8Length } from './position.ts'
import { quoteDouble, quoteString, scanString } from './string-literal.ts'

fc.configureGlobal({ seed: testSeed('text') })

describe('string literals', () => {
  it.each([
    ['"a\\n\\t\\"\\\\"', 'a\n\t"\\'],
    ['"\\x41\\u00e9\\U0001f600\\101"', 'Aé😀A'],
    ['"\\xc3\\xa9\\xff"', 'é\ufffd'],
    ['`a\\n"b"\r\n`', 'a\\n"b"\n'],
    ['"# no comment"', '# no comment'],
  ])('%s is %j', (literal, value) => {
    expect(scanString(`${literal} rest`, 0)).toEqual({ end: literal.length, value })
  })

  it.each([
    ['"a', 'literal not terminated', 0],
    ['"a\n"', 'literal not terminated', 0],
    ['`a', 'literal not terminated', 0],
    ['"a\\q"', 'invalid char escape \\q', 2],
    ['"\\xg1"', 'invalid char escape \\x', 1],
    ['"\\ud800"', 'invalid char escape \\u', 1],
    ['"\\400"', 'invalid char escape \\4', 1],
  ])('%s is refused', (literal, fault, faultAt) => {
    const scanned = scanString(literal, 0)
    expect(scanned.fault).toContain(fault)
    expect(scanned.faultAt).toBe(faultAt)
  })

  it('reads back whatever is quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }), (a, b) => {
        for (const literal of [quoteString(a + b), quoteDouble(a + b)]) {
          expect(scanString(literal, 0)).toEqual({ end: literal.length, value: a + b })
        }
      }),
    )
  })

  it('prefers backticks where they save escapes', () => {
    expect([quoteString('\\d "x"'), quoteString('a`\\'), quoteString('plain')]).toEqual([
      '`\\d "x"`',
      '"a`\\\\"',
      '"plain"',
    ])
  })
})

describe('durations', () => {
  it.each([
    ['1h30m', 5_400_000_000_000n],
    ['1y2w3d4h5m6s7ms', 33_019_506_007_000_000n],
    ['0', 0n],
    ['1.5h', 5_400_000_000_000n],
    ['-250ms', -250_000_000n],
    ['-1d', -86_400_000_000_000n],
    ['1m1h', 3_660_000_000_000n],
    ['1h0m0.5us', 3_600_000_000_500n],
  ])('%s is %d ns', (text, ns) => {
    expect(parseDurationLiteral(text)).toBe(ns)
  })

  it.each(['', '5', '1.5d', '5minutes', 'm', '1d1.5h', '-', '300y300y', '9999999999999h'])('%j is none', (text) => {
    expect(parseDurationLiteral(text)).toBeUndefined()
  })

  it('says what is wrong with an ordered one', () => {
    expect(parseOrderedDuration('5minutes')).toEqual({ fault: 'unknown unit "minutes" in duration "5minutes"' })
    expect(parseOrderedDuration('1m1h')).toEqual({ fault: 'not a valid duration string: "1m1h"' })
    expect(parseGoDuration('1d')).toBeUndefined()
  })

  it('reads back whatever is written', () => {
    const anyNs = fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n })
    const round = fc.bigInt({ min: -10_000n, max: 10_000n }).map((hours) => hours * 3_600_000_000_000n)
    fc.assert(
      fc.property(fc.oneof(anyNs, round), (ns) => {
        expect(parseDurationLiteral(formatDuration(ns))).toBe(ns)
      }),
    )
    expect(formatDuration(694_861_000_000_000n)).toBe('8d1h1m1s')
  })
})

describe('numbers', () => {
  it.each([
    ['1.', 1],
    ['.5', 0.5],
    ['1e-3', 0.001],
    ['0x1.8p1', 3],
    ['0x1A', undefined],
    ['0o17', undefined],
    ['0b1', undefined],
    ['1_000', undefined],
    ['1e999', undefined],
  ])('%s is %s', (text, value) => {
    expect(numberEnd(`${text} `, 0)).toBe(text.length)
    expect(parseFloatLiteral(text)).toBe(value)
  })

  it('reads back whatever is written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatFloat(Math.abs(value))
        expect(numberEnd(text, 0)).toBe(text.length)
        expect(parseFloatLiteral(text)).toBe(Math.abs(value))
      }),
    )
    expect(formatFloat(-0)).toBe('-0')
  })
})

describe('places', () => {
  it('count lines and code points from 1', () => {
    const text = 'a😀b\nc'
    expect([0, 1, 3, 4, 5, 6, 99].map((offset) => lineColumnAt(text, offset))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 2 },
      { line: 1, column: 3 },
      { line: 1, column: 4 },
      { line: 2, column: 1 },
      { line: 2, column: 2 },
      { line: 2, column: 2 },
    ])
  })

  it('measure UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text))
      }),
    )
  })
})
