import { signal } from '@preact/signals'
import { defaultQuery } from '../url-state.ts'
import { type PastQuery, readHistory, withRun } from './history.ts'

const key = 'girok.history'

function stored(): readonly PastQuery[] {
  try {
    return readHistory(window.localStorage.getItem(key))
  } catch {
    return pastQueries.peek()
  }
}

/** What was run in this browser, newest first. */
export const pastQueries = signal<readonly PastQuery[]>([])
pastQueries.value = stored()

function keep(history: readonly PastQuery[]): void {
  pastQueries.value = history
  try {
    window.localStorage.setItem(key, JSON.stringify(history))
  } catch {
    // Private windows may refuse storage, and it may be full: the history then lasts as long as the page.
  }
}

window.addEventListener('storage', (event) => {
  if (event.key === key) pastQueries.value = readHistory(event.newValue)
})

/** Notes a run. What other tabs noted meanwhile stays. */
export function noteRun(query: string, from: string, to: string): void {
  if (query === defaultQuery) return
  keep(withRun(stored(), { query, from, to, at: Date.now() }))
}

export function forgetQuery(query: string): void {
  keep(stored().filter((one) => one.query !== query))
}

export function forgetAll(): void {
  keep([])
}
