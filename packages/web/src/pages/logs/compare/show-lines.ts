import { isoOf } from '../../../time/range.ts'
import { change, draft, logs } from '../model/explorer.ts'
import type { Comparison } from './compare-data.ts'

/** Shows the lines of a query in one of the two ranges: the address keeps that range, so that back returns here. */
export function showLinesIn(
  which: 'now' | 'base',
  comparison: Comparison,
  rewriteQuery: (query: string) => string,
): void {
  const query = rewriteQuery(logs.peek().query)
  const { from, to } = comparison.base
  draft.value = query
  change({
    query,
    view: 'logs',
    at: undefined,
    ...(which === 'base' ? { from: isoOf(from), to: isoOf(to) } : {}),
  })
}
