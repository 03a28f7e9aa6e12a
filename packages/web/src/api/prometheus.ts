import { getJson, type QueryParams, type RequestOptions } from './client.ts'
import type { Labels } from './entry.ts'
import type { Series } from './loki.ts'

/** What the server says beside an answer: `PromQL warning: …`, `PromQL info: …`. */
export interface PromNotes {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

export interface PromRangeAnswer extends PromNotes {
  readonly series: readonly Series[]
}

/** `[Unix seconds, number as text]` */
export type PromSample = readonly [number, string]

/** An instant answer by its type; a matrix comes from a selector with a range. */
export type PromInstantResult =
  | { readonly type: 'vector'; readonly result: readonly { readonly metric: Labels; readonly value: PromSample }[] }
  | { readonly type: 'matrix'; readonly result: readonly Series[] }
  | { readonly type: 'scalar' | 'string'; readonly result: PromSample }

export interface PromInstantAnswer extends PromNotes {
  readonly value: PromInstantResult
}

/** What was told about a metric with its samples. */
export interface MetricMeta {
  /** `counter`, `gauge`, `histogram`, `summary`, … or `unknown`. */
  readonly type: string
  readonly help: string
  readonly unit: string
}

export interface Exemplar {
  readonly labels: Labels
  /** As text, as samples are. */
  readonly value: string
  /** Unix seconds. */
  readonly timestamp: number
}

export interface SeriesExemplars {
  readonly seriesLabels: Labels
  readonly exemplars: readonly Exemplar[]
}

/** The range that series must have samples in, milliseconds, and selectors of which one must match (none: all). */
export interface SeriesScope {
  readonly startMs: number
  readonly endMs: number
  readonly match?: string | undefined
  readonly limit?: number | undefined
}

interface Envelope<T> {
  readonly data: T
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

interface QueryData {
  readonly resultType: 'vector' | 'matrix' | 'scalar' | 'string'
  readonly result: unknown
}

function ask<T>(path: string, params: QueryParams, signal: AbortSignal | undefined): Promise<Envelope<T>> {
  const options: RequestOptions = signal === undefined ? { params } : { params, signal }
  return getJson<Envelope<T>>(`/api/v1/${path}`, options)
}

function notesOf({ warnings = [], infos = [] }: Envelope<unknown>): PromNotes {
  return { warnings, infos }
}

function scopeOf({ startMs, endMs, match, limit }: SeriesScope): QueryParams {
  return { 'match[]': match, start: startMs / 1000, end: endMs / 1000, limit }
}

/**
 * Series of a PromQL expression at startMs + k · stepMs up to endMs. Throws ApiError; `line` and `column` are set when
 * the query is at fault.
 */
export async function fetchRange(
  query: string,
  startMs: number,
  endMs: number,
  stepMs: number,
  signal?: AbortSignal,
): Promise<PromRangeAnswer> {
  const params = { query, start: startMs / 1000, end: endMs / 1000, step: stepMs / 1000 }
  const answer = await ask<QueryData>('query_range', params, signal)
  return { series: answer.data.result as readonly Series[], ...notesOf(answer) }
}

/** A PromQL expression at one time. Throws ApiError as `fetchRange` does. */
export async function fetchInstant(query: string, timeMs: number, signal?: AbortSignal): Promise<PromInstantAnswer> {
  const answer = await ask<QueryData>('query', { query, time: timeMs / 1000 }, signal)
  const { resultType: type, result } = answer.data
  return { value: { type, result } as PromInstantResult, ...notesOf(answer) }
}

/** Names of metrics with samples in the range, sorted. */
export function fetchMetricNames(scope: SeriesScope, signal?: AbortSignal): Promise<readonly string[]> {
  return fetchLabelValues('__name__', scope, signal)
}

/** Names of labels of the series in scope, sorted; `__name__` is among them. */
export async function fetchLabelNames(scope: SeriesScope, signal?: AbortSignal): Promise<readonly string[]> {
  return (await ask<readonly string[]>('labels', scopeOf(scope), signal)).data
}

/** Values of a label of the series in scope, sorted. */
export async function fetchLabelValues(
  name: string,
  scope: SeriesScope,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return (await ask<readonly string[]>(`label/${encodeURIComponent(name)}/values`, scopeOf(scope), signal)).data
}

/** Label sets of the series that a selector matches. */
export async function fetchSeriesLabels(
  scope: SeriesScope & { readonly match: string },
  signal?: AbortSignal,
): Promise<readonly Labels[]> {
  return (await ask<readonly Labels[]>('series', scopeOf(scope), signal)).data
}

/** Type, help and unit by name of the metric, of one metric or of all. What was said first counts. */
export async function fetchMetadata(metric?: string, signal?: AbortSignal): Promise<ReadonlyMap<string, MetricMeta>> {
  const answer = await ask<Readonly<Record<string, readonly MetricMeta[]>>>('metadata', { metric }, signal)
  const found = new Map<string, MetricMeta>()
  for (const [name, [first]] of Object.entries(answer.data)) if (first !== undefined) found.set(name, first)
  return found
}

/** Exemplars of the series that the selectors of an expression match. */
export async function fetchExemplars(
  query: string,
  startMs: number,
  endMs: number,
  signal?: AbortSignal,
): Promise<readonly SeriesExemplars[]> {
  const params = { query, start: startMs / 1000, end: endMs / 1000 }
  return (await ask<readonly SeriesExemplars[]>('query_exemplars', params, signal)).data
}
