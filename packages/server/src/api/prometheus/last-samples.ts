import type { Matcher } from '@girok/query/promql'
import type { LabelSet } from '../../model/labels.ts'
import { bitsOf, isStaleMarker } from '../../model/sample-batch.ts'
import { startBreathing } from '../../query/run/breathe.ts'
import { selectSeries } from '../../query/samples/select.ts'
import type { IndexedStream, LogStore } from '../../store/store.ts'

/** Series that any of the selectors matches, each once. */
export function seriesOfSelectors(
  store: LogStore,
  tenant: string,
  range: { readonly startMs: number; readonly endMs: number },
  selectors: readonly (readonly Matcher[])[],
): IndexedStream[] {
  const found = new Map<string, IndexedStream>()
  for (const matchers of selectors) {
    for (const series of selectSeries(store.samples.series, tenant, range, { matchers })) found.set(series.id, series)
  }
  return [...found.values()]
}

export interface LastSample {
  readonly labels: LabelSet
  readonly timeMs: number
  readonly value: number
}

/** The newest sample of each series in (nowMs - lookbackMs, nowMs]; none of those that have ended. Throws `limit_exceeded`. */
export async function lastSamples(
  store: LogStore,
  selectors: readonly (readonly Matcher[])[],
  {
    tenant,
    nowMs,
    lookbackMs,
    ...bounds
  }: {
    readonly tenant: string
    readonly nowMs: number
    readonly lookbackMs: number
    readonly timeoutMs: number
    readonly maxSamples: number
    readonly signal: AbortSignal
  },
): Promise<LastSample[]> {
  const range = { startMs: nowMs - lookbackMs + 1, endMs: nowMs }
  const series = new Map(seriesOfSelectors(store, tenant, range, selectors).map((one) => [one.id, one.labels]))
  const found: LastSample[] = []
  const breathe = startBreathing()
  for await (const { id, times, values } of store.samples.stream({
    tenant,
    ids: [...series.keys()],
    ...range,
    ...bounds,
  })) {
    const pause = breathe()
    if (pause !== undefined) await pause
    const last = times.length - 1
    const labels = series.get(id)
    if (last < 0 || labels === undefined || isStaleMarker(bitsOf(values), last)) continue
    found.push({ labels, timeMs: times[last] as number, value: values[last] as number })
  }
  return found
}
