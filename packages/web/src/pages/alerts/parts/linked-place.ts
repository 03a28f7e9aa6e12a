import { readMatchers } from './matcher-text.ts'
import { matcherSearch } from './silence-place.ts'

/**
 * Where an address leads that links of Alertmanager's kind come to: `/alerts?filter={…}`, `/alerts/silences/new?filter={…}`
 * and `/alerts/silences/ID`. Path and query string; undefined for an address of these pages themselves.
 */
export function placeOfLink(
  path: string,
  params: URLSearchParams,
): readonly [path: string, search: string] | undefined {
  const filter = params.get('filter') ?? ''
  const silence = /^\/alerts\/silences\/([^/]+)$/.exec(path)?.[1]
  if (silence === 'new') return ['/alerts/silences', matcherSearch(readMatchers(filter))]
  if (silence !== undefined) return ['/alerts/silences', `?id=${silence}`]
  if (path !== '/alerts' || filter === '') return undefined
  // Rules are looked for by words: other matchers than `=` have none.
  const words = readMatchers(filter).flatMap(({ name, op, value }) => (op === '=' ? [`${name}=${value}`] : []))
  const receiver = params.get('receiver')
  const search = new URLSearchParams({ q: words.join(' '), ...(receiver === null ? {} : { receiver }) })
  return ['/alerts', `?${search}`]
}
