import type { Grid, RangeAggregation, RangeOp } from '@girok/query'

/** What is kept of the samples of a window, so that two halves of it can be put together exactly. */
export type AggregateKind = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'spread' | 'quantile' | 'first' | 'last'

const UNWRAPPED: Partial<Record<RangeOp, AggregateKind>> = {
  rate: 'sum',
  sum_over_time: 'sum',
  avg_over_time: 'mean',
  min_over_time: 'min',
  max_over_time: 'max',
  stddev_over_time: 'spread',
  stdvar_over_time: 'spread',
  quantile_over_time: 'quantile',
  first_over_time: 'first',
  last_over_time: 'last',
}

/** Undefined for operations that SQL does not do. */
export function kindOf({ op, range }: RangeAggregation): AggregateKind | undefined {
  if (range.unwrap) return UNWRAPPED[op]
  if (op === 'count_over_time' || op === 'rate') return 'count'
  return op === 'bytes_over_time' || op === 'bytes_rate' ? 'sum' : undefined
}

/** Whether the samples are the bytes of whole lines. */
export function countsBytes({ op }: RangeAggregation): boolean {
  return op === 'bytes_over_time' || op === 'bytes_rate'
}

/** Per-second rates divide by the range. */
export function scaleOf({ op, range }: RangeAggregation): number {
  return op === 'rate' || op === 'bytes_rate' ? Number(range.rangeNs) / 1e9 : 1
}

/** The run of windows that hold a moment: from `first` up to, not including, `end`. Empty when none does. */
export interface WindowRun {
  first: number
  end: number
}

/** Windows are (T − range, T] for each T of the grid; the same arithmetic as `windowColumns` has in SQL. */
export function createLocator(grid: Grid, rangeNs: bigint, offsetNs: bigint): (timeNs: bigint) => WindowRun {
  const before = grid.startNs - offsetNs - rangeNs
  const { stepNs, count } = grid
  return (timeNs) => {
    const after = timeNs - before
    if (after <= 0n) return { first: 0, end: 0 }
    if (count === 1) return { first: 0, end: after <= rangeNs ? 1 : 0 }
    const end = Math.min(count, Number((after - 1n) / stepNs + 1n))
    return { first: after <= rangeNs ? 0 : Number((after - rangeNs - 1n) / stepNs + 1n), end }
  }
}
