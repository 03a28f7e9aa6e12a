/** A query plan as plain data: what the engine is asked, and what is left to the evaluator. Shown by EXPLAIN. */
export type QueryPlan = LogsPlan | MetricPlan

export interface LogsPlan {
  readonly kind: 'logs'
  /** What SQL filters by: streams, time, line filters, field comparisons. */
  readonly pushed: readonly PushedFilter[]
  /** Whether survivors run through the pipeline again (a superset was pushed, or stages make labels). */
  readonly reevaluated: boolean
}

export interface PushedFilter {
  readonly rule: string
  /** The part of the query that it stands for, as LogQL. */
  readonly text: string
  /** True when SQL's answer is the same; false when it is a superset. */
  readonly exact: boolean
}

export interface MetricPlan {
  readonly kind: 'metric'
  /** Each leaf of the metric expression: answered whole by SQL (`rule` names how), or by rows and the evaluator. */
  readonly leaves: readonly {
    readonly text: string
    readonly answeredBy: 'sql' | 'evaluator'
    readonly rule?: string
    readonly rows?: LogsPlan
  }[]
}
