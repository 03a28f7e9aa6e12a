import { QueryError } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import { lookbackGrid, lookbackStep, type Reduction, reducedValues } from '../rules/reduction.ts'
import type { AlertingRule, Rule, RuleQuery } from '../rules/rule.ts'
import { answerRule, queriesOf, type RuleAnswer, type RuleQueries } from '../rules/rule-answer.ts'
import { RuleFault } from '../rules/rule-samples.ts'
import type { RangeValues, RuleValue } from '../rules/rule-value.ts'
import { isRangeSafe } from './range-safe.ts'

/** Times of evaluation: `startMs + k * intervalMs` for 0 ≤ k < count. */
export interface EvaluationTimes {
  readonly startMs: number
  readonly intervalMs: number
  readonly count: number
}

/** What a rule gives at one of the times, or why it could not be evaluated. */
export interface TimedAnswer {
  readonly timeMs: number
  readonly answer: RuleAnswer | { readonly fault: string }
}

/** Evaluations that are answered together. */
const PIECE = 500
/** Points of one series that a query of a piece may have. */
const MOST_POINTS = 10_000

/**
 * What a rule gives at each of the times, as `answerRule` gives it, but asked for in pieces: a query over a range for some
 * hundred evaluations. A piece that fails is halved until the evaluation is alone that fails. Rejects when the store does
 * not answer.
 */
export async function* answersInPieces(
  rule: Rule,
  times: EvaluationTimes,
  queries: RuleQueries,
): AsyncGenerator<readonly TimedAnswer[], void> {
  const size = queriesOf(rule).every(isRangeSafe) ? pieceSize(rule, times.intervalMs) : 1
  for (let from = 0; from < times.count; from += size) {
    const piece = partOf(times, from, Math.min(size, times.count - from))
    yield await answersOf(rule, piece, queries)
  }
}

function partOf({ startMs, intervalMs }: EvaluationTimes, from: number, count: number): EvaluationTimes {
  return { startMs: startMs + from * intervalMs, intervalMs, count }
}

function reductionOf(rule: Rule): AlertingRule['reduction'] {
  return rule.kind === 'alerting' ? rule.reduction : undefined
}

function pieceSize(rule: Rule, intervalMs: number): number {
  const reduction = reductionOf(rule)
  if (reduction === undefined) return PIECE
  const points = intervalMs / commonStep(intervalMs, lookbackStep(reduction))
  return Math.max(1, Math.min(PIECE, Math.floor(MOST_POINTS / points)))
}

async function answersOf(rule: Rule, times: EvaluationTimes, queries: RuleQueries): Promise<TimedAnswer[]> {
  try {
    if (times.count > 1) return await piece(rule, times, queries)
    return [{ timeMs: times.startMs, answer: await answerRule(rule, times.startMs, queries) }]
  } catch (error) {
    if (!isOfEvaluation(error)) throw error
    if (times.count === 1) return [{ timeMs: times.startMs, answer: { fault: error.message } }]
    const half = times.count >> 1
    return [
      ...(await answersOf(rule, partOf(times, 0, half), queries)),
      ...(await answersOf(rule, partOf(times, half, times.count - half), queries)),
    ]
  }
}

/** A fault of the query over this data, and not of the store or of the time that is left. */
export function isOfEvaluation(error: unknown): error is Error {
  if (error instanceof QueryError || error instanceof RuleFault) return true
  return error instanceof GirokError && ['bad_request', 'bad_query', 'limit_exceeded'].includes(error.code)
}

async function piece(rule: Rule, times: EvaluationTimes, queries: RuleQueries): Promise<TimedAnswer[]> {
  const reduction = reductionOf(rule)
  const values = await (reduction === undefined
    ? valuesAt(rule.query, times, queries)
    : reducedAt(rule.query, reduction, times, queries))
  const keepFiringWhile = rule.kind === 'alerting' ? rule.keepFiringWhile : undefined
  const holding = keepFiringWhile && (await valuesAt(keepFiringWhile, times, queries))
  return Array.from({ length: times.count }, (_, at) => ({
    timeMs: times.startMs + at * times.intervalMs,
    answer: { values: values[at] ?? [], holding: holding?.[at] ?? [] },
  }))
}

/** The values of a query at each of the times. */
async function valuesAt(
  query: RuleQuery,
  { startMs, intervalMs, count }: EvaluationTimes,
  queries: RuleQueries,
): Promise<readonly (readonly RuleValue[])[]> {
  const grid = { startMs, endMs: startMs + (count - 1) * intervalMs, stepMs: intervalMs }
  const found: RuleValue[][] = Array.from({ length: count }, () => [])
  for (const { labels, times, values } of await queries.range(query, grid)) {
    for (const [i, timeMs] of times.entries()) {
      found[Math.round((timeMs - startMs) / intervalMs)]?.push({ labels, value: values[i] as number })
    }
  }
  return found
}

/** The reduced values at each of the times, of one query whose step fits both the interval and what a condition looks at. */
async function reducedAt(
  query: RuleQuery,
  reduction: Reduction,
  { startMs, intervalMs, count }: EvaluationTimes,
  queries: RuleQueries,
): Promise<readonly (readonly RuleValue[])[]> {
  const lookback = lookbackGrid(reduction, startMs)
  const stepMs = commonStep(intervalMs, lookback.stepMs)
  const endMs = startMs + (count - 1) * intervalMs
  const series = await queries.range(query, { startMs: lookback.startMs, endMs, stepMs })
  const columns = series.map((one) => ({ labels: one.labels, column: columnOf(one, lookback.startMs, endMs, stepMs) }))
  const width = (lookback.endMs - lookback.startMs) / stepMs
  return Array.from({ length: count }, (_, at) => {
    const first = (at * intervalMs) / stepMs
    const stretches = columns.map(({ labels, column }) => {
      const values: number[] = []
      for (let i = first; i <= first + width; i += lookback.stepMs / stepMs) values.push(column[i] as number)
      return { labels, values }
    })
    return reducedValues(stretches, reduction)
  })
}

/** A value for each time of the grid; NaN, which reductions leave out, where there is none. */
function columnOf({ times, values }: RangeValues, startMs: number, endMs: number, stepMs: number): Float64Array {
  const column = new Float64Array((endMs - startMs) / stepMs + 1).fill(Number.NaN)
  for (const [i, timeMs] of times.entries()) column[Math.round((timeMs - startMs) / stepMs)] = values[i] as number
  return column
}

/** The longest step that both are multiples of. */
function commonStep(a: number, b: number): number {
  return b === 0 ? a : commonStep(b, a % b)
}
