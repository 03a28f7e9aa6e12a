import { labelsKey } from '../../eval/labels.ts'
import type { Labels, Series } from '../../eval/types.ts'
import { type Column, emptyColumn } from '../../eval/vector/columns.ts'
import { QueryError } from '../../text/error.ts'
import { withoutMetadata } from './labels.ts'

/** A series within an evaluation. */
export interface PromSeries extends Series {
  /** The metric's name is to be dropped from the labels at the end: set only where removal is delayed. */
  readonly dropName: boolean
}

export interface PromColumn extends Column, PromSeries {}

/** What a node evaluates to. Range vectors are read by the functions that take them, and never appear here. */
export type Evaluated =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'vector'; readonly series: readonly PromSeries[]; readonly ordered: boolean }
  | { readonly kind: 'string'; readonly text: string }

export function evaluationError(message: string): QueryError {
  return new QueryError(message, 0, 0, 'evaluate')
}

export function promColumn(labels: Labels, count: number, dropName = false): PromColumn {
  return { ...emptyColumn(labels, count), dropName }
}

export function vectorOf(series: readonly PromSeries[], ordered = false): Evaluated {
  return { kind: 'vector', series, ordered }
}

/** Labels of what is no longer the metric itself: without its name, unless that is dropped at the end. */
export function renamed(labels: Labels, delayed: boolean): { readonly labels: Labels; readonly dropName: boolean } {
  return delayed ? { labels, dropName: true } : { labels: withoutMetadata(labels), dropName: false }
}

/**
 * Series with equal labels as one. Throws an evaluate-phase `QueryError` where two of them have a point at the same step:
 * dropping names or rewriting labels has made them the same.
 */
export function joinEqual(series: readonly PromSeries[]): readonly PromSeries[] {
  if (series.length < 2) return series
  const byKey = new Map<string, number>()
  let joined: PromSeries[] | undefined
  for (const [index, one] of series.entries()) {
    const key = labelsKey(one.labels)
    const at = byKey.get(key)
    if (at === undefined) {
      byKey.set(key, joined === undefined ? index : joined.length)
      joined?.push(one)
      continue
    }
    joined ??= series.slice(0, index)
    joined[at] = joinTwo(joined[at] as PromSeries, one)
  }
  return joined ?? series
}

function joinTwo(a: PromSeries, b: PromSeries): PromSeries {
  const values = a.values.slice()
  const present = a.present.slice()
  for (let k = 0; k < values.length; k++) {
    if (b.present[k] !== 1) continue
    if (present[k] === 1) throw sameLabelsError()
    values[k] = b.values[k] as number
    present[k] = 1
  }
  return { labels: a.labels, values, present, dropName: a.dropName }
}

/** Throws where two series have equal labels, at whatever steps: what functions of range vectors demand. */
export function demandDistinct(series: readonly { readonly labels: Labels }[]): void {
  if (series.length < 2) return
  const seen = new Set<string>()
  for (const { labels } of series) {
    const key = labelsKey(labels)
    if (seen.has(key)) throw sameLabelsError()
    seen.add(key)
  }
}

function sameLabelsError(): QueryError {
  return evaluationError('vector cannot contain metrics with the same labelset')
}

export function pointsOf(value: Evaluated): number {
  if (value.kind === 'scalar') return value.values.length
  if (value.kind === 'string') return 0
  let points = 0
  for (const { present } of value.series) for (let k = 0; k < present.length; k++) points += present[k] as number
  return points
}

/** The answer of one time as the answer of each of `count` times. */
export function repeated(value: Evaluated, count: number): Evaluated {
  if (value.kind === 'string' || count === 1) return value
  if (value.kind === 'scalar') {
    return { kind: 'scalar', values: new Float64Array(count).fill(value.values[0] as number) }
  }
  const series = value.series.map((one) => ({
    ...one,
    values: new Float64Array(count).fill(one.values[0] as number),
    present: new Uint8Array(count).fill(one.present[0] as number),
  }))
  return vectorOf(series, value.ordered)
}
