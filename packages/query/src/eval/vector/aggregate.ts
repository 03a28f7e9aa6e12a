import type { Grouping, VectorOp } from '../../logql/ast.ts'
import { groupLabels, labelsKey, withoutEmpty } from '../labels.ts'
import type { Series } from '../types.ts'
import { formatSampleValue } from '../values/format.ts'
import { type Column, emptyColumn } from './columns.ts'

/** Aggregations that make one series of each group. */
export type ReducingOp = Exclude<VectorOp, 'topk' | 'bottomk' | 'approx_topk' | 'count_values' | 'sort' | 'sort_desc'>

type Reduce = (members: readonly Series[], out: Column) => void

/** How each aggregation makes one column of the members of a group. */
export const REDUCTIONS: { readonly [Op in ReducingOp]: Reduce } = {
  sum: (members, out) => fold(members, out, (held, value) => held + value),
  // A NaN gives way to any number.
  min: (members, out) => fold(members, out, (held, value) => (value < held || Number.isNaN(held) ? value : held)),
  max: (members, out) => fold(members, out, (held, value) => (value > held || Number.isNaN(held) ? value : held)),
  avg: (members, out) => {
    const counts = new Uint32Array(out.values.length)
    eachPoint(members, (k, value) => {
      const count = (counts[k] as number) + 1
      counts[k] = count
      const mean = out.values[k] as number
      out.values[k] = count === 1 ? value : mean + (value - mean) / count
      out.present[k] = 1
    })
  },
  count: (members, out) => {
    eachPoint(members, (k) => {
      out.values[k] = (out.values[k] as number) + 1
      out.present[k] = 1
    })
  },
  stddev: (members, out) => spread(members, out, true),
  stdvar: (members, out) => spread(members, out, false),
}

/** One series per group, with a point wherever any member has one. */
export function reduceGroups(
  op: ReducingOp,
  series: readonly Series[],
  grouping: Grouping | undefined,
  count: number,
): Series[] {
  const reduce = REDUCTIONS[op]
  return groupsOf(series, grouping).map(({ labels, members }) => {
    const out = emptyColumn(labels, count)
    reduce(members, out)
    return out
  })
}

/** How many members of each group have which value: one series per value, which the label holds as the API writes it. */
export function countValues(
  series: readonly Series[],
  label: string,
  grouping: Grouping | undefined,
  count: number,
): Series[] {
  const results: Series[] = []
  for (const { labels, members } of groupsOf(series, grouping)) {
    const byValue = new Map<string, Column>()
    eachPoint(members, (k, value) => {
      const text = formatSampleValue(value)
      let out = byValue.get(text)
      if (out === undefined) {
        out = emptyColumn(new Map(labels).set(label, text), count)
        byValue.set(text, out)
        results.push(out)
      }
      out.values[k] = (out.values[k] as number) + 1
      out.present[k] = 1
    })
  }
  return results
}

export interface SeriesGroup<S extends Series = Series> {
  readonly labels: Series['labels']
  readonly members: S[]
}

/** Series by what the grouping keeps of their labels; without a grouping, all in one. Groups in order of first member. */
export function groupsOf<S extends Series>(series: readonly S[], grouping: Grouping | undefined): SeriesGroup<S>[] {
  const groups = new Map<string, SeriesGroup<S>>()
  for (const one of series) {
    const kept = groupLabels(one.labels, grouping)
    const labels = grouping?.without ? withoutEmpty(kept) : kept
    const key = labelsKey(labels)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { labels, members: [one] })
    else group.members.push(one)
  }
  return [...groups.values()]
}

export function eachPoint(members: readonly Series[], visit: (k: number, value: number) => void): void {
  for (const { values, present } of members) {
    for (let k = 0; k < values.length; k++) if (present[k] === 1) visit(k, values[k] as number)
  }
}

function fold(members: readonly Series[], out: Column, combine: (held: number, value: number) => number): void {
  const { values, present } = out
  for (const member of members) {
    for (let k = 0; k < values.length; k++) {
      if (member.present[k] !== 1) continue
      const value = member.values[k] as number
      values[k] = present[k] === 1 ? combine(values[k] as number, value) : value
      present[k] = 1
    }
  }
}

/** Population variance or its root, by Welford's method. */
function spread(members: readonly Series[], out: Column, root: boolean): void {
  const { values, present } = out
  const counts = new Float64Array(values.length)
  const means = new Float64Array(values.length)
  eachPoint(members, (k, value) => {
    const count = (counts[k] as number) + 1
    // A single member has no spread, be it NaN or infinite.
    const before = count === 1 ? value : (means[k] as number)
    const mean = before + (value - before) / count
    counts[k] = count
    means[k] = count === 1 ? value : mean
    if (count > 1) values[k] = (values[k] as number) + (value - before) * (value - mean)
    present[k] = 1
  })
  for (let k = 0; k < values.length; k++) {
    const variance = (values[k] as number) / (counts[k] as number)
    values[k] = root ? Math.sqrt(variance) : variance
  }
}
