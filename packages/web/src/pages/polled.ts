import { type Signal, signal } from '@preact/signals'
import { getJson } from '../api/client.ts'
import { ApiError, isAbort } from '../api/error.ts'
import { poll } from '../time/poll.ts'

/** What a page asks the server for again and again. */
export interface Polled<T> {
  /** The last good answer; undefined until the first. It stays while later requests fail. */
  readonly answer: Signal<T | undefined>
  /** Why the last request failed; '' when it did not. */
  readonly fault: Signal<string>
  /** Asks at once and `everyMs` after each answer while the tab is visible; answers what ends it. */
  start(): () => void
  /** Asks once more at once, as after a change. */
  askNow(): void
}

/** `heard` sees each answer after it is in place; what it waits for delays the next request. */
export function polled<T>(
  path: string,
  everyMs: number,
  heard: (answer: T, abort: AbortSignal) => unknown = () => undefined,
): Polled<T> {
  const answer = signal<T | undefined>(undefined)
  const fault = signal('')
  const ask = async (abort: AbortSignal): Promise<void> => {
    try {
      const response = await getJson<T>(path, { signal: abort })
      answer.value = response
      fault.value = ''
      await heard(response, abort)
    } catch (error) {
      if (!isAbort(error)) fault.value = wordsOfFault(error)
    }
  }
  return {
    answer,
    fault,
    start: () => poll(everyMs, ask),
    askNow: () => void ask(new AbortController().signal),
  }
}

/** Why a request failed, and what the server advises. */
export function wordsOfFault(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error)
  return error.hint === '' ? error.message : `${error.message}. ${error.hint}`
}
