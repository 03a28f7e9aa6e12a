import { signal } from '@preact/signals'
import { ApiError, isAbort } from '../api/error.ts'

/** The newest of a row of questions to the server: a new one cancels the one before, and the last answer stays until then. */
export class Latest<T> {
  readonly answer = signal<T | undefined>(undefined)
  readonly loading = signal(false)
  readonly error = signal<ApiError | undefined>(undefined)
  /** When the question under way was asked, on the clock of `performance.now()`. */
  readonly startedMs = signal(0)
  /** True when the last question was cancelled before its answer. */
  readonly cancelled = signal(false)
  readonly #keep: boolean
  #abort: AbortController | undefined

  /** `keep`: the last good answer stays on screen when a later question fails. */
  constructor(keep = false) {
    this.#keep = keep
  }

  async ask(fetch: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.startedMs.value = performance.now()
    this.loading.value = true
    this.cancelled.value = false
    this.error.value = undefined
    try {
      const answer = await fetch(abort.signal)
      if (this.#abort !== abort) return
      this.answer.value = answer
    } catch (error) {
      if (this.#abort !== abort || isAbort(error)) return
      this.error.value = error instanceof ApiError ? error : new ApiError(0, String(error))
      if (!this.#keep) this.answer.value = undefined
    }
    this.loading.value = false
  }

  cancel(): void {
    this.#abort?.abort()
    this.#abort = undefined
    if (this.loading.peek()) this.cancelled.value = true
    this.loading.value = false
  }

  /** As if nothing had been asked. */
  clear(): void {
    this.cancel()
    this.answer.value = undefined
    this.error.value = undefined
    this.cancelled.value = false
  }
}
