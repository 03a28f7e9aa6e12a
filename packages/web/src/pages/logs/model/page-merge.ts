import type { Entry, Labels } from '../../../api/entry.ts'

/** Text that two answers of the server spell alike for the same record. */
export function identity(entry: Entry): string {
  return `${entry.ts} ${labelsText(entry.labels)} ${labelsText(entry.meta)} ${entry.line}`
}

const texts = new WeakMap<Labels, string>()

/** Labels as one text, whatever the order of their keys. */
export function labelsText(labels: Labels): string {
  let text = texts.get(labels)
  if (text === undefined) {
    text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
    texts.set(labels, text)
  }
  return text
}

/**
 * The records of a page that are not yet in the list. The page begins at the time of the last record of the list,
 * because more records of that very nanosecond may follow; those already there are taken off by number, so that true
 * duplicates (equal in everything) stay as many as they are.
 */
export function newEntries(list: readonly Entry[], page: readonly Entry[]): Entry[] {
  const last = list.at(-1)
  if (last === undefined) return [...page]
  const known = new Map<string, number>()
  for (let i = list.length - 1; i >= 0; i -= 1) {
    const entry = list[i] as Entry
    if (entry.ts !== last.ts) break
    const key = identity(entry)
    known.set(key, (known.get(key) ?? 0) + 1)
  }
  const fresh: Entry[] = []
  for (const entry of page) {
    if (entry.ts === last.ts) {
      const key = identity(entry)
      const count = known.get(key) ?? 0
      if (count > 0) {
        known.set(key, count - 1)
        continue
      }
    }
    fresh.push(entry)
  }
  return fresh
}

/** Short name of a record for permalinks: with its time it picks the record among those of that nanosecond. */
export function entryHash(entry: Entry): string {
  // FNV-1a in 32 bits: enough to tell apart the few records of one nanosecond.
  let hash = 0x811c9dc5
  const text = `${labelsText(entry.labels)} ${entry.line}`
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}
