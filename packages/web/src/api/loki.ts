import { getJson, type RequestOptions } from './client.ts'
import { type Entry, type Labels, noLabels } from './entry.ts'

interface StreamsResult {
  readonly stream: Labels
  readonly values: readonly (readonly [
    string,
    string,
    { readonly structuredMetadata?: Labels; readonly parsed?: Labels }?,
  ])[]
}

export interface Series {
  readonly metric: Labels
  /** [Unix seconds, number as text] */
  readonly values: readonly (readonly [number, string])[]
}

interface QueryAnswer {
  readonly data: {
    readonly resultType: 'streams' | 'matrix' | 'vector' | 'scalar'
    readonly result: readonly unknown[]
    readonly stats?: { readonly summary?: { readonly totalLinesProcessed?: number; readonly execTime?: number } }
  }
}

export interface LogsRequest {
  readonly query: string
  /** Unix nanoseconds; `start` is inside, `end` is not. */
  readonly start: bigint
  readonly end: bigint
  readonly limit: number
  readonly direction: 'forward' | 'backward'
}

export interface LogsAnswer {
  /** In the order of the direction; equal times keep the order of the server. */
  readonly entries: Entry[]
  readonly linesProcessed: number
}

const queryRange = '/loki/api/v1/query_range'

/** Log records of a range; stream labels, metadata and parsed fields come apart. */
export async function fetchLogs(request: LogsRequest, signal?: AbortSignal): Promise<LogsAnswer> {
  const answer = await getJson<QueryAnswer>(queryRange, {
    params: {
      query: request.query,
      start: String(request.start),
      end: String(request.end),
      limit: request.limit,
      direction: request.direction,
    },
    headers: { 'x-loki-response-encoding-flags': 'categorize-labels' },
    ...withSignal(signal),
  })
  const entries: Entry[] = []
  for (const { stream, values } of answer.data.result as readonly StreamsResult[]) {
    for (const [ts, line, extra] of values) {
      const meta = extra?.structuredMetadata ?? noLabels
      entries.push({ ts, line, labels: stream, meta, parsed: extra?.parsed ?? noLabels })
    }
  }
  const sign = request.direction === 'forward' ? 1 : -1
  // Array.prototype.sort is stable: records of equal time stay in the order of the server.
  entries.sort((a, b) => sign * (a.ts.length - b.ts.length || (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0)))
  return { entries, linesProcessed: answer.data.stats?.summary?.totalLinesProcessed ?? 0 }
}

/** Series of a metric query; `start` and `end` in milliseconds are both points when they lie on a step. */
export async function fetchMatrix(
  query: string,
  startMs: number,
  endMs: number,
  stepMs: number,
  signal?: AbortSignal,
): Promise<Series[]> {
  const answer = await getJson<QueryAnswer>(queryRange, {
    params: { query, start: `${startMs}000000`, end: `${endMs}000000`, step: `${stepMs}ms` },
    ...withSignal(signal),
  })
  return answer.data.result as Series[]
}

/** Names of labels in a range, of the streams that `selector` matches (all when it is '{}'). */
export async function fetchLabels(
  selector: string,
  start: bigint,
  end: bigint,
  signal?: AbortSignal,
): Promise<string[]> {
  const answer = await getJson<{ readonly data?: string[] }>('/loki/api/v1/labels', {
    params: { start: String(start), end: String(end), query: selector === '{}' ? undefined : selector },
    ...withSignal(signal),
  })
  return answer.data ?? []
}

export async function fetchLabelValues(
  name: string,
  selector: string,
  start: bigint,
  end: bigint,
  signal?: AbortSignal,
): Promise<string[]> {
  const answer = await getJson<{ readonly data?: string[] }>(`/loki/api/v1/label/${encodeURIComponent(name)}/values`, {
    params: { start: String(start), end: String(end), query: selector === '{}' ? undefined : selector },
    ...withSignal(signal),
  })
  return answer.data ?? []
}

function withSignal(signal: AbortSignal | undefined): Pick<RequestOptions, 'signal'> {
  return signal === undefined ? {} : { signal }
}
