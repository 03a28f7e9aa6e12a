import { labelsKey } from '../../../eval/labels.ts'
import { QueryError } from '../../../text/error.ts'
import type { PromExpr } from '../../ast.ts'
import { parsePromQL } from '../../parse/parse.ts'
import { Invariance } from '../invariant.ts'
import type { PromOptions, PromResult } from '../types.ts'
import { MemoryStore, TEST_OPTIONS } from './memory.ts'
import type { Evaluation, ExpectedText, Scenario, ScriptSeries } from './script.ts'

export interface ScriptFailure {
  readonly line: number
  readonly query: string
  readonly why: string
}

export interface ScenarioResult {
  readonly evaluations: number
  /** Evaluations that need native histograms. */
  readonly skipped: number
  readonly failures: readonly ScriptFailure[]
}

/** Other times at which a query whose selectors all have `@` must give the same. */
const ELSEWHERE_MS = [-3_600_000, 0, 777_000]
const MINUTE_MS = 60_000

/**
 * Runs a scenario in memory. Instant evaluations are also made as the middle point of a range of three minutes, and at other
 * times with `@` in every selector.
 */
export function runScenario(scenario: Scenario, options: PromOptions = TEST_OPTIONS): ScenarioResult {
  const store = new MemoryStore()
  const leftOut = new Set<string>()
  const failures: ScriptFailure[] = []
  let evaluations = 0
  let skipped = 0
  for (const step of scenario.steps) {
    if (step.kind === 'load') {
      for (const { labels, points } of step.series) store.add(labels, step.stepMs, points)
      for (const name of step.leftOut) leftOut.add(name)
      continue
    }
    if (step.native || mentions(step.query, leftOut)) {
      skipped++
      continue
    }
    evaluations++
    const why = judge(step, store, { ...options, text: step.query })
    if (why !== undefined) failures.push({ line: step.line, query: step.query, why })
  }
  return { evaluations, skipped, failures }
}

