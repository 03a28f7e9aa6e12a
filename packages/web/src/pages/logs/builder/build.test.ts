import { type Expr, parseLogQL, printExpr, QueryError } from '@girok/query'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyExpr } from '../../../../../query/src/logql/testing/generate.ts'
import { buildExpr, buildText, printedTree } from './build.ts'
import type { BuilderModel, StageRow } from './model.ts'
import { keptText, readModel } from './read.ts'

const read = (query: string): BuilderModel => {
  const model = readModel(parseLogQL(query))
  if (model === undefined) throw new Error(`no rows for ${query}`)
  return model
}

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const hasLines = (expr: Expr): boolean => printExpr(expr).includes('{')

describe('rows of a query', () => {
  it(`give the same query back, whatever it holds (seed ${seed})`, () => {
    let shown = 0
    fc.assert(
      fc.property(anyExpr, (generated) => {
        // What the parser makes of the text is what the page has: folded numbers, for example.
        let expr: Expr
        try {
          expr = parseLogQL(printExpr(generated))
        } catch (error) {
          if (error instanceof QueryError) return
          throw error
        }
        const model = readModel(expr)
        expect(model !== undefined).toBe(hasLines(expr))
        if (model === undefined) return
        shown += 1
        const built = buildText(model)
        expect(built).toEqual({ text: printExpr(expr) })
        expect(printedTree(buildExpr(model)!)).toBe(printedTree(expr))
      }),
      { seed, numRuns: 2000 },
    )
    expect(shown).toBeGreaterThan(1000)
  })

  it('show each part that has fields of its own', () => {
    const query =
      'topk(3, sum by (route) (rate({app="x", env=~"a|b"} |= "a" or "b" | json | status >= 500 and level="error" or took > 2s [5m] offset 1h))) / 60 > bool 0.5'
    const model = read(query)
    expect(model.matchers).toEqual([
      { name: 'app', op: '=', value: 'x' },
      { name: 'env', op: '=~', value: 'a|b' },
    ])
    expect(model.stages).toEqual([
      { kind: 'line', op: '|=', values: ['a', 'b'] },
      { kind: 'parser', parser: 'json', pattern: '' },
      {
        kind: 'fields',
        conditions: [
          { join: 'and', name: 'status', op: '#>=', value: '500' },
          { join: 'and', name: 'level', op: '=', value: 'error' },
          { join: 'or', name: 'took', op: '#>', value: '2s' },
        ],
      },
    ])
    expect(model.calculation).toEqual({
      op: 'rate',
      parameter: '',
      range: '5m',
      offset: '1h',
      unwrap: undefined,
      grouping: undefined,
    })
    expect(model.outer).toEqual([
      { kind: 'vector', op: 'sum', parameter: '', label: '', grouping: { without: false, labels: ['route'] } },
      { kind: 'vector', op: 'topk', parameter: '3', label: '', grouping: undefined },
      { kind: 'number', op: '/', bool: false, value: '60' },
      { kind: 'number', op: '>', bool: true, value: '0.5' },
    ])
    const unwrapped = read('quantile_over_time(0.95, {a="b"} | json | unwrap duration(took) | took > 1 [1m]) by (job)')
    expect(unwrapped.calculation).toMatchObject({
      op: 'quantile_over_time',
      parameter: '0.95',
      unwrap: { label: 'took', conversion: 'duration' },
      grouping: { without: false, labels: ['job'] },
    })
  })

  it('keep what has no fields as text in its place', () => {
    const kept = (query: string): (string | undefined)[] => read(query).stages.map((stage) => stage.kind)
    expect(
      kept('{a="b"} |= ip("10.0.0.0/8") | json x="y" | line_format "{{.x}}" | x="1" and (y="2" or z="3")'),
    ).toEqual(['kept', 'kept', 'kept', 'kept'])
    expect(
      kept('{a="b"} | drop x | logfmt --strict | ip = ip("::1") | label_format a=b | keep y | decolorize'),
    ).toEqual(Array(6).fill('kept'))
    const ratio = read('sum(rate({a="b"} |= "x" [5m])) / sum(rate({a="b"}[5m]))')
    expect(ratio.outer).toHaveLength(2)
    const [, row] = ratio.outer
    expect(row?.kind === 'kept' ? keptText(row) : '').toBe('… / sum(rate({a="b"}[5m]))')
    const replaced = read('label_replace(rate({a="b"}[5m]), "x", "$1", "y", "(.*)")')
    expect(replaced.outer.map((one) => (one.kind === 'kept' ? keptText(one) : ''))).toEqual([
      'label_replace(…, "x", "$1", "y", "(.*)")',
    ])
    expect(readModel(parseLogQL('vector(1) + 2'))).toBeUndefined()
  })
})

