import type { Entry } from '../../api/entry.ts'
import { fetchLogs } from '../../api/loki.ts'
import { toast } from '../../components/toast.tsx'
import { urlOf } from '../../shell/base.ts'
import { t } from '../../shell/i18n.ts'
import { isoOf } from '../../time/range.ts'
import { logs, opened, range } from './model/explorer.ts'
import { entryHash } from './model/page-merge.ts'
import { selectorOf } from './query/rewrite.ts'
import { type LogsState, writeState } from './url-state.ts'

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
    view: 'logs' as const,
    from: isoOf(from),
    to: isoOf(to),
    at: { ts: entry.ts, hash: entryHash(entry) },
  }
  return window.location.origin + urlOf('/logs') + writeState(frozen)
}

/** Opens the record that an address points at: one small query finds it wherever it lies in the range. */
export async function openPermalink(
  at: NonNullable<LogsState['at']>,
  query: string,
  signal: AbortSignal,
): Promise<void> {
  const start = BigInt(at.ts)
  try {
    for (const text of [query, selectorOf(query)]) {
      const request = { query: text, start, end: start + 1n, limit: 1000, direction: 'forward' as const }
      const { entries } = await fetchLogs(request, signal)
      const found = entries.find((entry) => entryHash(entry) === at.hash) ?? entries[0]
      if (found === undefined) continue
      opened.value = found
      return
    }
    toast(t('panel.gone'))
  } catch (error) {
    if (!signal.aborted) toast(error instanceof Error ? error.message : String(error))
  }
}
