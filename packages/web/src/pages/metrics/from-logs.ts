import type { Labels } from '../../api/entry.ts'
import { fetchLabelNames, fetchLabelValues } from '../../api/prometheus.ts'
import { selectorText } from '../../promql/selector-text.ts'

/** Where the metrics with labels of a log stream are listed; undefined when no series has any of them. */
export async function metricsPlace(
  labels: Labels,
  { from, to, zone }: { readonly from: string; readonly to: string; readonly zone: string },
  scope: { readonly startMs: number; readonly endMs: number },
): Promise<string | undefined> {
  const known = new Set(await fetchLabelNames(scope))
  const shared = await Promise.all(
    Object.entries(labels)
      .filter(([name]) => known.has(name))
      .map(async ([name, value]) => ({ name, value, found: (await fetchLabelValues(name, scope)).includes(value) })),
  )
  const matchers = shared.flatMap(({ name, value, found }) => (found ? [{ name, op: '=' as const, value }] : []))
  if (matchers.length === 0) return undefined
  const params = new URLSearchParams({ match: selectorText(undefined, matchers), from, to })
  if (zone !== 'local') params.set('tz', zone)
  return `?${params}`
}
