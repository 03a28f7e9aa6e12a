/** Data that goes into and comes out of evaluation, in either query language. */

/** Label names and values. A Map, because `__proto__` is a legal label name. Iteration order carries no meaning. */
export type Labels = ReadonlyMap<string, string>

/** One stored log line as evaluation sees it. */
export interface LogRow {
  /** Nanoseconds since the Unix epoch. */
  readonly timeNs: bigint
  /** Labels of the stream. Rows of one stream share one Map object, so evaluators may cache by identity. */
  readonly stream: Labels
  /** Structured metadata (detected_level included), in stored order; empty for most rows. */
  readonly metadata: readonly (readonly [string, string])[]
  readonly line: string
}

/** A line after its pipeline. */
export interface LogEntry {
  readonly timeNs: bigint
  readonly line: string
  /** Stream labels that survived the pipeline. */
  readonly stream: Labels
  /** Structured metadata that survived. */
  readonly metadata: Labels
  /** Labels that stages made (parsers, label_format, `__error__` …). */
  readonly parsed: Labels
}

/** Evaluation times `startNs + k * stepNs` for 0 ≤ k < count. An instant query has count 1. */
export interface Grid {
  readonly startNs: bigint
  readonly stepNs: bigint
  readonly count: number
}

/** One value per grid step; where `present` is 0 there is no point and the value means nothing. */
export interface Series {
  readonly labels: Labels
  readonly values: Float64Array
  readonly present: Uint8Array
}

/** What a metric expression evaluates to: a scalar per step, or series. `ordered` = keep this order (sort, instant only). */
export type MetricValue =
  | { readonly kind: 'scalar'; readonly values: Float64Array }
  | { readonly kind: 'vector'; readonly series: readonly Series[]; readonly ordered: boolean }
