import type { Labels } from '@girok/query'
import { labelsText } from '../../model/labels.ts'
import { type Comparison, meets } from '../rules/condition.ts'
import type { AlertingRule } from '../rules/rule.ts'
import type { RuleQueries } from '../rules/rule-answer.ts'
import { eachAnswer } from './each-answer.ts'
import type { EvaluationTimes } from './piecewise-answers.ts'
import { thresholdQuery } from './threshold.ts'

/** A series over the time of a back-test. */
export interface DrawnSeries {
  readonly labels: Labels
  /** Times of evaluation; null where there is no value, or none that is finite. */
  readonly points: readonly (readonly [timeMs: number, value: number | null])[]
}

/** What a rule compares, and with what. */
export interface DrawnValues {
  readonly series: readonly DrawnSeries[]
  readonly threshold: { readonly op: Comparison; readonly value: number } | undefined
}

/** Series of a drawing. */
export const MOST_DRAWN = 20
const MOST_POINTS = 500

/**
 * The values that a rule holds against its threshold, for a drawing: those of its query without the comparison, or those that
 * its condition reduces. Series that meet the threshold most often come first. Undefined for a rule that compares with no
 * number, and where the values cannot be had (more series than a query may give).
 */
export async function drawnValues(
  rule: AlertingRule,
  queryOffsetMs: number,
  evaluations: EvaluationTimes,
  queries: RuleQueries,
): Promise<DrawnValues | undefined> {
  const plain = withoutThreshold(rule)
  if (plain === undefined) return undefined
  const times = drawnTimes(evaluations)
  const found = new Map<string, { labels: Labels; values: Map<number, number>; met: number }>()
  let hasFailed = false
  await eachAnswer({ rule: plain.rule, queryOffsetMs }, times, queries, ({ timeMs, answer }) => {
    if ('fault' in answer) {
      hasFailed = true
      return 'enough'
    }
    for (const { labels, value } of answer.values) {
      const key = labelsText(new Map([...labels].sort(([a], [b]) => (a < b ? -1 : 1))))
      const series = found.get(key) ?? { labels, values: new Map(), met: 0 }
      found.set(key, series)
      series.values.set(timeMs, value)
      if (plain.meets(value)) series.met++
    }
  })
  if (hasFailed) return undefined
  const drawn = [...found.values()].sort((a, b) => b.met - a.met).slice(0, MOST_DRAWN)
  return {
    series: drawn.map(({ labels, values }) => ({ labels, points: pointsAt(times, values) })),
    threshold: plain.threshold,
  }
}

/** The evaluations whose values are drawn: all, or one of so many that they fill a drawing. */
export function drawnTimes({ startMs, intervalMs, count }: EvaluationTimes): EvaluationTimes {
  const every = Math.ceil(count / MOST_POINTS)
  return { startMs, intervalMs: intervalMs * every, count: Math.ceil(count / every) }
}

/** A point for each of the times. */
export function pointsAt(
  { startMs, intervalMs, count }: EvaluationTimes,
  values: ReadonlyMap<number, number>,
): DrawnSeries['points'] {
  return Array.from({ length: count }, (_, at) => {
    const timeMs = startMs + at * intervalMs
    return [timeMs, finite(values.get(timeMs))] as const
  })
}

interface WithoutThreshold {
  readonly rule: AlertingRule
  readonly threshold: DrawnValues['threshold']
  readonly meets: (value: number) => boolean
}

/** The rule that gives every value; it holds nothing. */
function withoutThreshold({ keepFiringWhile: _, ...rule }: AlertingRule): WithoutThreshold | undefined {
  const { reduction } = rule
  if (reduction !== undefined) {
    const { threshold } = reduction.condition
    const condition = { ...reduction.condition, threshold: { op: '!=', value: Number.NaN } as const }
    return {
      rule: { ...rule, reduction: { ...reduction, condition } },
      threshold: 'value' in threshold ? threshold : undefined,
      meets: (value) => meets(threshold, value),
    }
  }
  const parts = thresholdQuery(rule.query)
  if (parts === undefined) return undefined
  const threshold = { op: parts.op, value: parts.value }
  return { rule: { ...rule, query: parts.query }, threshold, meets: (value) => meets(threshold, value) }
}

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value
}
