import type { Labels, Series } from '../types.ts'

/** A series with room for `count` points, none present. */
export interface Column extends Series {
  readonly values: Float64Array
  readonly present: Uint8Array
}

export function emptyColumn(labels: Labels, count: number): Column {
  return { labels, values: new Float64Array(count), present: new Uint8Array(count) }
}

export function hasPoints(series: Series): boolean {
  return series.present.includes(1)
}

/** Series without a point vanish. */
export function withPoints<S extends Series>(series: readonly S[]): S[] {
  return series.filter(hasPoints)
}
