import type { ChartSeries } from './frame.ts'

/**
 * Heights of stacked series, the first at the bottom. Where a series has no sample it adds nothing; where none has one,
 * there is a gap.
 */
export function stackValues(series: readonly ChartSeries[]): (number | null)[][] {
  const length = series[0]?.values.length ?? 0
  const sums: number[] = new Array(length).fill(0)
  const some = Array.from({ length }, (_, at) => series.some(({ values }) => values[at] !== null))
  return series.map(({ values }) =>
    values.map((value, at) => {
      sums[at] = (sums[at] ?? 0) + (value ?? 0)
      return some[at] === true ? (sums[at] ?? 0) : null
    }),
  )
}
