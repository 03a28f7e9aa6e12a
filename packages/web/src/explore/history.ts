/** A query that was run in this browser, with the time that it was last run for. */
export interface PastQuery {
  readonly query: string
  /** As in the address: `now-1h`, `now`, RFC 3339. */
  readonly from: string
  readonly to: string
  /** Unix milliseconds of the last run. */
  readonly at: number
}

export const mostEntries = 200
/** A query longer than this was made by a program: it would take the room of all others. */
const longestQuery = 8_192

/** History with a run added at the front; the same query is there once, with its newest time and range. */
export function withRun(history: readonly PastQuery[], run: PastQuery): readonly PastQuery[] {
  const query = run.query.trim()
  if (query === '' || query.length > longestQuery) return history
  return [{ ...run, query }, ...history.filter((one) => one.query !== query)].slice(0, mostEntries)
}

/** Reads what was stored; what is no entry is left out. */
export function readHistory(text: string | null): readonly PastQuery[] {
  let list: unknown
  try {
    list = JSON.parse(text ?? '[]')
  } catch {
    return []
  }
  if (!Array.isArray(list)) return []
  const isEntry = (one: Partial<PastQuery> | null): one is PastQuery =>
    typeof one?.query === 'string' &&
    typeof one.from === 'string' &&
    typeof one.to === 'string' &&
    typeof one.at === 'number' &&
    Number.isFinite(one.at)
  return list.filter(isEntry).slice(0, mostEntries)
}

/** Those that hold every word, whatever its case. */
export function searched<T>(list: readonly T[], words: string, textOf: (one: T) => string): readonly T[] {
  const wanted = words.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return list
  return list.filter((one) => {
    const text = textOf(one).normalize('NFC').toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}
