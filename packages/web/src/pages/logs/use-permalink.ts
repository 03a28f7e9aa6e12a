import { useEffect } from 'preact/hooks'
import { activeRow, logs, search } from './model/explorer.ts'
import { entryHash } from './model/page-merge.ts'

/** Opens the record that the address points at, and marks its row. */
export function usePermalink(): void {
  const { at, query } = logs.value
  const key = at === undefined ? '' : `${at.ts}-${at.hash}`
  useEffect(() => {
    if (at === undefined) return
    const abort = new AbortController()
    void import('./permalink.ts').then(({ openPermalink }) => openPermalink(at, query, abort.signal))
    return () => abort.abort()
  }, [key])

  // The row is marked as well when it is among those loaded.
  const version = search.version.value
  useEffect(() => {
    if (at === undefined || version === 0) return
    const row = search.rows.findIndex((entry) => entry.ts === at.ts && entryHash(entry) === at.hash)
    if (row >= 0 && activeRow.peek() === undefined) activeRow.value = row
  }, [key, version])
}
