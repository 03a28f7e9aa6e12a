import { type ReadonlySignal, signal } from '@preact/signals'
import { type PastQuery, readHistory, withRun } from './history.ts'

/** What was run in this browser in one language, newest first. */
export interface QueryHistory {
  readonly past: ReadonlySignal<readonly PastQuery[]>
  /** Notes a run. What other tabs noted meanwhile stays. */
  note(query: string, from: string, to: string): void
  forget(query: string): void
  forgetAll(): void
}

/** The history kept in localStorage under a key; storage that is switched off or full only loses persistence. */
export function queryHistory(key: string): QueryHistory {
  const past = signal<readonly PastQuery[]>([])
  const stored = (): readonly PastQuery[] => {
    try {
      return readHistory(window.localStorage.getItem(key))
    } catch {
      return past.peek()
    }
  }
  const keep = (history: readonly PastQuery[]): void => {
    past.value = history
    try {
      window.localStorage.setItem(key, JSON.stringify(history))
    } catch {
      // Private windows may refuse storage, and it may be full: the history then lasts as long as the page.
    }
  }
  past.value = stored()
  window.addEventListener('storage', (event) => {
    if (event.key === key) past.value = readHistory(event.newValue)
  })
  return {
    past,
    note: (query, from, to) => keep(withRun(stored(), { query, from, to, at: Date.now() })),
    forget: (query) => keep(stored().filter((one) => one.query !== query)),
    forgetAll: () => keep([]),
  }
}
