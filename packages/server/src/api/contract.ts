/**
 * Types of Girok's own HTTP API (`/girok/v1/*`), for the web app and the command line. Loki's API keeps Loki's shapes.
 * Nanosecond times are decimal strings, because they do not fit a JSON number.
 */

export type { RuleLanguage } from '../model/rules.ts'
export type * from './agent-contract.ts'
export type * from './alerting-contract.ts'
export type * from './dashboard-contract.ts'
export type * from './targets-contract.ts'

/** GET /girok/v1/status */
export interface StatusResponse {
  readonly version: string
  readonly startedMs: number
  readonly tenant: string
  /** Scopes of the caller; all when the server runs without tokens. */
  readonly scopes: readonly Scope[]
  readonly store: {
    readonly kind: 'chdb' | 'clickhouse'
    readonly state: string
    readonly detail?: string
    readonly rows: number
    /** Samples of metrics. */
    readonly samples: number
    readonly bytesOnDisk: number
    readonly activeParts: number
  }
  /** End of the hour of the tenant's newest record, at most now; absent when there is none. */
  readonly newestNs?: string
}

export type Scope = 'ingest' | 'query' | 'admin'

/** GET /girok/v1/setup: what the set-up page shows and polls. Records of Girok itself and of the samples do not count. */
export interface SetupResponse {
  readonly receivedRecords: number
  readonly first?: { readonly receiver: string; readonly atMs: number; readonly sender: string }
  readonly rejected: readonly {
    readonly atMs: number
    readonly receiver: string
    readonly status: number
    readonly reason: string
  }[]
  readonly sample: SampleState
  /** True when writes need a token. */
  readonly tokensRequired: boolean
  readonly receivers: readonly { readonly name: string; readonly summary: string; readonly example: string }[]
}

/**
 * GET /girok/v1/sources: every receiver, what it has received of the caller's tenant since the server started, and how
 * clients reach it. At any moment received = stored + duplicate + inFlight + the sums of rejected and dropped.
 */
export interface SourcesResponse {
  readonly sources: readonly Source[]
  /** True when writes need a token. */
  readonly tokensRequired: boolean
}

export interface Source {
  readonly name: string
  readonly summary: string
  /** `receivers.NAME.enabled` */
  readonly enabled: boolean
  /** `POST /ingest`; empty while it is off. */
  readonly routes: readonly string[]
  /** Ports besides the server's own. `address` (`udp://127.0.0.1:5514`) is absent until the port of `key` is configured. */
  readonly listeners: readonly {
    readonly name: string
    readonly key: string
    readonly address?: string
    /** The port that clients of the protocol expect. */
    readonly usualPort?: number
    readonly connections?: number
  }[]
  /** Where the server fetches records itself. */
  readonly pulls: readonly {
    readonly name: string
    readonly address: string
    readonly connected: boolean
    readonly error?: string
  }[]
  /** A shell command that sends one record, with real addresses. */
  readonly example: string
  /** How clients are configured, with real addresses. */
  readonly snippets: readonly { readonly title: string; readonly language: string; readonly text: string }[]
  /** In records; of metrics, in samples. */
  readonly counts: {
    readonly received: number
    /** Of lines and metadata. */
    readonly bytes: number
    readonly stored: number
    /** Known already by their idempotency key. */
    readonly duplicate: number
    readonly inFlight: number
    readonly rejected: readonly SourceReason[]
    readonly dropped: readonly SourceReason[]
    /** Requests, connections and datagrams of all tenants that could not be decoded; not part of the equation. */
    readonly undecodable: readonly SourceReason[]
  }
  /** Over the last minute. */
  readonly recordsPerSecond: number
  readonly lastReceivedMs?: number
  /** The newest refusals, newest first, at most 20. */
  readonly rejections: readonly { readonly atMs: number; readonly status: number; readonly reason: string }[]
}

export interface SourceReason {
  readonly reason: string
  readonly count: number
}

/** GET and POST /girok/v1/sample ({running}); DELETE removes what was written. Samples carry the label girok_sample="true". */
export interface SampleState {
  readonly running: boolean
  readonly linesPerSecond: number
}

/** GET /girok/v1/fields?query&start&end&line_limit */
export interface FieldsResponse {
  readonly sampledLines: number
  readonly fields: readonly {
    readonly name: string
    readonly origin: 'label' | 'metadata' | 'json' | 'logfmt'
    readonly type: 'string' | 'number' | 'boolean' | 'duration' | 'bytes'
    readonly count: number
    readonly cardinality: number
    readonly top: readonly { readonly value: string; readonly count: number }[]
  }[]
}

/**
 * GET /girok/v1/patterns?query&start&end&step: the shapes that lines of a log query have, `<_>` where they differ,
 * most frequent first. Usable as they stand in a filter: `|> "pattern"` finds the lines of a pattern.
 */
