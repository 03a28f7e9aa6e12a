import type { Labels, Series } from '../../eval/types.ts'
import type { PromExpr, VectorSelector } from '../ast.ts'

/** The samples of a series, in ascending order of time (milliseconds), each time once. Stale markers keep their bits. */
export interface SampleSeries {
  readonly labels: Labels
  readonly times: Float64Array
  readonly values: Float64Array
}

/** The times at which an expression is evaluated: `startMs + k * stepMs` for 0 ≤ k < count. Instant queries have count 1. */
export interface PromGrid {
  readonly startMs: number
  /** At least 1, also when there is one time only. */
  readonly stepMs: number
  readonly count: number
  /** The query's end, which `@ end()` and `end()` mean; without it, the last of the times. */
  readonly endMs?: number
}

export interface PromOptions {
  /** How far back an instant selector looks. Prometheus: 300,000. */
  readonly lookbackMs: number
  /** The step of subqueries that name none. Prometheus: the global evaluation interval, 60,000. */
  readonly defaultStepMs: number
  /** Samples that may be held at once, those of intermediate results included; beyond: an evaluate-phase QueryError. */
  readonly maxSamples: number
  /** Metric names are dropped at the end of evaluation rather than at once (Prometheus' feature of that name). */
  readonly delayedNameRemoval: boolean
  /** The query's text, which gives annotations their line and column; without it, everything counts as one line. */
  readonly text?: string
}

/** What a selector of a query needs: samples with startMs < time ≤ endMs. */
export interface SelectorRead {
  readonly selector: VectorSelector
  readonly startMs: number
  readonly endMs: number
  /** The range of the matrix selector around it; 0 for an instant selector. */
  readonly rangeMs: number
}

/** Samples by selector; nodes are told apart by identity, which `structuredClone` of one message keeps. */
export type SelectorData = ReadonlyMap<VectorSelector, readonly SampleSeries[]>

/** Series that somebody else has calculated for a node, on the query's own grid. The evaluator does not look below it. */
export type NodeAnswers = ReadonlyMap<PromExpr, readonly Series[]>

export type PromValue =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  /** `ordered`: the order means something (sort, topk of an instant query). */
  | { readonly kind: 'vector'; readonly series: readonly Series[]; readonly ordered: boolean }
  /** Raw samples: a range selector as an instant query. */
  | { readonly kind: 'matrix'; readonly series: readonly SampleSeries[] }
  | { readonly kind: 'string'; readonly text: string }

export interface PromResult {
  readonly value: PromValue
  /** `PromQL warning: …` and `PromQL info: …` with places (line:column), each once, sorted. */
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  /** Samples that were looked at, and the most that were held at once. */
  readonly samplesRead: number
  readonly samplesPeak: number
}
