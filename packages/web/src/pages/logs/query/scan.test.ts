import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote, scan, unquote } from './scan.ts'

describe('scan', () => {
  it('finds selector, matchers and stages', () => {
    const text = '{app="a}b", env=~`p|q`} |= "x" != "y" | json | level != "info" # end'
    const seen = scan(text)
    expect(seen.kind).toBe('log')
    expect(text.slice(seen.selector?.start, seen.selector?.end)).toBe('{app="a}b", env=~`p|q`}')
    expect(seen.matchers.map(({ name, op, value }) => [name, op, value])).toEqual([
      ['app', '=', 'a}b'],
      ['env', '=~', 'p|q'],
    ])
    expect(seen.stages.map(({ start, end }) => text.slice(start, end))).toEqual([
      '|= "x"',
      '!= "y"',
      '| json',
      '| level != "info"',
    ])
    expect(text.slice(0, seen.contentEnd)).toBe('{app="a}b", env=~`p|q`} |= "x" != "y" | json | level != "info"')
  })

  it.each([
    ['', 'empty'],
    ['  # only a comment', 'empty'],
    ['{', 'log'],
    ['{app="x"', 'log'],
    ['rate({a="b"}[5m])', 'metric'],
    ['sum by (x) (rate({a="b"}[5m]))', 'metric'],
    ['1 + 1', 'metric'],
    ['(rate({a="b"}[5m]))', 'metric'],
    ['timeout while reading', 'text'],
    ['error', 'text'],
    ['결제 실패', 'text'],
  ])('%s is %s', (text, kind) => {
    expect(scan(text).kind).toBe(kind)
  })

  it('never throws and ends on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const seen = scan(text)
        expect(seen.contentEnd).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('quote', () => {
  it('is undone by unquote for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(unquote(quote(text))).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('uses a raw string when quotes or backslashes would need escapes', () => {
    expect(quote('a"b\\c')).toBe('`a"b\\c`')
    expect(quote('a"b`c\n')).toBe('"a\\"b`c\\n"')
  })
})
