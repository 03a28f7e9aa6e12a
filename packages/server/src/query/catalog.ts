import { type Labels, parseLogQL, parseSelector, QueryError, type Selector } from '@girok/query'
import { GirokError } from '../model/errors.ts'
import { labelsText } from '../model/labels.ts'
import type { IndexedStream, LogStore } from '../store/store.ts'
import type { IndexStats, StreamsRequest } from './engine.ts'
import type { TimeSpan } from './pushdown/time.ts'
import type { Run } from './run/runs.ts'
import { selectStreams } from './select.ts'
import { sumsByStream } from './stream-sums.ts'

/** What is asked about streams reaches to its end inclusive, unlike a log query. */
export function spanOf({ startNs, endNs }: { readonly startNs: bigint; readonly endNs: bigint }): TimeSpan {
  return { fromNs: startNs, toNs: endNs + 1n }
}

/** A bare selector; `{}` and nothing match everything. Throws `bad_request` for anything more than a selector. */
export function bareSelector(text: string | undefined): Selector | undefined {
  if (text === undefined || text.trim() === '') return undefined
  try {
    return parseSelector(text, { allowEmpty: true })
  } catch (error) {
    if (isQuery(text)) throw new GirokError('bad_request', 'only label matchers are supported', { cause: error })
    throw error
  }
}

function isQuery(text: string): boolean {
  try {
    parseLogQL(text)
    return true
  } catch (error) {
    if (error instanceof QueryError) return false
    throw error
  }
}

/** Sorted label names of the streams. */
export function labelNames(store: LogStore, request: StreamsRequest): string[] {
  const names = new Set<string>()
  for (const stream of streamsOf(store, request)) for (const name of stream.labels.keys()) names.add(name)
  return [...names].sort()
}

/** Sorted values of one label. */
export function labelValues(store: LogStore, request: StreamsRequest & { readonly name: string }): string[] {
  const values = new Set<string>()
  for (const stream of streamsOf(store, request)) {
    const value = stream.labels.get(request.name)
    if (value !== undefined) values.add(value)
  }
  return [...values].sort()
}

/** The label sets that any of the selectors matches, in order of their text. */
export function seriesOf(
  store: LogStore,
  request: Omit<StreamsRequest, 'query'> & { readonly match: readonly string[] },
): Labels[] {
  const found = new Map<string, Labels>()
  const selectors = request.match.length === 0 ? [undefined] : request.match.map(bareSelector)
  for (const selector of selectors) {
    for (const { labels } of selectStreams(store.streams, request.tenant, spanOf(request), selector).matched) {
      found.set(labelsText(labels), labels)
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, labels]) => labels)
}

export function streamsOf(store: LogStore, request: StreamsRequest): readonly IndexedStream[] {
  return selectStreams(store.streams, request.tenant, spanOf(request), bareSelector(request.query)).matched
}

/** Counts of what the selector matches; `chunks` are pairs of stream and hour. */
export async function streamStats(store: LogStore, request: StreamsRequest, run: Run): Promise<IndexStats> {
  const { tenant } = request
  const span = spanOf(request)
  const selection = selectStreams(store.streams, tenant, span, bareSelector(request.query))
  const values = ['count()', 'sum(length(line))', 'uniqExact(toStartOfHour(ts))']
  const sums = await sumsByStream(store, { tenant, span, selection, values }, run)
  const total = (i: number): number => sums.reduce((sum, { values }) => sum + (values[i] ?? 0), 0)
  return { streams: sums.length, chunks: total(2), bytes: total(1), entries: total(0) }
}
