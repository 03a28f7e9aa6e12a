import { GirokError } from '../../model/errors.ts'
import type { JournalEntry } from '../../store/journal/journal-store.ts'
import { parseTime } from '../prometheus/params.ts'
import type { ApiContext } from '../route.ts'

/** Entries of one answer where the caller names no number, and at most. */
const DEFAULT_ENTRIES = 500
const MOST_ENTRIES = 10_000
const HOUR_MS = 3_600_000

/**
 * Entries of a kind, newest first, by `start`, `end` (seconds or RFC 3339; default: the last hour) and `limit`, each with
 * its body as it was written.
 */
export async function journalPage<T>(
  { store, now }: Pick<ApiContext, 'store' | 'now'>,
  tenant: string,
  kind: string,
  subject: string | undefined,
  params: URLSearchParams,
): Promise<(Pick<JournalEntry, 'subject'> & { readonly at: string; readonly body: T })[]> {
  const end = params.get('end')
  const start = params.get('start')
  const toMs = end ? parseTime(end, 'end') : now()
  const fromMs = start ? parseTime(start, 'start') : toMs - HOUR_MS
  if (fromMs > toMs) throw new GirokError('bad_request', 'end is before start')
  const entries = await store.journal.read(tenant, {
    kind,
    ...(subject !== undefined && { subjects: [subject] }),
    fromMs,
    // What happened at `end` belongs to the answer.
    toMs: toMs + 1,
    limit: limitOf(params.get('limit')),
    order: 'newest-first',
  })
  return entries.map((entry) => ({
    subject: entry.subject,
    at: new Date(entry.timeMs).toISOString(),
    body: JSON.parse(entry.body) as T,
  }))
}

function limitOf(text: string | null): number {
  if (text === null || text === '') return DEFAULT_ENTRIES
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0 && limit <= MOST_ENTRIES) return limit
  throw new GirokError('bad_request', `limit must be a whole number from 1 to ${MOST_ENTRIES}`)
}
