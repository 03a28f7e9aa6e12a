import type { Labels, MetricValue } from '@girok/query'
import type { QueryPlan } from './plan.ts'

/** Answers queries over the store. Every call is bounded by the limits it was made with, and ends soon after `signal`. */
export interface QueryEngine {
  /** A log query over [startNs, endNs): entries in order of time and direction, after the whole pipeline. */
  logs(request: LogsRequest): Promise<LogsResult>
  /** As `logs` without limit, oldest first, in pages of bounded memory: for exports. */
  exportLogs(request: ExportRequest): AsyncIterable<readonly ResultEntry[]>
  /** A metric query on the grid startNs, startNs + stepNs … ≤ endNs; an instant query has startNs = endNs. */
  metric(request: MetricRequest): Promise<MetricResult>
  /** Sorted label names of streams with records in the range; `query`: bare selector that restricts the streams. */
  labels(request: StreamsRequest): Promise<string[]>
  labelValues(request: StreamsRequest & { readonly name: string }): Promise<string[]>
  /** Distinct label sets matching any of the selectors (none = all). */
  series(request: Omit<StreamsRequest, 'query'> & { readonly match: readonly string[] }): Promise<Labels[]>
  stats(request: StreamsRequest): Promise<IndexStats>
  volume(request: VolumeRequest): Promise<VolumeEntry[]>
  /** Fields of the newest `lineLimit` matching lines, with their commonest values. */
  fields(request: FieldsRequest): Promise<FieldsResult>
  /** The plan of a query, without running it. */
  explain(request: { readonly tenant: string; readonly query: string; readonly pushdown?: boolean }): Promise<QueryPlan>
  /** Now running, for the admin page and for tests of cancellation. */
  running(): readonly RunningQuery[]
}

export interface QueryContext {
  readonly tenant: string
  readonly signal?: AbortSignal
  /** False evaluates everything with the reference evaluator (`?pushdown=off`). Default true. */
  readonly pushdown?: boolean
}

export interface LogsRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly limit: number
  readonly direction: 'forward' | 'backward'
  /** At least this long between returned entries, one clock over all streams; 0n = all. */
  readonly intervalNs?: bigint
}

export interface ResultEntry {
  readonly timeNs: bigint
  readonly line: string
  /** Stream labels that survived. Entries of one stream may share the object. */
  readonly stream: Labels
  readonly metadata: Labels
  readonly parsed: Labels
}

export interface LogsResult {
  readonly entries: readonly ResultEntry[]
  readonly stats: QueryStats
}

export interface ExportRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
}

export interface MetricRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly stepNs: bigint
}

export interface MetricResult {
  readonly value: MetricValue
  readonly stats: QueryStats
}

export interface StreamsRequest extends QueryContext {
  readonly query?: string
  readonly startNs: bigint
  readonly endNs: bigint
}

export interface IndexStats {
  readonly streams: number
  readonly chunks: number
  readonly bytes: number
  readonly entries: number
}

export interface VolumeRequest extends StreamsRequest {
  readonly limit: number
  readonly targetLabels: readonly string[]
  readonly aggregateBy: 'series' | 'labels'
}

export interface VolumeEntry {
  readonly labels: Labels
  readonly bytes: number
}

export interface FieldsRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly lineLimit: number
}

export interface FieldsResult {
  /** Lines that the counts are of. */
  readonly sampledLines: number
  readonly fields: readonly FieldSummary[]
}

export interface FieldSummary {
  readonly name: string
  readonly origin: 'label' | 'metadata' | 'json' | 'logfmt'
  readonly type: 'string' | 'number' | 'boolean' | 'duration' | 'bytes'
  /** Lines (of the sampled) that have the field. */
  readonly count: number
  /** Distinct values among the sampled lines. */
  readonly cardinality: number
  /** At most ten, commonest first. */
  readonly top: readonly { readonly value: string; readonly count: number }[]
}

export interface QueryStats {
  readonly execMs: number
  readonly linesScanned: number
  readonly bytesScanned: number
  readonly entriesReturned: number
}

export interface RunningQuery {
  readonly id: string
  readonly tenant: string
  readonly query: string
  readonly startedMs: number
}
