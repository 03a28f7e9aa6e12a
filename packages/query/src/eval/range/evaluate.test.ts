import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { QueryError } from '../../text/error.ts'
import { labelsKey } from '../labels.ts'
import { rangeQuery, row } from '../testing/build.ts'
import type { Grid, LogRow } from '../types.ts'
import { evaluateRange } from './evaluate.ts'

const SECOND = 1_000_000_000n

type Point = number | undefined
type Brute = (values: readonly number[], context: { times: readonly bigint[]; end: bigint; range: bigint }) => Point

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const variance = (values: readonly number[]) => mean(values.map((v) => (v - mean(values)) ** 2))
const seconds = (ns: bigint) => Number(ns) / 1e9

/** The definition of each operation over the samples of one window. */
const DEFINITIONS: Record<string, Brute> = {
  sum_over_time: (values) => values.reduce((a, b) => a + b, 0),
  avg_over_time: mean,
  min_over_time: (values) => Math.min(...values),
  max_over_time: (values) => Math.max(...values),
  stdvar_over_time: variance,
  stddev_over_time: (values) => Math.sqrt(variance(values)),
  first_over_time: (values) => values[0],
  last_over_time: (values) => values.at(-1),
  rate: (values, { range }) => values.reduce((a, b) => a + b, 0) / seconds(range),
  'quantile_over_time:0.3': (values) => quantile(0.3, values),
  rate_counter: (values, { times, end, range }) => counterRate(values, times, end, range),
}

function quantile(q: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const low = sorted[Math.floor(at)] as number
  return low + ((sorted[Math.ceil(at)] as number) - low) * (at - Math.floor(at))
}

function counterRate(values: readonly number[], times: readonly bigint[], end: bigint, range: bigint): number {
  if (values.length < 2) return 0
  let increase = 0
  for (let i = 1; i < values.length; i++) {
    const [before, now] = [values[i - 1] as number, values[i] as number]
    increase += now < before ? now : now - before
  }
  const sampled = seconds((times.at(-1) as bigint) - (times[0] as bigint))
  const between = sampled / (values.length - 1)
  let head = seconds((times[0] as bigint) - (end - range))
  let tail = seconds(end - (times.at(-1) as bigint))
  if (head >= between * 1.1) head = between / 2
  if (increase > 0) head = Math.min(head, (sampled * (values[0] as number)) / increase)
  if (tail >= between * 1.1) tail = between / 2
  return (increase * ((sampled + head + tail) / sampled)) / seconds(range)
}

const sample = fc.record({
  at: fc.integer({ min: -300, max: 900 }),
  value: fc.integer({ min: 0, max: 50 }),
  series: fc.nat(1),
})
const scenario = fc.record({
  samples: fc.array(sample, { maxLength: 40 }),
  /** Days make the exact path for long spans run as well. */
  unit: fc.constantFrom('s', 'm', 'd'),
  range: fc.integer({ min: 1, max: 120 }),
  step: fc.integer({ min: 1, max: 90 }),
  count: fc.integer({ min: 1, max: 12 }),
  start: fc.integer({ min: -50, max: 400 }),
  offset: fc.integer({ min: -100, max: 100 }),
})
const NS = { s: SECOND, m: 60n * SECOND, d: 86_400n * SECOND }

test.each(Object.keys(DEFINITIONS))('%s over windows equals its definition over each window', (name) => {
  const [op, parameter] = name.split(':') as [string, string | undefined]
  const definition = DEFINITIONS[name] as Brute
  const property = fc.property(scenario, ({ samples, unit, range, step, count, start, offset }) => {
    const scale = NS[unit as keyof typeof NS]
    const rows: (LogRow & { value: number })[] = samples
      .map(({ at, value, series }) => ({
        ...row(`v=${value}`, { s: `${series}` }, {}, BigInt(at) * scale),
        value,
      }))
      .sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
    // Two samples of a counter at one moment have no rate: none of these tests is about that.
    if (op === 'rate_counter' && new Set(samples.map((s) => `${s.at}/${s.series}`)).size < samples.length) return
    const grid: Grid = { startNs: BigInt(start) * scale, stepNs: BigInt(step) * scale, count }
    const text = `${op}(${parameter === undefined ? '' : `${parameter},`}{s=~".+"} | logfmt | unwrap v [${range}${unit}] offset ${offset}${unit})`
    const found = new Map(evaluateRange(rangeQuery(text), grid, rows).map((one) => [one.labels.get('s'), one]))
    for (const series of ['0', '1']) {
      for (let k = 0; k < count; k++) {
        const end = grid.startNs + BigInt(k) * grid.stepNs - BigInt(offset) * scale
        const span = BigInt(range) * scale
        const inside = rows.filter((r) => r.stream.get('s') === series && r.timeNs > end - span && r.timeNs <= end)
        const values = inside.map((r) => r.value)
        const times = inside.map((r) => r.timeNs)
        const expected = values.length === 0 ? undefined : definition(values, { times, end, range: span })
        const one = found.get(series)
        const got = one?.present[k] === 1 ? one.values[k] : undefined
        if (expected === undefined) expect(got).toBeUndefined()
        else expect(got).toBeCloseTo(expected, 6)
      }
    }
  })
  fc.assert(property, { numRuns: 300 })
})

