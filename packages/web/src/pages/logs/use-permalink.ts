import { useEffect } from 'preact/hooks'
import type { Entry } from '../../api/entry.ts'
import { fetchLogs } from '../../api/loki.ts'
import { toast } from '../../components/toast.tsx'
import { urlOf } from '../../shell/base.ts'
import { t } from '../../shell/i18n.ts'
import { isoOf } from '../../time/range.ts'
import { activeRow, logs, opened, range, search } from './model/explorer.ts'
import { entryHash } from './model/page-merge.ts'
import { selectorOf } from './query/rewrite.ts'
import { writeState } from './url-state.ts'

/** Address of one record with the range frozen: it shows the same next month. */
export function permalinkOf(entry: Entry): string {
  const state = logs.peek()
  const shown = range.peek()
  const ns = BigInt(entry.ts)
  const fiveMinutes = 300_000_000_000n
  const inside = shown !== undefined && !state.live && shown.from <= ns && ns < shown.to
  const [from, to] = inside ? [shown.from, shown.to] : [ns - fiveMinutes, ns + fiveMinutes]
  const frozen = {
    ...state,
    live: false,
    from: isoOf(from),
    to: isoOf(to),
    at: { ts: entry.ts, hash: entryHash(entry) },
  }
  return window.location.origin + urlOf('/logs') + writeState(frozen)
}

/** Opens the record that the address points at: one small query finds it wherever it lies in the range. */
export function usePermalink(): void {
  const { at, query } = logs.value
  const key = at === undefined ? '' : `${at.ts}-${at.hash}`
  useEffect(() => {
    if (at === undefined) return
    const abort = new AbortController()
    const start = BigInt(at.ts)
    const find = async (): Promise<void> => {
      for (const text of [query, selectorOf(query)]) {
        const request = { query: text, start, end: start + 1n, limit: 1000, direction: 'forward' as const }
        const { entries } = await fetchLogs(request, abort.signal)
        const found = entries.find((entry) => entryHash(entry) === at.hash) ?? entries[0]
        if (found === undefined) continue
        opened.value = found
        return
      }
      toast(t('panel.gone'))
    }
    find().catch((error: unknown) => {
      if (!abort.signal.aborted) toast(error instanceof Error ? error.message : String(error))
    })
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
