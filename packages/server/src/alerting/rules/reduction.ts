import type { Series } from '@girok/query'
import { type Condition, meets } from './condition.ts'
import type { RuleTimes } from './rule-answer.ts'
import type { RuleValue } from './rule-samples.ts'

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
export function lookbackTimes(reduction: Reduction, timeMs: number): RuleTimes {
  const stepMs = lookbackStep(reduction)
  const count = Math.max(1, Math.ceil(reduction.overMs / stepMs))
  return { startMs: timeMs - (count - 1) * stepMs, endMs: timeMs, stepMs }
}

/** The columns of a wider answer that stand for these times. */
export interface Columns {
  readonly first: number
  readonly last: number
  readonly stride: number
}

/**
 * The reduced values of series that meet the condition. NaN and times without a point are left out; a series without any
 * number in its columns (absent: all of them) has no value.
 */
export function reducedValues(series: readonly Series[], reduction: Reduction, columns?: Columns): RuleValue[] {
  const { threshold } = reduction.condition
  return reduceSeries(series, reduction, columns).filter(({ value }) => meets(threshold, value))
}

/** As {@link reducedValues}, whatever the condition says of them. */
export function reduceSeries(series: readonly Series[], { condition }: Reduction, columns?: Columns): RuleValue[] {
  return series.flatMap(({ labels, values, present }) => {
    const { first, last, stride } = columns ?? { first: 0, last: values.length - 1, stride: 1 }
    const numbers: number[] = []
    for (let at = first; at <= last; at += stride) {
      const value = values[at] as number
      if (present[at] === 1 && !Number.isNaN(value)) numbers.push(value)
    }
    return numbers.length === 0 ? [] : [{ labels, value: condition.reducer(numbers) }]
  })
}
