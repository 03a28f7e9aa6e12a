import { tokenizeForHighlight } from '@girok/query'

/** The first `{…} | stages` of a query, broken or not: the lines that a grouping speaks of. '' when there is none. */
export function groupedPart(query: string): string {
  const tokens = tokenizeForHighlight(query)
  const open = tokens.findIndex(({ start, end }) => query.slice(start, end) === '{')
  const first = tokens[open]
  if (first === undefined) return ''
  const end = tokens.slice(open).find(({ kind }) => kind === 'range')?.start ?? query.length
  return query.slice(first.start, end).trim()
}
