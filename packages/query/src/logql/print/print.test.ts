import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testSeed } from '../../testing/seed.ts'
import { parseLogQL } from '../parse/parse.ts'
import { CORPUS } from '../testing/corpus.ts'
import { anyExpr } from '../testing/generate.ts'
import { withoutPlaces } from '../testing/without-places.ts'
import { formatQuery } from './format.ts'
import { printExpr } from './print.ts'

const seed = testSeed('print')

describe('printExpr', () => {
  it.each([
    ['{ a = "b" ,c=~`d\\w` }', '{a="b", c=~`d\\w`}'],
    ['{a="b"}|="x" or `y`!~"z"', '{a="b"} |= "x" or "y" !~ "z"'],
    ['{a="b"}|a="1",b>2 or c<3ms', '{a="b"} | a="1" and (b > 2 or c < 3ms)'],
    ['{a="b"}|(a="1" or b="2") and c="3"', '{a="b"} | (a="1" or b="2") and c="3"'],
    ['{a="b"}|x=90m|y==5KB', '{a="b"} | x == 1h30m | y == 5KB'],
    ['rate( {a="b"}[5m] |= "x" )', 'rate({a="b"} |= "x" [5m])'],
    ['rate(({a="b"})[60s] offset 7d)', 'rate({a="b"}[1m] offset 1w)'],
    ['SUM(rate({a="b"}[5m])) BY (c,d)', 'sum by (c, d) (rate({a="b"}[5m]))'],
    ['topk(5,vector(1)) without()', 'topk without () (5, vector(1))'],
    ['max_over_time({a="b"}|unwrap bytes(x)[5m])by(y)', 'max_over_time({a="b"} | unwrap bytes(x) [5m]) by (y)'],
    ['(vector(1)+vector(2))*vector(3)', '(vector(1) + vector(2)) * vector(3)'],
    ['vector(1)-(vector(2)-vector(3))', 'vector(1) - (vector(2) - vector(3))'],
    ['(vector(1)^vector(2))^vector(3)', '(vector(1) ^ vector(2)) ^ vector(3)'],
    ['vector(1)>bool on(a)group_left(b)vector(2)', 'vector(1) > bool on (a) group_left (b) vector(2)'],
    ['vector(1)/on()group_left()(vector(2)+vector(3))', 'vector(1) / on () group_left () (vector(2) + vector(3))'],
    ['1 / 0', '(0 / 0)'],
    ['{a="b"}|DISTINCT c ,d|e="f"', '{a="b"} | distinct c, d | e="f"'],
    ['count_values("n",vector(1))by(a)', 'count_values by (a) ("n", vector(1))'],
    ['{a="b"} |= "" or "x" or ""', '{a="b"} |= "x"'],
  ])('%s → %s', (text, printed) => {
    expect(printExpr(parseLogQL(text))).toBe(printed)
  })

  it('prints any tree so that parsing gives it back', () => {
    fc.assert(
      fc.property(anyExpr, (expr) => {
        const parsed = parseLogQL(printExpr(expr))
        expect(withoutPlaces(parsed)).toEqual(withoutPlaces(expr))
      }),
      { numRuns: 3000, seed },
    )
  })
})

describe('formatQuery', () => {
  it('keeps what fits 100 columns on one line', () => {
    expect(formatQuery('sum by(a)(\n rate({b="c"}\n[5m]))')).toBe('sum by (a) (rate({b="c"}[5m]))')
  })

  it('breaks longer queries with two spaces of indent', () => {
    const text =
      'topk(10,sum by(path,status)(rate({app="shop",env="production"}|json|status>=500|path!="/healthz"|line_format "{{.path}}"[5m])))/100'
    expect(formatQuery(text)).toBe(
      [
        '  topk(',
        '    10,',
        '    sum by (path, status) (',
        '      rate(',
        '        {app="shop", env="production"}',
        '          | json',
        '          | status >= 500',
        '          | path!="/healthz"',
        '          | line_format "{{.path}}"',
        '          [5m]',
        '      )',
        '    )',
        '  )',
        '/',
        '  100',
      ].join('\n'),
    )
  })

  it('gives one matcher a line when a selector is too long', () => {
    const value = 'v'.repeat(60)
    expect(formatQuery(`{a="${value}",b="${value}"}`)).toBe(`{\n  a="${value}",\n  b="${value}"\n}`)
  })

  it('means the same as its input, and is its own format', () => {
    const texts = [
      ...CORPUS,
      CORPUS.slice(12, 30)
        .filter((q) => !/^2 /.test(q))
        .join(' + '),
    ]
    for (const text of texts) {
      const formatted = formatQuery(text)
      expect(withoutPlaces(parseLogQL(formatted))).toEqual(withoutPlaces(parseLogQL(text)))
      expect(formatQuery(formatted)).toBe(formatted)
    }
    fc.assert(
      fc.property(anyExpr, (expr) => {
        const formatted = formatQuery(printExpr(expr))
        expect(withoutPlaces(parseLogQL(formatted))).toEqual(withoutPlaces(expr))
        expect(formatQuery(formatted)).toBe(formatted)
      }),
      { numRuns: 1000, seed },
    )
  })
})
