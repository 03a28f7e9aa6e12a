import { QueryError } from '@girok/query'
import type { SampleSeries, SelectorData, SelectorRead, VectorSelector } from '@girok/query/promql'
import type { SampleStore } from '../../store/samples/sample-store.ts'
import type { Run } from '../run/runs.ts'
import { type SelectedSeries, selectSeries } from '../samples/select.ts'

/** What a selector of a query reads, and the series that it matches. */
export interface SelectedRead {
  readonly read: SelectorRead
  readonly series: readonly SelectedSeries[]
}

/** Whole milliseconds, both ends inclusive. */
interface Span {
  startMs: number
  endMs: number
}

interface LoadedSpan extends Span {
  readonly times: Float64Array
  readonly values: Float64Array
}

/** One read of the store: the same range of several series. */
export interface StoreRead extends Span {
  readonly tenant: string
  readonly ids: string[]
}

/** Finds the series of each selector in the index. Selectors with equal matchers and ranges are looked up once. */
export function selectReads(
  store: SampleStore,
  tenant: string,
  reads: readonly SelectorRead[],
): readonly SelectedRead[] {
  const known = new Map<string, readonly SelectedSeries[]>()
  return reads.map((read) => {
    const { startMs, endMs } = spanOf(read)
    const key = JSON.stringify([read.selector.matchers.map(({ name, op, value }) => [name, op, value]), startMs, endMs])
    let series = known.get(key)
    if (series === undefined) {
      series = endMs < 0 ? [] : selectSeries(store.series, tenant, { startMs, endMs }, read.selector)
      known.set(key, series)
    }
    return { read, series }
  })
}

/**
 * What has to be asked of the store. A series that several selectors ask for is read once, over the union of their ranges
 * where those overlap.
 */
export function storeReads(selected: readonly SelectedRead[]): readonly StoreRead[] {
  const bySeries = new Map<string, { tenant: string; spans: Span[] }>()
  for (const { read, series } of selected) {
    const span = spanOf(read)
    for (const { id, tenant } of series) {
      const known = bySeries.get(id)
      if (known === undefined) bySeries.set(id, { tenant, spans: [span] })
      else known.spans.push(span)
    }
  }
  const reads = new Map<string, StoreRead>()
  for (const [id, { tenant, spans }] of bySeries) {
    for (const { startMs, endMs } of united(spans)) {
      const key = `${tenant} ${startMs} ${endMs}`
      const known = reads.get(key)
      if (known === undefined) reads.set(key, { tenant, startMs, endMs, ids: [id] })
      else known.ids.push(id)
    }
  }
  return [...reads.values()]
}

/** Reads the samples of all selectors; throws an evaluate-phase QueryError for more than `maxSamples`. */
export async function loadSamples(
  store: SampleStore,
  selected: readonly SelectedRead[],
  maxSamples: number,
  run: Run,
): Promise<{ readonly data: SelectorData; readonly samples: number }> {
  const loaded = new Map<string, LoadedSpan[]>()
  let samples = 0
  for (const { tenant, ids, startMs, endMs } of storeReads(selected)) {
    const found = store.stream({
      tenant,
      ids,
      startMs,
      endMs,
      timeoutMs: run.remainingMs(),
      signal: run.signal,
      lane: run.lane,
      maxSamples: maxSamples - samples,
      whenTooMany: tooManySamples,
    })
    run.rested()
    for await (const { id, times, values } of found) {
      samples += times.length
      const spans = loaded.get(id)
      if (spans === undefined) loaded.set(id, [{ startMs, endMs, times, values }])
      else spans.push({ startMs, endMs, times, values })
      const pause = run.breathe()
      if (pause !== undefined) await pause
    }
  }
  run.countRead(samples, 16 * samples)
  const data = new Map<VectorSelector, readonly SampleSeries[]>()
  for (const { read, series } of selected) {
    const span = spanOf(read)
    const found: SampleSeries[] = []
    for (const { id, labels } of series) {
      const part = loaded.get(id)?.find(({ startMs, endMs }) => startMs <= span.startMs && span.endMs <= endMs)
      const cut = part === undefined ? undefined : cutTo(part, span)
      if (cut !== undefined) found.push({ labels, ...cut })
    }
    data.set(read.selector, found)
    const pause = run.breathe()
    if (pause !== undefined) await pause
  }
  return { data, samples }
}

/** Prometheus' text. */
export function tooManySamples(): QueryError {
  return new QueryError('query processing would load too many samples into memory in query execution', 0, 0, 'evaluate')
}

/** The whole milliseconds of `startMs < time ≤ endMs` from 1970 on. */
function spanOf({ startMs, endMs }: SelectorRead): Span {
  return { startMs: Math.max(0, Math.floor(startMs) + 1), endMs: Math.floor(endMs) }
}

function united(spans: readonly Span[]): readonly Span[] {
  if (spans.length === 1) return spans
  const united: Span[] = []
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const last = united.at(-1)
    if (last !== undefined && startMs <= last.endMs + 1) last.endMs = Math.max(last.endMs, endMs)
    else united.push({ startMs, endMs })
  }
  return united
}

/** Views of the columns within a span; undefined when nothing is there. */
function cutTo(
  { times, values, startMs, endMs }: LoadedSpan,
  span: Span,
): { times: Float64Array; values: Float64Array } | undefined {
  if (startMs === span.startMs && endMs === span.endMs) return { times, values }
  const from = firstFrom(times, span.startMs)
  const to = firstFrom(times, span.endMs + 1)
  return from === to ? undefined : { times: times.subarray(from, to), values: values.subarray(from, to) }
}

/** Place of the first time that is not before `ms`. */
function firstFrom(times: Float64Array, ms: number): number {
  let from = 0
  let to = times.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((times[middle] as number) < ms) from = middle + 1
    else to = middle
  }
  return from
}
