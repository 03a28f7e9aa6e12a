/**
 * The value at a time on the line between two samples. A counter that fell in between began anew at zero right after the
 * first of them.
 */
export function interpolated(
  times: Float64Array,
  values: Float64Array,
  first: number,
  second: number,
  timeMs: number,
  isCounter: boolean,
): number {
  const to = values[second] as number
  const from = isCounter && to < (values[first] as number) ? 0 : (values[first] as number)
  const since = times[first] as number
  return from + ((to - from) * (timeMs - since)) / ((times[second] as number) - since)
}

/** Where an anchored or smoothed range begins and ends among the samples around it, and the values at its edges. */
export interface ExtendedEdges {
  readonly left: number
  readonly right: number
  /** Samples strictly within the range: from first (included) to last (excluded). */
  readonly first: number
  readonly last: number
}

/** The edges of (startMs, endMs] among the samples lo … hi; undefined when the series ended before the range. */
export function extendedEdges(
  times: Float64Array,
  values: Float64Array,
  lo: number,
  hi: number,
  startMs: number,
  endMs: number,
  smoothed: boolean,
  isCounter: boolean,
): ExtendedEdges | undefined {
  if (lo >= hi) return undefined
  let last = hi - 1
  let first = lo
  while (first + 1 < last && (times[first + 1] as number) <= startMs) first++
  if (smoothed) {
    let at = lo
    while (at < last && (times[at] as number) < endMs) at++
    last = at
  }
  if ((times[last] as number) <= startMs) return undefined
  const before = (times[first] as number) < startMs
  const beyond = (times[last] as number) > endMs
  const left =
    smoothed && before ? interpolated(times, values, first, first + 1, startMs, isCounter) : (values[first] as number)
  const right =
    smoothed && beyond && last > lo
      ? interpolated(times, values, last - 1, last, endMs, isCounter)
      : (values[last] as number)
  const insideFirst = (times[first] as number) <= startMs ? first + 1 : first
  const insideLast = (times[last] as number) >= endMs ? last : last + 1
  return { left, right, first: insideFirst, last: Math.max(insideFirst, insideLast) }
}
