import type { Labels } from '@girok/query'
import { type Condition, meets } from './condition.ts'
import type { RuleGrid, RuleValue } from './rule-value.ts'

/** Looks at what a query gives over a stretch of time: each series becomes one value, which the condition lets pass or not. */
export interface Reduction {
  readonly condition: Condition
  /** How far back from the time of evaluation, which is the last time looked at. At least a second. */
  readonly overMs: number
}

/** Times looked at in one stretch: five minutes are looked at every 15 seconds. */
const MOST_TIMES = 20

/** The distance of the times that are looked at: whole seconds. */
export function lookbackStep({ overMs }: Reduction): number {
  return Math.max(1, Math.ceil(overMs / MOST_TIMES / 1000)) * 1000
}

/** The times that a reduction looks at: after `timeMs` less its stretch, up to `timeMs`, as a range of PromQL. */
export function lookbackGrid(reduction: Reduction, timeMs: number): RuleGrid {
  const stepMs = lookbackStep(reduction)
  const count = Math.max(1, Math.ceil(reduction.overMs / stepMs))
  return { startMs: timeMs - (count - 1) * stepMs, endMs: timeMs, stepMs }
}

interface SeriesValues {
  readonly labels: Labels
  /** In order of time, over the stretch that is looked at. */
  readonly values: readonly number[]
}

/** The reduced values of series that meet the condition. */
export function reducedValues(series: readonly SeriesValues[], reduction: Reduction): RuleValue[] {
  const { threshold } = reduction.condition
  return reduceSeries(series, reduction).filter(({ value }) => meets(threshold, value))
}

/** As {@link reducedValues}, whatever the condition says of them. A series without a number (NaN is none) has no value. */
export function reduceSeries(series: readonly SeriesValues[], { condition }: Reduction): RuleValue[] {
  return series.flatMap(({ labels, values }) => {
    const numbers = values.filter((value) => !Number.isNaN(value))
    return numbers.length === 0 ? [] : [{ labels, value: condition.reducer(numbers) }]
  })
}
