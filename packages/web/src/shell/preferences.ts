import { type Signal, signal } from '@preact/signals'

/** A setting of this browser kept in localStorage; storage that is switched off or full only loses persistence. */
export function preference<T extends string>(name: string, fallback: T, allowed?: readonly T[]): Signal<T> {
  const key = `girok.${name}`
  let stored: string | null = null
  try {
    stored = window.localStorage.getItem(key)
  } catch {
    stored = null
  }
  const valid = stored !== null && (allowed === undefined || (allowed as readonly string[]).includes(stored))
  const state = signal<T>(valid ? (stored as T) : fallback)
  let first = true
  state.subscribe((value) => {
    if (first) {
      first = false
      return
    }
    try {
      window.localStorage.setItem(key, value)
    } catch {
      // Private windows may refuse storage: the setting then lasts as long as the page.
    }
  })
  return state
}
