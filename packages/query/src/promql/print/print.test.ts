import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testSeed } from '../../testing/seed.ts'
import type { PromExpr } from '../ast.ts'
import { parsePromQL } from '../parse/parse.ts'
import { anyPromExpr } from '../testing/generate.ts'
import { normalForm } from '../testing/normal-form.ts'
import { formatPromQL, prettyPromQL } from './pretty.ts'
import { printPromQL } from './print.ts'

describe('any tree', () => {
  const options = { seed: testSeed('promql print'), numRuns: 2000 }

  it('reads back as it was printed', () => {
    fc.assert(
      fc.property(anyPromExpr, (expr) => {
        const text = printPromQL(expr)
        const again = parsePromQL(text)
        expect(normalForm(again), text).toEqual(normalForm(expr))
        expect(printPromQL(again)).toBe(text)
      }),
      options,
    )
  }, 120_000)

  it('reads back as it was laid out', () => {
    fc.assert(
      fc.property(anyPromExpr, (expr) => {
        const text = prettyPromQL(expr)
        expect(normalForm(parsePromQL(text)), text).toEqual(normalForm(expr))
      }),
      options,
    )
  }, 120_000)
})

describe('brackets that no text had', () => {
  const a: PromExpr = parsePromQL('a')
  const sum = parsePromQL('a + b')
  it.each<[PromExpr, string]>([
    [
      { ...(parsePromQL('a * b') as Extract<PromExpr, { kind: 'binary' }>), left: sum, right: sum },
      '(a + b) * (a + b)',
    ],
    [{ ...(parsePromQL('a ^ b') as Extract<PromExpr, { kind: 'binary' }>), left: parsePromQL('-1') }, '(-1) ^ b'],
    [{ kind: 'unary', op: '-', expr: sum, at: a.at }, '-(a + b)'],
    [{ ...(parsePromQL('a[1h:]') as Extract<PromExpr, { kind: 'subquery' }>), expr: sum }, '(a + b)[1h:]'],
  ])('are added in %#: %s', (expr, text) => {
    expect(printPromQL(expr)).toBe(text)
  })
})

describe('layout', () => {
  it('keeps what is short', () => {
    expect(formatPromQL('sum( rate( a [5m]) )by(job)')).toBe('sum by (job) (rate(a[5m]))')
  })

  it('never splits a selector', () => {
    const selector = `requests_total{${Array.from({ length: 20 }, (_, i) => `label_${i}="value"`).join(', ')}}`
    expect(formatPromQL(selector)).not.toContain('\n')
  })

  it('splits operands, arguments and brackets of long nodes', () => {
    const long = 'requests_of_a_service_with_a_long_name_total{environment="production",region="europe-west"}'
    const text = `histogram_quantile(0.9, sum by (le) (rate(${long}[5m]))) / on (job) (topk(5, ${long} / 2) + -sum(${long}))`
    expect(formatPromQL(text)).toBe(
      [
        '  histogram_quantile(',
        '    0.9,',
        '    sum by (le) (',
        '      rate(',
        `        ${long}[5m]`,
        '      )',
        '    )',
        '  )',
        '/ on (job)',
        '  (',
        '      topk(',
        '        5,',
        `        ${long} / 2`,
        '      )',
        '    +',
        `      -sum(${long})`,
        '  )',
      ].join('\n'),
    )
  })

  it('sets the range of a subquery behind its expression', () => {
    const long = 'requests_of_a_service_with_a_long_name_total{environment="production",region="europe-west"}'
    expect(formatPromQL(`max_over_time((${long} / on (job) capacity)[1h:5m] offset 1d)`)).toBe(
      ['max_over_time(', '  (', `      ${long}`, '    / on (job)', '      capacity', '  )[1h:5m] offset 1d', ')'].join(
        '\n',
      ),
    )
  })
})
