import type { JournalEntry, JournalStore } from '../journal/journal-store.ts'
import type { StateStore } from '../state/state-store.ts'

/** A state store without an engine. What it holds stays when whoever uses it is made anew, as after a crash. */
export function createMemoryState(now: () => number = Date.now): StateStore & {
  /** Entries by `kind` and key. */
  readonly entries: ReadonlyMap<string, string>
  /** Number of calls of `put`. */
  puts(): number
} {
  const entries = new Map<string, { body: string; updatedMs: number; expiresMs: number }>()
  let puts = 0
  const place = (tenant: string, kind: string): string => `${JSON.stringify([tenant, kind])} `
  return {
    get entries() {
      return new Map([...entries].map(([name, { body }]) => [name, body]))
    },
    puts: () => puts,
    async load(tenant, kind) {
      const prefix = place(tenant, kind)
      return [...entries]
        .filter(([name, { expiresMs }]) => name.startsWith(prefix) && expiresMs > now())
        .map(([name, { body, updatedMs }]) => ({ key: name.slice(prefix.length), body, updatedMs }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    },
    async put(tenant, kind, changes) {
      puts++
      for (const { key, body, expiresMs = Number.POSITIVE_INFINITY } of changes) {
        const name = place(tenant, kind) + key
        if (body === undefined) entries.delete(name)
        else entries.set(name, { body, updatedMs: now(), expiresMs })
      }
    },
  }
}

/** A journal without an engine. */
export function createMemoryJournal(): JournalStore & { readonly entries: readonly JournalEntry[] } {
  const all: { readonly tenant: string; readonly entry: JournalEntry }[] = []
  return {
    get entries() {
      return all.map(({ entry }) => entry)
    },
    async append(tenant, entries) {
      all.push(...entries.map((entry) => ({ tenant, entry })))
    },
    async read(tenant, { kind, subjects, fromMs, toMs, limit, order }) {
      const found = all
        .filter((one) => one.tenant === tenant)
        .map(({ entry }) => entry)
        .filter((entry) => entry.kind === kind && entry.timeMs >= fromMs && entry.timeMs < toMs)
        .filter(({ subject }) => subjects === undefined || subjects.includes(subject))
        .sort(
          (a, b) =>
            (order === 'newest-first' ? b.timeMs - a.timeMs : a.timeMs - b.timeMs) ||
            compareText(a.subject, b.subject) ||
            compareText(a.body, b.body),
        )
      return found.slice(0, limit)
    },
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
