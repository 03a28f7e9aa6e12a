import type { PanelQuery } from '@girok/server/contract'
import { isoOf, type RangeNs } from '../../../time/range.ts'
import { address } from '../model/dashboard-state.ts'

/** Where queries of each language are explored. */
export const explorePaths: Readonly<Record<PanelQuery['language'], string>> = {
  promql: '/explore/metrics',
  logql: '/logs',
}

/** The query string of a page that explores: the query, the range with fixed ends, the zone. */
export function exploreSearch(query: string, range: RangeNs): string {
  const params = new URLSearchParams({ q: query, from: isoOf(range.from), to: isoOf(range.to) })
  const { zone } = address.peek()
  if (zone !== 'local') params.set('tz', zone)
  return `?${params}`
}
