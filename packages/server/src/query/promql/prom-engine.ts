import type { Labels } from '@girok/query'
import type { Matcher, PromExpr, PromResult } from '@girok/query/promql'
import type { MetricMetadata } from '../../model/sample-batch.ts'
import type { StoredExemplar } from '../../store/samples/exemplars.ts'

/** Answers PromQL over the samples of the store. Every call is bounded, and ends soon after `signal`. */
export interface PromEngine {
  instant(request: PromInstantRequest): Promise<PromAnswer>
  /**
   * Several queries whose samples are read in one pass, each at a time or on a grid of its own. The answers are of the moment
   * of this call; they hold what was read until nobody holds them any more.
   */
  together(request: PromTogetherRequest): Promise<PromTogether>
  /** On the grid startMs, startMs + stepMs … ≤ endMs. */
  range(request: PromRangeRequest): Promise<PromAnswer>
  /** Label sets of series with samples in the range (to the hour), sorted, that any of the selectors matches (none = all). */
  series(request: PromSeriesRequest): Promise<readonly Labels[]>
  /** Sorted names of labels of such series. */
  labels(request: PromSeriesRequest): Promise<readonly string[]>
  /** Sorted values of a label. */
  labelValues(request: PromSeriesRequest & { readonly name: string }): Promise<readonly string[]>
  /** Exemplars of the series that the selectors of an expression match, by label set. */
  exemplars(request: PromExemplarRequest): Promise<readonly PromExemplars[]>
  metadata(tenant: string): ReadonlyMap<string, MetricMetadata>
  /** What is left to the engine, what the evaluator does, and the statements. */
  explain(request: PromRangeRequest): Promise<PromPlan>
  /** The options that queries are run with when they name none. */
  readonly defaults: {
    readonly lookbackMs: number
    readonly timeoutMs: number
    readonly maxSamples: number
    /** Points per series in one answer. */
    readonly maxPoints: number
  }
}

export interface PromContext {
  readonly tenant: string
  readonly signal?: AbortSignal
  /** Milliseconds; at most the server's own limit. */
  readonly timeoutMs?: number | undefined
  /** False evaluates everything with the reference evaluator (`?pushdown=off`). Default true. */
  readonly pushdown?: boolean
}

export interface PromQueryContext extends PromContext {
  /** The text, or the tree where the caller has parsed it already (rules). */
  readonly query: string | PromExpr
  readonly lookbackMs?: number | undefined
  /** Most series of the answer; more are cut off, with a warning. */
  readonly limit?: number | undefined
}

export interface PromInstantRequest extends PromQueryContext {
  readonly timeMs: number
}

export interface PromTogetherRequest extends PromContext {
  /** No tree stands here twice. */
  readonly queries: readonly PromTimedQuery[]
}

/** A query at a time, or on the grid startMs, startMs + stepMs … ≤ endMs. */
export type PromTimedQuery =
  | { readonly query: PromExpr; readonly timeMs: number }
  | { readonly query: PromExpr; readonly startMs: number; readonly endMs: number; readonly stepMs: number }

export interface PromTogether {
  /** As `instant` and `range`. Rejects with `bad_request` for a query that was not among those given. */
  answer(query: PromExpr): Promise<PromAnswer>
}

export interface PromRangeRequest extends PromQueryContext {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

export interface PromAnswer extends PromResult {
  /** Times of the answer's columns: startMs + k * stepMs, `count` of them. */
  readonly grid: { readonly startMs: number; readonly stepMs: number; readonly count: number }
  readonly timings: {
    readonly queueMs: number
    readonly prepareMs: number
    readonly evalMs: number
    readonly totalMs: number
  }
}

export interface PromSeriesRequest extends PromContext {
  /** Both inclusive. */
  readonly startMs: number
  readonly endMs: number
  /** Any of these; an empty list means all series. */
  readonly matchers: readonly (readonly Matcher[])[]
  readonly limit?: number | undefined
}

export interface PromExemplarRequest extends PromContext {
  readonly query: string
  readonly startMs: number
  readonly endMs: number
}

export interface PromExemplars {
  readonly series: Labels
  readonly exemplars: readonly StoredExemplar[]
}

export interface PromPlan {
  readonly sql: readonly string[]
  /** Texts of the nodes that SQL answers whole; all else is the evaluator's. */
  readonly pushed: readonly string[]
}
