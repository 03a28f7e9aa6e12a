import { signal } from '@preact/signals'
import { ApiError, isAbort } from '../../../api/error.ts'
import { fetchMatrix, type Series } from '../../../api/loki.ts'
import { type RangeNs, stepFor } from '../../../time/range.ts'

export interface MetricAnswer {
  readonly query: string
  readonly series: readonly Series[]
  /** First and last point, Unix milliseconds, both on a step. */
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

/** The answer of a metric query, when the box holds one. */
export class MetricData {
  readonly answer = signal<MetricAnswer | undefined>(undefined)
  readonly loading = signal(false)
  readonly error = signal<ApiError | undefined>(undefined)
  /** When the calculation under way began, by `performance.now`. */
  readonly startedMs = signal(0)
  #abort: AbortController | undefined

  async load(query: string, range: RangeNs): Promise<void> {
    this.cancel()
    const abort = new AbortController()
    this.#abort = abort
    this.startedMs.value = performance.now()
    this.loading.value = true
    this.error.value = undefined
    const stepMs = Math.max(1000, stepFor(range, 240))
    const start = Math.floor(Number(range.from / 1_000_000n) / stepMs) * stepMs
    const end = Math.ceil(Number(range.to / 1_000_000n) / stepMs) * stepMs
    try {
      const series = await fetchMatrix(query, start, end, stepMs, abort.signal)
      if (this.#abort !== abort) return
      this.answer.value = { query, series, startMs: start, endMs: end, stepMs }
    } catch (error) {
      if (this.#abort !== abort || isAbort(error)) return
      this.error.value = error instanceof ApiError ? error : new ApiError(0, String(error))
      this.answer.value = undefined
    }
    this.loading.value = false
  }

  cancel(): void {
    this.#abort?.abort()
    this.#abort = undefined
    this.loading.value = false
  }

  clear(): void {
    this.cancel()
    this.answer.value = undefined
    this.error.value = undefined
  }
}
