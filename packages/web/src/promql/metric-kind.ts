import type { MetricMeta } from '../api/prometheus.ts'
import { selectorText } from './selector-text.ts'

/** Endings that the parts of a histogram or summary, and counters, have behind the name that they were told by. */
const endings = /_(?:bucket|count|sum|total|created)$/

/** What was told of a metric: under its name, or under the name that it is a part of. */
export function metaOf(name: string, meta: ReadonlyMap<string, MetricMeta>): MetricMeta | undefined {
  return meta.get(name) ?? meta.get(name.replace(endings, ''))
}

/** How the values of a metric go: rising counts, counts of buckets by their bound, or values that go up and down. */
export type MetricKind = 'counter' | 'buckets' | 'gauge'

/** The kind by what was told of it, else by the ending of its name. */
export function kindOf(name: string, meta: MetricMeta | undefined): MetricKind {
  const parts = meta?.type === 'histogram' || meta?.type === 'summary' || meta === undefined || meta.type === 'unknown'
  if (parts && name.endsWith('_bucket')) return 'buckets'
  if (parts && /_(?:count|sum|total)$/.test(name)) return 'counter'
  return meta?.type === 'counter' ? 'counter' : 'gauge'
}

/** A query to look at a metric with: what most people would ask of its kind first. */
export function firstQuery(name: string, meta: MetricMeta | undefined): string {
  const selector = selectorText(name, [])
  switch (kindOf(name, meta)) {
    case 'buckets':
      return `histogram_quantile(0.95, sum by (le) (rate(${selector}[5m])))`
    case 'counter':
      return `rate(${selector}[5m])`
    case 'gauge':
      return selector
  }
}
