import { GirokError } from '../../model/errors.ts'
import type { JournalEntry, JournalStore } from '../../store/journal/journal-store.ts'
import { parseTime } from '../prometheus/params.ts'
import type { ApiContext } from '../route.ts'
import { type JournalCursor, parseCursor, past, printCursor } from './journal-cursor.ts'

/** Entries of one answer where the caller names no number, and at most. */
const DEFAULT_ENTRIES = 500
const MOST_ENTRIES = 10_000
/** Entries that one answer looks at in search of those that are wanted; what is left is for the next. */
const MOST_SEARCHED = 20_000
const SEARCHED_AT_ONCE = 2_000
const HOUR_MS = 3_600_000
/** How much longer the time looked at becomes while it held too little: whoever asks for all seldom needs to read all. */
const WIDER = 16

/** What of a kind of entries a page is made of. */
export interface JournalSelection<T> {
  readonly kind: string
  /** Undefined: all. */
  readonly subject: string | undefined
  /** Undefined: all. */
  readonly wanted?: ((body: T, subject: string) => boolean) | undefined
}

export interface FoundEntry<T> extends Pick<JournalEntry, 'subject'> {
  /** ISO 8601 */
  readonly at: string
  readonly body: T
}

export interface JournalPage<T> {
  readonly entries: readonly FoundEntry<T>[]
  /** The value of `before` for the entries that follow; undefined: these are all. */
  readonly older: string | undefined
}

/**
 * Entries of a kind, newest first, by `start`, `end` (seconds or RFC 3339; default: the last hour), `before` (where an
 * earlier page ended) and `limit`, each with its body as it was written.
 * @throws GirokError `bad_request`
 */
export async function journalPage<T>(
  { store, now }: Pick<ApiContext, 'store' | 'now'>,
  tenant: string,
  selection: JournalSelection<T>,
  params: URLSearchParams,
): Promise<JournalPage<T>> {
  const [start, end, before] = ['start', 'end', 'before'].map((name) => params.get(name) ?? '')
  const lastMs = end ? parseTime(end, 'end') : now()
  const fromMs = start ? parseTime(start, 'start') : lastMs - HOUR_MS
  if (fromMs > lastMs) throw new GirokError('bad_request', 'end is before start')
  // What happened at `end` belongs to the answer.
  const newest = { timeMs: lastMs, skip: 0 }
  const cursor = before ? parseCursor(before) : newest
  const from = cursor.timeMs > lastMs ? newest : cursor
  const limit = limitOf(params.get('limit'))
  return collect(store.journal, tenant, selection, { fromMs, from, limit })
}

async function collect<T>(
  journal: JournalStore,
  tenant: string,
  { kind, subject, wanted }: JournalSelection<T>,
  { fromMs, from, limit }: { readonly fromMs: number; readonly from: JournalCursor; readonly limit: number },
): Promise<JournalPage<T>> {
  const entries: FoundEntry<T>[] = []
  let at = from
  let searched = 0
  for (let spanMs = HOUR_MS; at.timeMs >= fromMs; ) {
    // One more than fits tells whether there are older ones.
    const most = at.skip + (wanted === undefined ? limit + 1 - entries.length : SEARCHED_AT_ONCE)
    const sinceMs = Math.max(fromMs, at.timeMs - spanMs)
    const read = await journal.read(tenant, {
      kind,
      ...(subject !== undefined && { subjects: [subject] }),
      fromMs: sinceMs,
      toMs: at.timeMs + 1,
      limit: most,
      order: 'newest-first',
    })
    for (const entry of read.slice(at.skip)) {
      const body = JSON.parse(entry.body) as T
      if (wanted === undefined || wanted(body, entry.subject)) {
        if (entries.length === limit) return { entries, older: printCursor(at) }
        entries.push({ subject: entry.subject, at: new Date(entry.timeMs).toISOString(), body })
      }
      at = past(at, entry.timeMs)
      searched += 1
    }
    if (searched >= MOST_SEARCHED && wanted !== undefined) return { entries, older: printCursor(at) }
    if (read.length < most) {
      at = { timeMs: sinceMs - 1, skip: 0 }
      spanMs *= WIDER
    }
  }
  return { entries, older: undefined }
}

function limitOf(text: string | null): number {
  if (text === null || text === '') return DEFAULT_ENTRIES
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0 && limit <= MOST_ENTRIES) return limit
  throw new GirokError('bad_request', `limit must be a whole number from 1 to ${MOST_ENTRIES}`)
}
