import type { ChartSeries } from './frame.ts'

/** Numbers that sum a series up; undefined where it has no sample. */
export interface Summary {
  readonly last: number | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  readonly avg: number | undefined
  readonly total: number
}

export type SortKey = 'name' | 'last' | 'max' | 'avg'

const known = new WeakMap<ChartSeries, Summary>()

/** Last is the newest sample there is: a gap at the end does not hide it. */
export function summaryOf(series: ChartSeries): Summary {
  let summary = known.get(series)
  if (summary === undefined) {
    summary = summarise(series)
    known.set(series, summary)
  }
  return summary
}

function summarise({ values }: ChartSeries): Summary {
  let [min, max, total, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  let last: number | undefined
  for (const value of values) {
    if (value === null) continue
    last = value
    total += value
    count += 1
    if (value < min) min = value
    if (value > max) max = value
  }
  if (count === 0) return { last, min: undefined, max: undefined, avg: undefined, total: 0 }
  return { last, min, max, avg: total / count, total }
}

/** Series in order of a number, greatest first, those without one at the end; or by name, as people count. */
export function sortSeries(series: readonly ChartSeries[], by: SortKey): ChartSeries[] {
  const collator = new Intl.Collator(undefined, { numeric: true })
  const byName = (a: ChartSeries, b: ChartSeries): number => collator.compare(a.name, b.name)
  if (by === 'name') return [...series].sort(byName)
  return [...series].sort((a, b) => {
    const [left, right] = [summaryOf(a)[by], summaryOf(b)[by]]
    if (left === right) return byName(a, b)
    if (left === undefined) return 1
    if (right === undefined) return -1
    return right - left
  })
}
