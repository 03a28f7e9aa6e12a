import type { Labels, Series } from '../types.ts'

/** A series with room for `count` points, none present. */
export interface Column extends Series {
  readonly values: Float64Array
  readonly present: Uint8Array
}

export function emptyColumn(labels: Labels, count: number): Column {
  return { labels, values: new Float64Array(count), present: new Uint8Array(count) }
}

/** The series with other values; where `change` gives undefined, the point goes. */
export function mapPoints<S extends Series>(
  series: S,
  labels: Labels,
  change: (value: number, k: number) => number | undefined,
): S & Column {
  const count = series.values.length
  const out = { ...series, ...emptyColumn(labels, count) }
  for (let k = 0; k < count; k++) {
    if (series.present[k] !== 1) continue
    const value = change(series.values[k] as number, k)
    if (value === undefined) continue
    out.values[k] = value
    out.present[k] = 1
  }
  return out
}

export function hasPoints(series: Series): boolean {
  return series.present.includes(1)
}

/** Series without a point vanish. */
export function withPoints<S extends Series>(series: readonly S[]): S[] {
  return series.filter(hasPoints)
}