describe('rows that are filled in', () => {
  const base = read('{app="x"}')
  const withStages = (...stages: StageRow[]): BuilderModel => ({ ...base, stages })

  it('are left out until they are complete', () => {
    const model: BuilderModel = {
      ...base,
      matchers: [...base.matchers, { name: 'env', op: '=', value: undefined }, { name: 'by', op: '=', value: 'x' }],
      stages: [
        { kind: 'line', op: '|=', values: [] },
        { kind: 'parser', parser: 'regexp', pattern: '' },
        {
          kind: 'fields',
          conditions: [
            { join: 'and', name: 'a', op: '#>', value: 'many' },
            { join: 'and', name: '', op: '=', value: 'x' },
            { join: 'or', name: 'b', op: '=', value: '' },
          ],
        },
      ],
    }
    expect(buildText(model)).toEqual({ text: '{app="x"} | b=""' })
  })

  it('cannot smuggle other stages into the query', () => {
    const conditions = ['1 | drop app', '1 or b=`x`', '1 and b > 2', '1 # x', '1\n| json', '0x | json'].map(
      (value) => ({ join: 'and' as const, name: 'a', op: '#>' as const, value }),
    )
    expect(buildText(withStages({ kind: 'fields', conditions }))).toEqual({ text: '{app="x"}' })
    const quoted = withStages({ kind: 'line', op: '|=', values: ['" | drop app', '`'] })
    expect(read((buildText(quoted) as { text: string }).text).stages).toEqual(quoted.stages)
  })

  it('say when a calculation lacks its range, number or field', () => {
    const calculation = {
      op: 'rate' as const,
      parameter: '',
      range: '',
      offset: '',
      unwrap: undefined,
      grouping: undefined,
    }
    const text = (change: object): unknown => buildText({ ...base, calculation: { ...calculation, ...change } })
    expect(text({})).toEqual({ fault: 'incomplete' })
    expect(text({ range: '5 minutes' })).toEqual({ fault: 'incomplete' })
    expect(text({ range: '5m' })).toEqual({ text: 'rate({app="x"}[5m])' })
    expect(text({ range: '5m', op: 'avg_over_time' })).toEqual({ fault: 'incomplete' })
    const unwrap = { label: 'took', conversion: '' as const, kept: [] }
    expect(text({ range: '5m', op: 'avg_over_time', unwrap })).toEqual({
      text: 'avg_over_time({app="x"} | unwrap took [5m])',
    })
    // Counting lines has no use for a field: the row stays for the next choice.
    expect(text({ range: '5m', op: 'count_over_time', unwrap })).toEqual({ text: 'count_over_time({app="x"}[5m])' })
    expect(text({ range: '5m', op: 'quantile_over_time', unwrap })).toEqual({ fault: 'incomplete' })
  })

  it('are not written where they would mean something else', () => {
    const keep = read('{app="x"} | keep a').stages
    expect(buildText(withStages(...keep, { kind: 'line', op: '!=', values: ['x'] }))).toEqual({ fault: 'order' })
    expect(buildText(withStages({ kind: 'line', op: '!=', values: ['x'] }, ...keep))).toEqual({
      text: '{app="x"} != "x" | keep a',
    })
  })
})
