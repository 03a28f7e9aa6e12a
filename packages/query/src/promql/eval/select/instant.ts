import type { VectorSelector } from '../../ast.ts'
import { type EvalContext, samplesOf } from '../context.ts'
import { type Ends, endsOf, type Frame } from '../frame.ts'
import { type PromColumn, type PromSeries, promColumn } from '../series.ts'
import { isStaleAt, type Samples, withoutStale } from '../stale.ts'
import type { SampleSeries } from '../types.ts'
import { interpolated } from './interpolate.ts'

/** The latest sample of each series within the lookback of each step; a stale marker ends the series at once. */
export function evaluateSelector(context: EvalContext, node: VectorSelector, frame: Frame): PromSeries[] {
  const ends = endsOf(frame, context.grid, node.atTime, node.offset)
  const { lookbackMs } = context.options
  const series = samplesOf(context.data, node)
  if (node.extended === 'smoothed')
    return fill(context, series, frame, (one, out) => smooth(one, ends, lookbackMs, out))
  return fill(context, series, frame, (one, out) => pick(one, ends, lookbackMs, out, false))
}

/** As `evaluateSelector`, with the samples' times, in seconds, in place of their values. */
export function evaluateSampleTimes(
  context: EvalContext,
  node: VectorSelector,
  frame: Frame,
  series = samplesOf(context.data, node),
): PromSeries[] {
  const ends = endsOf(frame, context.grid, node.atTime, node.offset)
  return fill(context, series, frame, (one, out) => pick(one, ends, context.options.lookbackMs, out, true))
}

/** Columns of the series that have a point at all. The arrays of a series without one serve the next. */
function fill(
  context: EvalContext,
  series: readonly SampleSeries[],
  frame: Frame,
  write: (samples: Samples, out: PromColumn) => number,
): PromSeries[] {
  const { budget } = context
  budget.demandRoom(series.length, frame.count)
  const filled: PromSeries[] = []
  let spare: PromColumn | undefined
  for (const one of series) {
    const out: PromColumn = spare === undefined ? promColumn(one.labels, frame.count) : { ...spare, labels: one.labels }
    const points = write(one, out)
    budget.read += points
    if (points === 0) {
      spare = out
      continue
    }
    spare = undefined
    filled.push(out)
  }
  return filled
}

function pick(samples: Samples, ends: Ends, lookbackMs: number, out: PromColumn, asTime: boolean): number {
  const { times, values } = samples
  const length = times.length
  let next = 0
  let points = 0
  for (let k = 0; k < out.values.length; k++) {
    const end = ends.firstMs + k * ends.stepMs
    while (next < length && (times[next] as number) <= end) next++
    if (next === 0) continue
    const at = next - 1
    const time = times[at] as number
    if (time <= end - lookbackMs) continue
    const value = values[at] as number
    if (Number.isNaN(value) && isStaleAt(values, at)) continue
    out.values[k] = asTime ? time / 1000 : value
    out.present[k] = 1
    points++
  }
  return points
}

/** The value on the line between the samples around each step; after the last one, that one for as long as the lookback. */
function smooth(series: Samples, ends: Ends, lookbackMs: number, out: PromColumn): number {
  const { times, values } = withoutStale(series)
  const length = times.length
  let next = 0
  let points = 0
  for (let k = 0; k < out.values.length; k++) {
    const end = ends.firstMs + k * ends.stepMs
    while (next < length && (times[next] as number) < end) next++
    const hasNext = next < length && (times[next] as number) <= end + lookbackMs
    const hasPrevious = next > 0 && (times[next - 1] as number) > end - lookbackMs
    if (hasNext && times[next] === end) out.values[k] = values[next] as number
    else if (!hasPrevious) continue
    else if (hasNext) {
      out.values[k] = interpolated(times, values, next - 1, next, end, false)
    } else out.values[k] = values[next - 1] as number
    out.present[k] = 1
    points++
  }
  return points
}
