import { parseAndCheckLogQL } from '../../logql/check/check.ts'
import { QueryError } from '../../text/error.ts'
import { labelsKey } from '../labels.ts'
import { matchesSelector } from '../matcher.ts'
import { evaluateRange } from '../range/evaluate.ts'
import type { Grid, LogRow, MetricValue, Series } from '../types.ts'
import { evaluateMetric, rangeNodesOf } from '../vector/evaluate.ts'
import type { Evaluation, LoadedStream, Scenario } from './script.ts'

export interface ScriptFailure {
  readonly line: number
  readonly query: string
  readonly why: string
}

/** Runs a scenario in memory; answers how many evaluations there were and which gave something else. */
export function runScenario(scenario: Scenario): { readonly evaluations: number; readonly failures: ScriptFailure[] } {
  const rows: LogRow[] = []
  const failures: ScriptFailure[] = []
  let evaluations = 0
  for (const step of scenario.steps) {
    if (step.kind === 'load') {
      rows.push(...step.streams.flatMap(rowsOf))
      rows.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
      continue
    }
    evaluations++
    const why = judge(step, rows)
    if (why !== undefined) failures.push({ line: step.line, query: step.query, why })
  }
  return { evaluations, failures }
}

function rowsOf(stream: LoadedStream): LogRow[] {
  const metadata = [...stream.metadata]
  return stream.entries.map(({ timeNs, text }) => ({ timeNs, stream: stream.labels, metadata, line: text }))
}

/** Evaluates a metric query over rows in memory. `earlySums`: whether ranges may be summed by the `sum` around them. */
export function evaluateInMemory(query: string, grid: Grid, rows: readonly LogRow[], earlySums = true): MetricValue {
  const expr = parseAndCheckLogQL(query)
  if (expr.kind === 'log') throw new Error('not a metric query')
  const leaves = new Map(
    rangeNodesOf(expr).map(({ node, sumGrouping }) => {
      const matches = matchesSelector(node.range.log.selector)
      const matching = rows.filter((row) => matches(row.stream))
      return [node, evaluateRange(node, grid, matching, earlySums ? { sumGrouping } : {})]
    }),
  )
  return evaluateMetric(expr, grid, (node) => {
    const series = node.kind === 'rangeAggregation' ? leaves.get(node) : undefined
    return series && { kind: 'vector', series, ordered: false }
  })
}

function judge(evaluation: Evaluation, rows: readonly LogRow[]): string | undefined {
  const { expected, startNs, endNs, stepNs } = evaluation
  const count = stepNs === 0n ? 1 : Number((endNs - startNs) / stepNs) + 1
  let value: MetricValue
  try {
    value = evaluateInMemory(evaluation.query, { startNs, stepNs, count }, rows)
  } catch (error) {
    if (!(error instanceof QueryError)) return `threw ${(error as Error).stack}`
    if (expected.kind !== 'fail') return `failed: ${error.message}`
    if (expected.message !== undefined && !error.message.includes(expected.message)) {
      return `the error lacks "${expected.message}": ${error.message}`
    }
    if (expected.pattern !== undefined && !expected.pattern.test(error.message)) {
      return `the error does not match ${expected.pattern}: ${error.message}`
    }
    return undefined
  }
  if (expected.kind === 'fail') return `no failure, but ${describe(value)}`
  // A sum by __error__ asks for errors, which only the range knows that is told of the sum.
  if (!evaluation.query.includes('by (__error__)')) {
    const late = lateSums(evaluation.query, { startNs, stepNs, count }, rows)
    if (late !== undefined && !sameValues(value, late))
      return `early sums give ${describe(value)}, late ones ${describe(late)}`
  }
  if (expected.kind === 'scalar') {
    if (value.kind !== 'scalar') return `no scalar, but ${describe(value)}`
    const wrong = expected.points.findIndex((point, k) => !same(point ?? Number.NaN, value.values[k] as number))
    return wrong < 0 ? undefined : `point ${wrong} is ${value.values[wrong]} instead of ${expected.points[wrong]}`
  }
  if (value.kind === 'scalar') return `no series, but ${describe(value)}`
  const got = value.series.filter(({ present }) => present.includes(1))
  if (got.length !== expected.series.length) return `${got.length} series: ${describe(value)}`
  if (expected.ordered && !value.ordered) return 'the result has no order'
  for (const [index, want] of expected.series.entries()) {
    const key = labelsKey(want.labels)
    const found = expected.ordered ? got[index] : got.find(({ labels }) => labelsKey(labels) === key)
    if (found === undefined || labelsKey(found.labels) !== key) return `no series ${key} in ${describe(value)}`
    for (let k = 0; k < count; k++) {
      const point = want.points[k]
      const has = found.present[k] === 1
      if (point === undefined ? has : !has || !same(point, found.values[k] as number)) {
        return `point ${k} of ${key} is ${has ? found.values[k] : 'absent'} instead of ${point ?? 'absent'}`
      }
    }
  }
  return undefined
}

/** Undefined where a fault in a line makes the query fail that a sum taken early has no need to look at. */
function lateSums(query: string, grid: Grid, rows: readonly LogRow[]): MetricValue | undefined {
  try {
    return evaluateInMemory(query, grid, rows, false)
  } catch (error) {
    if (error instanceof QueryError && error.message.includes('pipeline error')) return undefined
    throw error
  }
}

function sameValues(a: MetricValue, b: MetricValue): boolean {
  if (a.kind === 'scalar' || b.kind === 'scalar') return a.kind === b.kind && describe(a) === describe(b)
  if (a.series.length !== b.series.length) return false
  const others = new Map(b.series.map((one) => [labelsKey(one.labels), one]))
  return a.series.every((one) => {
    const other = others.get(labelsKey(one.labels))
    if (other === undefined) return false
    return one.present.every((has, k) => {
      if (has !== other.present[k]) return false
      return has === 0 || same(one.values[k] as number, other.values[k] as number)
    })
  })
}

function same(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b)
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
}

function describe(value: MetricValue): string {
  if (value.kind === 'scalar') return `scalar ${[...value.values].join(' ')}`
  const lines = value.series.map((one: Series) => {
    const points = [...one.values].map((point, k) => (one.present[k] === 1 ? point : '_'))
    return `${JSON.stringify(Object.fromEntries(one.labels))} ${points.join(' ')}`
  })
  return lines.length === 0 ? 'nothing' : lines.join('; ').slice(0, 600)
}