test('counts, bytes and absence over windows equal their definitions', () => {
  const property = fc.property(scenario, ({ samples, range, step, count, start, offset }) => {
    const rows = samples
      .map(({ at, value }) => row('é'.repeat(value), { s: 'x' }, {}, BigInt(at) * SECOND))
      .sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
    const grid: Grid = { startNs: BigInt(start) * SECOND, stepNs: BigInt(step) * SECOND, count }
    const evaluate = (op: string) => {
      const [one] = evaluateRange(rangeQuery(`${op}({s="x"}[${range}s] offset ${offset}s)`), grid, rows)
      return Array.from({ length: count }, (_, k) => (one?.present[k] === 1 ? one.values[k] : undefined))
    }
    const windows = Array.from({ length: count }, (_, k) => {
      const end = grid.startNs + BigInt(k) * grid.stepNs - BigInt(offset) * SECOND
      return rows.filter((r) => r.timeNs > end - BigInt(range) * SECOND && r.timeNs <= end)
    })
    const bytes = (inside: readonly LogRow[]) =>
      inside.reduce((sum, r) => sum + new TextEncoder().encode(r.line).length, 0)
    const defined = (value: (inside: readonly LogRow[]) => number) =>
      windows.map((w) => (w.length === 0 ? undefined : value(w)))
    expect(evaluate('count_over_time')).toEqual(defined((w) => w.length))
    expect(evaluate('rate')).toEqual(defined((w) => w.length / range))
    expect(evaluate('bytes_over_time')).toEqual(defined(bytes))
    expect(evaluate('bytes_rate')).toEqual(defined((w) => bytes(w) / range))
    expect(evaluate('absent_over_time')).toEqual(windows.map((w) => (w.length === 0 ? 1 : undefined)))
  })
  fc.assert(property, { numRuns: 500 })
})

const AT: Grid = { startNs: 60n * SECOND, stepNs: 0n, count: 1 }
const at = (s: number, line: string, stream?: Record<string, string>) => row(line, stream, {}, BigInt(s) * SECOND)

describe('errors of the pipeline', () => {
  const rows = [at(10, '{"ok":1}'), at(20, 'broken')]
  const attempt = (text: string, given = rows, sumGrouping?: readonly string[]) =>
    evaluateRange(rangeQuery(text), AT, given, sumGrouping && { sumGrouping: { without: false, labels: sumGrouping } })

  test('fail the query with the series at fault', () => {
    let error: QueryError | undefined
    try {
      attempt('count_over_time({app="a"} | json [1m])')
    } catch (thrown) {
      error = thrown as QueryError
    }
    expect(error?.phase).toBe('evaluate')
    expect(error?.message).toContain("pipeline error: 'JSONParserErr' for series: '{__error__=\"JSONParserErr\"")
    expect(error?.message).toContain('__error__!="JSONParserErr"')
  })

  test('do not matter outside the windows', () => {
    const series = attempt('count_over_time({app="a"} | json [1m])', [
      at(0, 'broken'),
      at(10, '{"ok":1}'),
      at(61, 'broken'),
    ])
    expect(series.map((one) => one.values[0])).toEqual([1])
  })

  test('may be filtered, dropped or asked for', () => {
    expect(attempt('count_over_time({app="a"} | json | __error__="" [1m])')).toHaveLength(1)
    expect(attempt('count_over_time({app="a"} | json | drop __error__, __error_details__ [1m])')).toHaveLength(2)
    const asked = attempt('count_over_time({app="a"} | json [1m])', rows, ['__error__'])
    expect(asked.map((one) => one.labels.get('__error__')).sort()).toEqual(['JSONParserErr', undefined])
  })

  test('of an unwrapped value can be skipped behind the unwrap', () => {
    const values = [at(10, 'v=1'), at(20, 'v=x'), at(30, 'other=1')]
    expect(() => attempt('sum_over_time({app="a"} | logfmt | unwrap v [1m])', values)).toThrow('SampleExtractionErr')
    const [one] = attempt('sum_over_time({app="a"} | logfmt | unwrap v | __error__="" [1m])', values)
    expect(one?.values[0]).toBe(1)
  })
})

test('a limit on series is enforced', () => {
  const rows = Array.from({ length: 20 }, (_, n) => at(n + 1, `id=${n}`))
  const query = rangeQuery('count_over_time({app="a"} | logfmt [1m])')
  expect(evaluateRange(query, AT, rows, { maxSeries: 20 })).toHaveLength(20)
  expect(() => evaluateRange(query, AT, rows, { maxSeries: 19 })).toThrow('maximum number of series (19)')
})

test('streams that a stage makes alike are one series', () => {
  const rows = [at(10, 'x', { app: 'a', pod: '1' }), at(20, 'x', { app: 'a', pod: '2' })]
  const series = evaluateRange(rangeQuery('count_over_time({app="a"} | drop pod [1m])'), AT, rows)
  expect(series.map((one) => [labelsKey(one.labels), one.values[0]])).toEqual([['3:app1:a', 2]])
})
