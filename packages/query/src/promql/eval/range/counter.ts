import { extendedEdges } from '../select/interpolate.ts'
import type { Windows } from '../select/windows.ts'
import type { Samples } from '../stale.ts'
import type { RangeFunction, WindowFunction } from './member.ts'
import { MovingSum } from './moving-sum.ts'

/** Up to so many resets of a window are added one by one. */
const FEW_RESETS = 8

/**
 * `rate`, `increase` and `delta`: the difference of the first and last sample, resets of counters added back, extrapolated
 * to the window's edges. An edge is reached if the samples come nearer than 1.1 of their mean distance; otherwise the series
 * is taken to begin or end half a distance beyond them. A counter is never extrapolated below zero.
 */
function extrapolated(isCounter: boolean, perSecond: boolean): WindowFunction {
  return (samples, windows, out) => {
    if (windows.extended !== undefined) {
      betweenEdges(samples, windows, out, isCounter, perSecond)
      return
    }
    const { times, values } = samples
    const { lo, hi, count, ends, rangeMs } = windows
    const resets = isCounter ? findResets(values) : undefined
    const scale = perSecond ? rangeMs / 1000 : 1
    for (let k = 0; k < count; k++) {
      const from = lo[k] as number
      const last = (hi[k] as number) - 1
      if (last <= from) continue
      const firstValue = values[from] as number
      let difference = (values[last] as number) - firstValue
      if (resets !== undefined) difference += resets.between(from, last)
      const end = ends.firstMs + k * ends.stepMs
      const firstTime = times[from] as number
      const lastTime = times[last] as number
      const sampled = (lastTime - firstTime) / 1000
      const mean = sampled / (last - from)
      const near = mean * 1.1
      let toStart = (firstTime - (end - rangeMs)) / 1000
      let toEnd = (end - lastTime) / 1000
      if (toStart >= near) toStart = mean / 2
      if (isCounter && difference > 0 && firstValue >= 0) {
        const toZero = sampled * (firstValue / difference)
        if (toZero < toStart) toStart = toZero
      }
      if (toEnd >= near) toEnd = mean / 2
      out.values[k] = difference * ((sampled + toStart + toEnd) / sampled / scale)
      out.present[k] = 1
    }
  }
}

/** The same without extrapolation: between the values at the edges of an anchored or smoothed range. */
function betweenEdges(
  { times, values }: Samples,
  windows: Windows,
  out: { readonly values: Float64Array; readonly present: Uint8Array },
  isCounter: boolean,
  perSecond: boolean,
): void {
  const { lo, hi, count, ends, rangeMs } = windows
  for (let k = 0; k < count; k++) {
    const end = ends.firstMs + k * ends.stepMs
    const smoothed = windows.extended === 'smoothed'
    const edges = extendedEdges(
      times,
      values,
      lo[k] as number,
      hi[k] as number,
      end - rangeMs,
      end,
      smoothed,
      isCounter,
    )
    if (edges === undefined) continue
    let difference = edges.right - edges.left
    if (isCounter) {
      let previous = edges.left
      for (let i = edges.first; i < edges.last; i++) {
        const value = values[i] as number
        if (value < previous) difference += previous
        previous = value
      }
      if (edges.right < previous) difference += previous
    }
    out.values[k] = perSecond ? difference / (rangeMs / 1000) : difference
    out.present[k] = 1
  }
}

interface Resets {
  /** What resets between the samples from … to (both included) have taken away. */
  between(from: number, to: number): number
}

/** Finds where a counter falls. Must be asked about windows that move forward. */
function findResets(values: Float64Array): Resets | undefined {
  let count = 0
  for (let i = 1; i < values.length; i++) if ((values[i] as number) < (values[i - 1] as number)) count++
  if (count === 0) return undefined
  const places = new Int32Array(count)
  const amounts = new Float64Array(count)
  for (let i = 1, at = 0; i < values.length; i++) {
    if (!((values[i] as number) < (values[i - 1] as number))) continue
    places[at] = i
    amounts[at++] = values[i - 1] as number
  }
  let moving: MovingSum | undefined
  let first = 0
  let next = 0
  return {
    between(from, to) {
      while (next < count && (places[next] as number) <= to) next++
      while (first < next && (places[first] as number) <= from) first++
      if (next - first <= FEW_RESETS) {
        let sum = 0
        for (let i = first; i < next; i++) sum += amounts[i] as number
        return sum
      }
      moving ??= new MovingSum(amounts)
      moving.take(first, next)
      return moving.sum + moving.rest
    },
  }
}

/** `irate` and `idelta`: from the last two samples alone. After a reset, a counter has risen by its whole value. */
function lastTwo(isRate: boolean): WindowFunction {
  return ({ times, values }, windows, out) => {
    const { lo, hi, count } = windows
    for (let k = 0; k < count; k++) {
      const last = (hi[k] as number) - 1
      if (last <= (lo[k] as number)) continue
      const previous = values[last - 1] as number
      const value = values[last] as number
      const difference = isRate && value < previous ? value : value - previous
      const seconds = ((times[last] as number) - (times[last - 1] as number)) / 1000
      out.values[k] = isRate ? difference / seconds : difference
      out.present[k] = 1
    }
  }
}

/** `changes` and `resets`: how many neighbours fulfil a condition, from a count that runs along. */
function countNeighbours(counts: (previous: number, value: number) => boolean): WindowFunction {
  return ({ times, values }, windows, out) => {
    const running = new Int32Array(values.length)
    for (let i = 1; i < values.length; i++) {
      const counted = counts(values[i - 1] as number, values[i] as number) ? 1 : 0
      running[i] = (running[i - 1] as number) + counted
    }
    const { lo, hi, count, ends, rangeMs } = windows
    for (let k = 0; k < count; k++) {
      let from = lo[k] as number
      const last = (hi[k] as number) - 1
      if (last < from) continue
      if (windows.extended === 'anchored') {
        const start = ends.firstMs + k * ends.stepMs - rangeMs
        if ((times[last] as number) <= start) continue
        while (from + 1 < last && (times[from + 1] as number) <= start) from++
      }
      out.values[k] = (running[last] as number) - (running[from] as number)
      out.present[k] = 1
    }
  }
}

export const COUNTER_FUNCTIONS: readonly RangeFunction[] = [
  { name: 'rate', apply: extrapolated(true, true), extended: ['anchored', 'smoothed'] },
  { name: 'increase', apply: extrapolated(true, false), extended: ['anchored', 'smoothed'] },
  { name: 'delta', apply: extrapolated(false, false), extended: ['anchored', 'smoothed'] },
  { name: 'irate', apply: lastTwo(true) },
  { name: 'idelta', apply: lastTwo(false) },
  { name: 'resets', apply: countNeighbours((previous, value) => value < previous), extended: ['anchored'] },
  {
    name: 'changes',
    apply: countNeighbours((previous, value) => value !== previous && !Object.is(value, previous)),
    extended: ['anchored'],
  },
]
