import type { Labels } from '@girok/query'
import type { LabelSet } from '../../model/labels.ts'
import type { SampleStore } from '../../store/samples/sample-store.ts'
import { type SelectedSeries, selectSeries } from '../samples/select.ts'
import type { PromSeriesRequest } from './prom-engine.ts'

/** Label sets of series, sorted by their labels, each once. */
export function seriesOf(store: SampleStore, request: PromSeriesRequest): readonly Labels[] {
  const sets = [...selected(store, request)].map(({ labels }) => labels as LabelSet)
  return limited(sets.sort(compareLabels), request.limit)
}

/** Sorted names of labels. */
export function labelNames(store: SampleStore, request: PromSeriesRequest): readonly string[] {
  const names = new Set<string>()
  for (const { labels } of selected(store, request)) for (const name of labels.keys()) names.add(name)
  return limited([...names].sort(compareTexts), request.limit)
}

/** Sorted values of a label. */
export function labelValues(
  store: SampleStore,
  request: PromSeriesRequest & { readonly name: string },
): readonly string[] {
  const values = new Set<string>()
  for (const { labels } of selected(store, request)) {
    const value = labels.get(request.name)
    if (value !== undefined) values.add(value)
  }
  return limited([...values].sort(compareTexts), request.limit)
}

/** Each series once, however many of the selectors it fits. */
function selected(store: SampleStore, { tenant, matchers, ...range }: PromSeriesRequest): Iterable<SelectedSeries> {
  const selectors = matchers.length === 0 ? [[]] : matchers
  const found = selectors.map((one) => selectSeries(store.series, tenant, range, { matchers: one }))
  if (found.length === 1) return found[0] as SelectedSeries[]
  return new Map(found.flat().map((series) => [series.id, series])).values()
}

function limited<T>(all: readonly T[], limit: number | undefined): readonly T[] {
  return limit !== undefined && limit > 0 ? all.slice(0, limit) : all
}

/** By names and values in turn, as Prometheus orders series. */
function compareLabels(a: LabelSet, b: LabelSet): number {
  const others = b.entries()
  for (const [name, value] of a) {
    const other = others.next().value
    if (other === undefined) return 1
    const order = compareTexts(name, other[0]) || compareTexts(value, other[1])
    if (order !== 0) return order
  }
  return others.next().done === true ? 0 : -1
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
