import type { Labels } from '../../../eval/types.ts'
import type { MatrixSelector, Subquery } from '../../ast.ts'
import { type EvalContext, samplesOf } from '../context.ts'
import { endsOf, type Frame, millis, reachOf, subqueryFrame } from '../frame.ts'
import { withoutMetadata } from '../labels.ts'
import { demandDistinct, type PromSeries } from '../series.ts'
import { type Samples, withoutStale } from '../stale.ts'
import type { SampleSeries } from '../types.ts'
import { extendedEdges } from './interpolate.ts'
import { WindowFinder } from './windows.ts'

export interface RangeSeries {
  readonly labels: Labels
  readonly dropName: boolean
  readonly samples: Samples
}

/** A range vector: series with their samples, and where the windows of each step lie on them. */
export interface RangeVector {
  readonly series: readonly RangeSeries[]
  readonly finder: WindowFinder
}

export function readRange(context: EvalContext, node: MatrixSelector | Subquery, frame: Frame): RangeVector {
  const rangeMs = millis(node.range)
  if (node.kind === 'matrix') {
    const { selector } = node
    const ends = endsOf(frame, context.grid, selector.atTime, selector.offset)
    const reach = reachOf(selector, rangeMs, context.options.lookbackMs)
    return {
      series: samplesOf(context.data, selector).map((one) => ({
        labels: one.labels,
        dropName: false,
        samples: withoutStale(one),
      })),
      finder: new WindowFinder(frame, ends, rangeMs, selector.extended, reach),
    }
  }
  const ends = endsOf(frame, context.grid, node.atTime, node.offset)
  return {
    series: evaluateSubquery(context, node, frame),
    finder: new WindowFinder(frame, ends, rangeMs, undefined, { beforeMs: rangeMs, afterMs: 0 }),
  }
}

function evaluateSubquery(context: EvalContext, node: Subquery, frame: Frame): RangeSeries[] {
  const inner = subqueryFrame(node, frame, context.grid, context.options)
  if (inner.count === 0) return []
  context.budget.demandSteps(inner.count)
  const value = context.evaluate(node.expr, inner)
  if (value.kind !== 'vector') throw new Error('a subquery is of an instant vector')
  const allTimes = new Float64Array(inner.count)
  for (let k = 0; k < inner.count; k++) allTimes[k] = inner.startMs + k * inner.stepMs
  return value.series.map((one) => ({
    labels: one.labels,
    dropName: one.dropName,
    samples: presentSamples(one, allTimes),
  }))
}

function presentSamples({ values, present }: PromSeries, allTimes: Float64Array): Samples {
  if (!present.includes(0)) return { times: allTimes, values }
  const times = allTimes.filter((_, k) => present[k] === 1)
  return { times, values: values.filter((_, k) => present[k] === 1) }
}

/** The samples of a range vector as they are, at the first step: the answer of a query that is nothing but a selector. */
export function evaluateMatrix(context: EvalContext, node: MatrixSelector | Subquery, frame: Frame): SampleSeries[] {
  const { series, finder } = readRange(context, node, { ...frame, count: 1 })
  const found: SampleSeries[] = []
  for (const { labels: given, dropName, samples } of series) {
    const labels = dropName ? withoutMetadata(given) : given
    const windows = finder.find(samples)
    const from = windows.lo[0] as number
    const to = windows.hi[0] as number
    if (from === to) continue
    context.budget.read += to - from
    context.budget.hold(to - from)
    if (windows.extended === undefined) {
      found.push({ labels, times: samples.times.slice(from, to), values: samples.values.slice(from, to) })
      continue
    }
    const end = windows.ends.firstMs
    const start = end - windows.rangeMs
    const smoothed = windows.extended === 'smoothed'
    const edges = extendedEdges(samples.times, samples.values, from, to, start, end, smoothed, false)
    if (edges === undefined) continue
    found.push({
      labels,
      times: Float64Array.of(start, ...samples.times.slice(edges.first, edges.last), end),
      values: Float64Array.of(edges.left, ...samples.values.slice(edges.first, edges.last), edges.right),
    })
  }
  demandDistinct(found)
  return found
}
