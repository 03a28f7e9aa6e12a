import { QueryError } from '@girok/query'
import type { SampleSeries, SelectorData, SelectorRead, VectorSelector } from '@girok/query/promql'
import { byNumber } from '../../store/samples/reader.ts'
import type { SampleStore } from '../../store/samples/sample-store.ts'
import type { SampleSpan, SampleWindows } from '../../store/samples/statement.ts'
import type { Run } from '../run/runs.ts'
import { type SelectedSeries, selectSeries } from '../samples/select.ts'

/** What a selector of a query reads, and the series that it matches. */
export interface SelectedRead {
  readonly read: SelectorRead
  readonly series: readonly SelectedSeries[]
  /** The only samples of the range that it needs; default: all. */
  readonly windows?: SampleWindows | undefined
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

/** Finds the series of each selector in the index. Selectors with equal matchers and ranges are looked up once. */
export function selectReads(store: SampleStore, tenant: string, reads: readonly SelectorRead[]): SelectedRead[] {
  const known = new Map<string, SelectedSeries[]>()
  return reads.map((read) => {
    const { startMs, endMs } = spanOf(read)
    const key = JSON.stringify([read.selector.matchers.map(({ name, op, value }) => [name, op, value]), startMs, endMs])
    let series: SelectedSeries[] | undefined = known.get(key)
    if (series === undefined) {
      series = endMs < startMs ? [] : selectSeries(store.series, tenant, { startMs, endMs }, read.selector)
      // As the store gives them: sums are then the same to the last bit, however the samples come to be evaluated.
      series = series.sort((a, b) => byNumber(a.id, b.id))
      known.set(key, series)
    }
    return { read, series }
  })
}

/**
 * What has to be asked of the store. A series that several selectors ask for is read once, over the union of their ranges
 * where those overlap.
 */
export function storeReads(selected: readonly SelectedRead[]): readonly SampleSpan[] {
  const bySeries = new Map<string, { tenant: string; spans: Span[]; windows: SampleWindows | undefined }>()
  for (const { read, series, windows } of selected) {
    const span = spanOf(read)
    for (const { id, tenant } of series) {
      const known = bySeries.get(id)
      if (known === undefined) bySeries.set(id, { tenant, spans: [span], windows })
      else {
        known.spans.push(span)
        if (windows === undefined || !sameWindows(known.windows, windows)) known.windows = undefined
      }
    }
  }
  const reads = new Map<string, Omit<SampleSpan, 'ids'> & { readonly ids: string[] }>()
  for (const [id, { tenant, spans, windows }] of bySeries) {
    for (const span of united(spans)) {
      const key = `${tenant} ${span.startMs} ${span.endMs} ${windows?.endMs} ${windows?.windowMs}`
      const known = reads.get(key)
      if (known === undefined) reads.set(key, { tenant, ids: [id], ...span, ...(windows && { windows }) })
      else known.ids.push(id)
    }
  }
  return [...reads.values()]
}

/**
 * Reads the samples of all selectors; throws an evaluate-phase QueryError for more than `maxSamples`. The columns of a
 * series that several selectors ask for are views of the same memory.
 *
 * @param reads cover all that the selectors need
 */
export async function loadSamples(
  store: SampleStore,
  selected: readonly SelectedRead[],
  maxSamples: number,
  run: Run,
  reads: readonly SampleSpan[] = storeReads(selected),
): Promise<SelectorData> {
  const loaded = new Map<string, LoadedSpan[]>()
  let samples = 0
  for (const read of reads) {
    for await (const { id, times, values } of streamSamples(store, read, maxSamples - samples, run)) {
      samples += times.length
      const span = { startMs: read.startMs, endMs: read.endMs, times, values }
      const spans = loaded.get(id)
      if (spans === undefined) loaded.set(id, [span])
      else spans.push(span)
    }
  }
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
    await run.breathe()
  }
  return data
}

/** Reads series one after the other, giving way to others in between. */
export async function* streamSamples(
  store: SampleStore,
  span: SampleSpan,
  maxSamples: number,
  run: Run,
): ReturnType<SampleStore['stream']> {
  const found = store.stream({
    ...span,
    timeoutMs: run.remainingMs(),
    signal: run.signal,
    lane: run.lane,
    maxSamples,
    whenTooMany: tooManySamples,
  })
  for await (const series of found) {
    run.countRead(series.times.length, 16 * series.times.length)
    yield series
    const pause = run.breathe()
    if (pause !== undefined) await pause
  }
}

/** Prometheus' text. */
export function tooManySamples(): QueryError {
  return new QueryError('query processing would load too many samples into memory in query execution', 0, 0, 'evaluate')
}

/** The whole milliseconds of `startMs < time ≤ endMs` from 1970 on. */
export function spanOf({ startMs, endMs }: SelectorRead): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Math.max(0, Math.floor(startMs) + 1), endMs: Math.floor(endMs) }
}

function sameWindows(a: SampleWindows | undefined, b: SampleWindows): boolean {
  return a !== undefined && a.endMs === b.endMs && a.windowMs === b.windowMs && a.everyMs === b.everyMs
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
