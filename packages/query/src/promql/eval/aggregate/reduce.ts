import { quantileOf } from '../../../eval/range/quantile.ts'
import { eachPoint, REDUCTIONS } from '../../../eval/vector/aggregate.ts'
import type { Column } from '../../../eval/vector/columns.ts'
import type { AggregationOp } from '../../ast.ts'
import { meanOf } from '../range/over-time.ts'
import type { PromSeries } from '../series.ts'

/** Aggregations that make one series of each group. */
export type ReducingOp = Exclude<AggregationOp, 'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'count_values'>

/** Writes the aggregate of a group's members; `parameter` is a value per step. */
export type Reduce = (members: readonly PromSeries[], out: Column, parameter: Float64Array | undefined) => void

/** Kahan-Neumaier sums of all members, step by step: what rounding has lost comes back. */
function sumsOf(members: readonly PromSeries[], out: Column): Float64Array {
  const { values, present } = out
  const count = values.length
  const lost = new Float64Array(count)
  for (const member of members) {
    const { values: added, present: has } = member
    for (let k = 0; k < count; k++) {
      if (has[k] !== 1) continue
      const value = added[k] as number
      const sum = values[k] as number
      const total = sum + value
      if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) lost[k] = 0
      else if (Math.abs(sum) >= Math.abs(value)) lost[k] = (lost[k] as number) + (sum - total + value)
      else lost[k] = (lost[k] as number) + (value - total + sum)
      values[k] = total
      present[k] = 1
    }
  }
  return lost
}

function mean(members: readonly PromSeries[], out: Column): void {
  const { values, present } = out
  const counts = new Uint32Array(values.length)
  eachPoint(members, (k) => {
    counts[k] = (counts[k] as number) + 1
  })
  const lost = sumsOf(members, out)
  for (let k = 0; k < values.length; k++) {
    if (present[k] !== 1) continue
    const sum = values[k] as number
    const count = counts[k] as number
    // A sum beyond all numbers may still have a mean among them.
    if (Number.isFinite(sum)) values[k] = sum / count + (lost[k] as number) / count
    else {
      const all = valuesAt(members, k)
      values[k] = meanOf({ times: all, values: all }, 0, all.length)
    }
  }
}

function valuesAt(members: readonly PromSeries[], k: number): Float64Array {
  const found = new Float64Array(members.length)
  let count = 0
  for (const { values, present } of members) if (present[k] === 1) found[count++] = values[k] as number
  return found.subarray(0, count)
}

/** Population variance, or its root, by Welford's method; NaN as soon as a member is infinite. */
function spread(members: readonly PromSeries[], out: Column, root: boolean): void {
  const { values, present } = out
  const counts = new Float64Array(values.length)
  const means = new Float64Array(values.length)
  eachPoint(members, (k, value) => {
    const count = (counts[k] as number) + 1
    counts[k] = count
    if (count === 1) {
      means[k] = value
      values[k] = Number.isFinite(value) ? 0 : Number.NaN
      present[k] = 1
      return
    }
    const delta = value - (means[k] as number)
    const next = (means[k] as number) + delta / count
    means[k] = next
    values[k] = (values[k] as number) + delta * (value - next)
  })
  for (let k = 0; k < values.length; k++) {
    const variance = (values[k] as number) / (counts[k] as number)
    values[k] = root ? Math.sqrt(variance) : variance
  }
}

export const PROM_REDUCTIONS: { readonly [Op in ReducingOp]: Reduce } = {
  sum: (members, out) => {
    const lost = sumsOf(members, out)
    for (let k = 0; k < lost.length; k++) out.values[k] = (out.values[k] as number) + (lost[k] as number)
  },
  avg: mean,
  count: REDUCTIONS.count,
  min: REDUCTIONS.min,
  max: REDUCTIONS.max,
  group: (members, out) => {
    eachPoint(members, (k) => {
      out.values[k] = 1
      out.present[k] = 1
    })
  },
  stddev: (members, out) => spread(members, out, true),
  stdvar: (members, out) => spread(members, out, false),
  quantile: (members, out, parameter) => {
    for (let k = 0; k < out.values.length; k++) {
      const values = valuesAt(members, k)
      if (values.length === 0) continue
      out.values[k] = quantileOf((parameter as Float64Array)[k] as number, values)
      out.present[k] = 1
    }
  },
}