export interface PatternsResponse {
  readonly patterns: readonly {
    readonly pattern: string
    /** The level of most lines of the pattern, '' when none was detected. */
    readonly level: string
    /** Lines in the range; an estimate from the sample unless `sampledLines` equals `totalLines`. */
    readonly count: number
    /** Of all lines in the range, 0 to 1. */
    readonly share: number
    /** [Unix seconds of the start of a step, lines in it], steps without lines left out, oldest first. */
    readonly samples: readonly (readonly [number, number])[]
    /** One line of the pattern, cut at 1,000 characters. */
    readonly example: string
  }[]
  /** Lines that patterns were made from. */
  readonly sampledLines: number
  readonly totalLines: number
}

/**
 * GET /girok/v1/compare?query&start&end&baseStart&baseEnd: what is different in a range of time against a base range.
 * Counts are estimates where the ranges hold more lines than are sampled.
 */
export interface CompareResponse {
  /** New and gone ones first, then by how much their share changed. */
  readonly patterns: readonly {
    readonly pattern: string
    readonly level: string
    readonly count: number
    readonly baseCount: number
    readonly change: 'new' | 'gone' | 'changed' | 'same'
  }[]
  /** The field whose values tell the ranges apart best comes first; within a field the value with the most telling lift. */
  readonly fields: readonly {
    readonly name: string
    readonly origin: 'label' | 'metadata' | 'json' | 'logfmt'
    readonly values: readonly {
      readonly value: string
      readonly count: number
      readonly baseCount: number
      /** Smoothed ratio of the value's shares, 1 when equal; above 1 more frequent than in the base range. */
      readonly lift: number
    }[]
  }[]
  readonly sampledLines: number
  readonly totalLines: number
  readonly baseSampledLines: number
  readonly baseTotalLines: number
}

/** What a saved view of the log page holds. Times as in the page's address: `now-1h`, `now`, or RFC 3339. */
export interface SavedViewContent {
  readonly name: string
  readonly query: string
  readonly from: string
  readonly to: string
  readonly columns: readonly { readonly name: string; readonly width: number }[]
  /** How a metric query is drawn; absent for what the page chooses. */
  readonly chart?: string
}

/**
 * GET /girok/v1/views; POST {content} → 201; PUT /girok/v1/views/ID {content, version} and DELETE ?version= answer 409 when
 * the view is no longer at that version, so that nobody writes over a colleague's change unawares.
 */
export interface SavedView extends SavedViewContent {
  readonly id: string
  readonly version: number
  /** ISO 8601 */
  readonly createdAt: string
  readonly updatedAt: string
}

export interface SavedViewsResponse {
  readonly views: readonly SavedView[]
}

/**
 * GET /girok/v1/export?query&start&end&format=ndjson|csv&columns=a,b&tz=Asia/Seoul: streamed, oldest first, no row limit.
 * NDJSON: {"timestamp": RFC3339 with nanoseconds, "labels": {…}, "line": "…"}; CSV: timestamp, then the columns, then line.
 */
export type ExportFormat = 'ndjson' | 'csv'

/**
 * Websocket /girok/v1/tail?query=: frames of the server, at most every 50 ms. The client sends nothing.
 * `dropped` counts matching records that were left out since the last frame because the socket did not keep up.
 */
export interface TailFrame {
  readonly seq: number
  /** Label sets that entries refer to by index; an index is announced once per connection. */
  readonly streams?: readonly { readonly index: number; readonly labels: Readonly<Record<string, string>> }[]
  /** [nanoseconds, stream index, line, own labels (metadata and parsed) if any] */
  readonly entries: readonly (readonly [string, number, string, Readonly<Record<string, string>>?])[]
  readonly dropped: number
}

/** GET /girok/v1/explain?query=[&start=&end=&step=&limit=][&analyze=true][&pushdown=off]; without a range the last hour. */
export interface ExplainResponse {
  /** The syntax tree, durations as decimal nanoseconds. */
  readonly ast: unknown
  readonly plan: unknown
  readonly sql: readonly string[]
  readonly ran: readonly { readonly part: string; readonly where: 'sql' | 'evaluator' }[]
  /** Lines and bytes read, lines or series of the answer, and milliseconds; only with `analyze`. */
  readonly rowsRead?: number
  readonly bytesRead?: number
  readonly results?: number
  readonly tookMs?: number
}

/** GET /girok/v1/samples?match[]=up{job="demo"}&match[]=…&start&end: at most a million samples. */
export interface SamplesResponse {
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>
    /** Milliseconds since the epoch, ascending, each once. */
    readonly times: readonly number[]
    /** Numbers as text; `NaN`, `+Inf`, `-Inf`, and `stale` where the series has ended. */
    readonly values: readonly string[]
  }[]
}

/** GET /girok/v1/queries (scope admin) */
export interface RunningQueriesResponse {
  readonly queries: readonly {
    readonly id: string
    readonly tenant: string
    readonly query: string
    readonly startedMs: number
  }[]
}

/** Every error of `/girok/v1/*`; Loki's paths answer errors as plain text, as Loki does. */
export interface ErrorResponse {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string }
}
