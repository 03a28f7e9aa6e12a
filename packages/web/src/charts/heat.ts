import type { ChartSeries } from './frame.ts'

/** Least and greatest value of a heat map; zeros are drawn as nothing. */
export interface HeatRange {
  readonly min: number
  readonly max: number
}

export function heatRange(series: readonly ChartSeries[]): HeatRange {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { values } of series) {
    for (const value of values) {
      if (value === null) continue
      if (value < min) min = value
      if (value > max) max = value
    }
  }
  return min > max ? { min: 0, max: 0 } : { min, max }
}

/**
 * Strength of a value from 0 to 1. On a logarithmic scale one error beside ten thousand requests is still seen; values
 * of 0 and below have no place there.
 */
export function heatOf(value: number, { min, max }: HeatRange, log: boolean): number {
  if (max === min) return max === 0 ? 0 : 1
  if (!log) {
    // Counts begin at nothing; what goes below zero begins at its least.
    const floor = Math.min(0, min)
    return (value - floor) / (max - floor)
  }
  if (value <= 0) return 0
  const least = min > 0 ? min : Math.min(1, max / 1000)
  return Math.max(0.02, Math.log(Math.max(value, least) / least) / Math.log(max / least || 1))
}

/** Rows by the number in their name when all have one (status codes, buckets), else as they come. */
export function heatRows(series: readonly ChartSeries[], nameOf: (one: ChartSeries) => string): ChartSeries[] {
  const numbers = series.map((one) => Number.parseFloat(nameOf(one)))
  if (numbers.some((one) => Number.isNaN(one))) return [...series]
  const order = new Map(series.map((one, index) => [one, numbers[index] ?? 0]))
  return [...series].sort((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0))
}