function mentions(query: string, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false
  for (const name of names) {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    if (new RegExp(`(^|[^A-Za-z0-9_:])${escaped}([^A-Za-z0-9_:]|$)`).test(query)) return true
  }
  return /(^|[^A-Za-z0-9_:"])\{/.test(query)
}

function judge(evaluation: Evaluation, store: MemoryStore, options: PromOptions): string | undefined {
  const { startMs, endMs, stepMs, instant } = evaluation
  const count = instant ? 1 : Math.floor((endMs - startMs) / stepMs) + 1
  let expr: PromExpr
  let result: PromResult
  try {
    expr = parsePromQL(evaluation.query)
    result = store.evaluate(expr, { startMs, stepMs, count, ...(!instant && { endMs }) }, options)
  } catch (error) {
    if (!(error instanceof QueryError)) return `broke: ${(error as Error).stack}`
    if (evaluation.fails === undefined) return `failed: ${error.message}`
    return matches(evaluation.fails, error.message) ? undefined : `failed with ${error.message}`
  }
  if (evaluation.fails !== undefined) return `did not fail, but gave ${describe(result)}`
  const why =
    judgeTold('warning', evaluation.warnings, result.warnings) ??
    judgeTold('info', evaluation.infos, result.infos) ??
    judgeResult(evaluation, result)
  if (why !== undefined || !instant) return why
  return judgeAsRange(evaluation, expr, store, options) ?? judgeElsewhere(evaluation, expr, store, options)
}

function matches({ text, pattern }: ExpectedText, message: string): boolean {
  if (text !== undefined) return message === text
  return pattern === undefined || pattern.test(message)
}

function judgeTold(what: string, expected: readonly ExpectedText[] | undefined, told: readonly string[]) {
  if (expected === undefined) return undefined
  if (expected.length > 0 && told.length === 0) return `no ${what}`
  const unexpected = told.find((message) => !expected.some((one) => matches(one, message)))
  return unexpected === undefined ? undefined : `unexpected ${what}: ${unexpected}`
}

function judgeResult(evaluation: Evaluation, { value }: PromResult): string | undefined {
  const { expected, ordered } = evaluation
  switch (value.kind) {
    case 'string':
      return expected.kind === 'string' && expected.text === value.text ? undefined : `gave the text ${value.text}`
    case 'scalar':
      if (expected.kind === 'scalar') {
        return value.values.every((one) => same(one, expected.value)) ? undefined : `gave ${value.values}`
      }
      if (expected.kind !== 'series' || expected.series.length !== 1) return `gave the scalar ${value.values}`
      return judgePoints(expected.series[0] as ScriptSeries, (k) => value.values[k], value.values.length)
    case 'matrix': {
      if (expected.kind !== 'matrix') return 'gave a range vector'
      const { fromMs, stepMs: every } = expected
      return judgeSeries(expected.series, value.series, false, (one, k) => {
        const at = one.times.indexOf(fromMs + k * every)
        return at < 0 ? undefined : one.values[at]
      })
    }
    case 'vector': {
      if (expected.kind !== 'series') return `gave series: ${describe({ value })}`
      return judgeSeries(expected.series, value.series, ordered, (one, k) =>
        one.present[k] === 1 ? one.values[k] : undefined,
      )
    }
  }
}

function judgeSeries<S extends { readonly labels: ReadonlyMap<string, string>; readonly values: Float64Array }>(
  expected: readonly ScriptSeries[],
  series: readonly S[],
  ordered: boolean,
  pointAt: (series: S, k: number) => number | undefined,
): string | undefined {
  const byKey = new Map(series.map((one) => [labelsKey(one.labels), one]))
  if (series.length !== expected.length) return `${series.length} series: ${describeLabels(series)}`
  for (const [index, wanted] of expected.entries()) {
    const key = labelsKey(wanted.labels)
    const found = ordered ? series[index] : byKey.get(key)
    if (found === undefined || labelsKey(found.labels) !== key) {
      return `no ${[...wanted.labels]} at its place among ${describeLabels(series)}`
    }
    const why = judgePoints(wanted, (k) => pointAt(found, k), found.values.length)
    if (why !== undefined) return why
  }
  return undefined
}

function judgePoints(wanted: ScriptSeries, pointAt: (k: number) => number | undefined, count: number) {
  for (let k = 0; k < Math.max(count, wanted.points.length); k++) {
    const point = wanted.points[k]
    const found = pointAt(k)
    if (point === undefined ? found === undefined : found !== undefined && point !== 'stale' && same(found, point))
      continue
    return `${[...wanted.labels]}: point ${k} is ${found} instead of ${point}`
  }
  return undefined
}

/** Equal but for a millionth. */
export function same(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const size = Math.abs(a) + Math.abs(b)
  if (a === 0 || b === 0 || size < 1e-300) return Math.abs(a - b) < 1e-12
  return Math.abs(a - b) / Math.min(size, Number.MAX_VALUE) < 1e-6
}

/** What an instant query gives is the middle point of a range around it. */
function judgeAsRange(evaluation: Evaluation, expr: PromExpr, store: MemoryStore, options: PromOptions) {
  const { query, startMs, ordered } = evaluation
  if (ordered || expr.kind === 'string' || evaluation.expected.kind === 'matrix') return undefined
  if (/\b(?:start|end|step|range|info)\s*\(\s*/i.test(query)) return undefined
  const grid = { startMs: startMs - MINUTE_MS, stepMs: MINUTE_MS, count: 3 }
  let result: PromResult
  try {
    result = store.evaluate(expr, grid, options)
  } catch (error) {
    // Only the steps around it may be what fails.
    if (error instanceof QueryError && error.phase === 'evaluate') return undefined
    throw error
  }
  return inWords('as a range', judgeResult(evaluation, middleOf(result)))
}

function middleOf(result: PromResult): PromResult {
  const { value } = result
  if (value.kind === 'scalar') return { ...result, value: { kind: 'scalar', values: value.values.slice(1, 2) } }
  if (value.kind !== 'vector') return result
  const series = value.series
    .map(({ labels, values, present }) => ({ labels, values: values.slice(1, 2), present: present.slice(1, 2) }))
    .filter(({ present }) => present[0] === 1)
  return { ...result, value: { kind: 'vector', series, ordered: false } }
}

/** With `@` in every selector, the evaluation time does not matter. */
function judgeElsewhere(evaluation: Evaluation, expr: PromExpr, store: MemoryStore, options: PromOptions) {
  const fixed = withAt(expr, evaluation.startMs)
  if (!new Invariance().holds(fixed) || /\b(?:start|end)\s*\(\s*\)/i.test(evaluation.query)) return undefined
  if (evaluation.expected.kind === 'matrix') return undefined
  for (const timeMs of ELSEWHERE_MS) {
    const result = store.evaluate(fixed, { startMs: timeMs, stepMs: 1, count: 1 }, options)
    const why = inWords(`with @ at ${timeMs}`, judgeResult(evaluation, result))
    if (why !== undefined) return why
  }
  return undefined
}

function inWords(where: string, why: string | undefined): string | undefined {
  return why === undefined ? undefined : `${where}: ${why}`
}

/** The expression with `@` in each selector and subquery that has none; within a subquery, times are the subquery's. */
function withAt(expr: PromExpr, timeMs: number): PromExpr {
  switch (expr.kind) {
    case 'selector':
    case 'subquery':
      return { ...expr, atTime: expr.atTime ?? timeMs }
    case 'matrix':
      return { ...expr, selector: { ...expr.selector, atTime: expr.selector.atTime ?? timeMs } }
    case 'call':
      return { ...expr, args: expr.args.map((arg) => withAt(arg, timeMs)) }
    case 'aggregate':
      return {
        ...expr,
        expr: withAt(expr.expr, timeMs),
        param: expr.param === undefined ? undefined : withAt(expr.param, timeMs),
      }
    case 'binary':
      return { ...expr, left: withAt(expr.left, timeMs), right: withAt(expr.right, timeMs) }
    case 'unary':
    case 'paren':
      return { ...expr, expr: withAt(expr.expr, timeMs) }
    default:
      return expr
  }
}

function describe({ value }: Pick<PromResult, 'value'>): string {
  if (value.kind === 'string') return value.text
  if (value.kind === 'scalar') return String(value.values)
  return value.series.map((one) => `${[...one.labels]} ${one.values}`).join(' | ')
}

function describeLabels(series: readonly { readonly labels: ReadonlyMap<string, string> }[]): string {
  return series.map(({ labels }) => `{${[...labels].map(([name, value]) => `${name}=${value}`)}}`).join(' ')
}
