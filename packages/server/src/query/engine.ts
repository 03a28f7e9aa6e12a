import type { Labels, MetricValue } from '@girok/query'
import type { SharedReadings } from './metric/readings.ts'
import type { CompareResult, PatternsResult } from './patterns/results.ts'
import type { QueryPlan } from './plan.ts'
import type { RequestLimits } from './request-limits.ts'

/** Answers queries over the store. Every call is bounded by the limits it was made with, and ends soon after `signal`. */
export interface QueryEngine {
  /** A log query over [startNs, endNs): entries in order of time and direction, after the whole pipeline. */
  logs(request: LogsRequest): Promise<LogsResult>
  /** As `logs` without limit, oldest first, in pages of bounded memory: for exports. */
  exportLogs(request: ExportRequest): AsyncIterable<readonly ResultEntry[]>
  /** A metric query on the grid startNs, startNs + stepNs … ≤ endNs; an instant query has startNs = endNs. */
  metric(request: MetricRequest): Promise<MetricResult>
  /**
   * Reads what several metric queries need of the store at one time, in as few statements as possible: give them the
   * readings. What is wrong with one of them is told when it is asked.
   */
  metricReadings(request: ReadingsRequest): Promise<SharedReadings>
  /** Sorted label names of streams with records in the range; `query`: bare selector that restricts the streams. */
  labels(request: StreamsRequest): Promise<string[]>
  labelValues(request: StreamsRequest & { readonly name: string }): Promise<string[]>
  /** Distinct label sets matching any of the selectors (none = all). */
  series(request: Omit<StreamsRequest, 'query'> & { readonly match: readonly string[] }): Promise<Labels[]>
  stats(request: StreamsRequest): Promise<IndexStats>
  volume(request: VolumeRequest): Promise<VolumeEntry[]>
  /** As `volume`, by buckets that end at whole multiples of the step (the last one at `endNs`). */
  volumeRange(request: VolumeRequest & { readonly stepNs: bigint }): Promise<VolumeSeries[]>
  /** Labels worth browsing by; those whose values are all ids are left out. */
  detectedLabels(request: StreamsRequest): Promise<DetectedLabel[]>
  /** Fields of the newest `lineLimit` matching lines: of their metadata, of the query's parsers, and of JSON or logfmt. */
  detectedFields(request: FieldsRequest & { readonly fieldLimit: number }): Promise<DetectedField[]>
  /** Fields of the newest `lineLimit` matching lines, with their commonest values. */
  fields(request: FieldsRequest): Promise<FieldsResult>
  /** The shapes that the lines of a log query have, counted by steps that begin at whole multiples of the step. */
  patterns(request: PatternsRequest): Promise<PatternsResult>
  /** What is different in the range against the base range: patterns, and values of fields. */
  compare(request: CompareRequest): Promise<CompareResult>
  /** The plan of a query, without running it. */
  explain(request: { readonly tenant: string; readonly query: string; readonly pushdown?: boolean }): Promise<QueryPlan>
  /** The tree, plan and statements of a query over a range; with `analyze` it is run, and its figures are real. */
  explainQuery(request: ExplainRequest): Promise<Explanation>
  /** How query texts are read: what differs from Loki can be switched off. */
  readonly dialect: Dialect
  /** Now running, for the admin page and for tests of cancellation. */
  running(): readonly RunningQuery[]
}

/** Where Girok goes beyond Loki's language. */
export interface Dialect {
  /** `distinct`, `count_values`, `present_over_time`. */
  readonly extensions: boolean
  /** Names in selectors that are no stream's label are looked for in metadata and fields of the lines. */
  readonly selectorFallthrough: boolean
}

export interface ExplainRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly stepNs: bigint
  /** Most lines of a log query. */
  readonly limit: number
  readonly analyze: boolean
}

export interface Explanation {
  /** The syntax tree, durations as decimal nanoseconds. */
  readonly ast: unknown
  readonly plan: QueryPlan
  /** Statements in the order in which they are sent; those of a search that stops early are those of an empty store. */
  readonly sql: readonly string[]
  /** What the engine decides alone, and what the evaluator does (perhaps over rows that the engine has chosen). */
  readonly ran: readonly { readonly part: string; readonly where: 'sql' | 'evaluator' }[]
  /** Only of a query that was run. */
  readonly rowsRead?: number
  readonly bytesRead?: number
  /** Lines or series of the answer. */
  readonly results?: number
  readonly tookMs?: number
}

export interface QueryContext {
  readonly tenant: string
  readonly signal?: AbortSignal
  /** False evaluates everything with the reference evaluator (`?pushdown=off`). Default true. */
  readonly pushdown?: boolean
  /** What the request allows itself besides the server's limits. */
  readonly limits?: RequestLimits | undefined
}

export interface LogsRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly limit: number
  readonly direction: 'forward' | 'backward'
  /** The step that came along; log queries do nothing with it but refuse one that is too fine, as Loki does. */
  readonly stepNs?: bigint
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
  /** With more series than allowed: give the first of them and a warning, rather than an error. */
  readonly partialSeries?: boolean
  /** Readings that this query shares with others of the same tenant; absent: it has its own. */
  readonly readings?: SharedReadings | undefined
}

export interface ReadingsRequest extends Pick<QueryContext, 'tenant' | 'signal'> {
  readonly queries: readonly { readonly query: string; readonly timeNs: bigint }[]
}

export interface MetricResult {
  readonly value: MetricValue
  readonly warnings?: readonly string[]
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

export interface VolumeSeries {
  readonly labels: Labels
  /** In order of time; `endNs` is the inclusive end of a bucket. Buckets without lines are left out. */
  readonly buckets: readonly { readonly endNs: bigint; readonly bytes: number }[]
}

export interface DetectedLabel {
  readonly label: string
  /** Distinct values. */
  readonly cardinality: number
}

export interface DetectedField {
  readonly name: string
  readonly type: 'string' | 'int' | 'float' | 'boolean' | 'duration' | 'bytes'
  /** Distinct values, in order of appearance from the newest line on. */
  readonly values: ReadonlySet<string>
  /** Which parsers make it of a line; none: it is metadata, or the query's own parsers made it. */
  readonly parsers: readonly ('json' | 'logfmt')[]
  /** Where it stands in lines of JSON. */
  readonly jsonPath?: readonly string[]
}

export interface PatternsRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly stepNs: bigint
}

export interface CompareRequest extends QueryContext {
  readonly query: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly baseStartNs: bigint
  readonly baseEndNs: bigint
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
  /** Milliseconds from the first statement to the answer, and before it in the queue. */
  readonly execMs: number
  readonly queueMs: number
  /** Lines that the store handed out or added up, after the filters that it applies itself, and their bytes as far as known. */
  readonly linesScanned: number
  readonly bytesScanned: number
  /** Lines that all filters let through; of metric queries only those that need not pass through a pipeline. */
  readonly linesMatched: number
  /** Streams that the selectors match, added up over the selectors. */
  readonly streams: number
  readonly entriesReturned: number
}

export interface RunningQuery {
  readonly id: string
  readonly tenant: string
  readonly query: string
  readonly startedMs: number
}
