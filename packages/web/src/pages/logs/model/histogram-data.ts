import { signal } from '@preact/signals'
import { isAbort } from '../../../api/error.ts'
import { fetchMatrix } from '../../../api/loki.ts'
import { type RangeNs, stepFor } from '../../../time/range.ts'
import { countByLevel } from '../query/rewrite.ts'
import { bucketsOf, type Volume } from './buckets.ts'

/** The counts behind the histogram of a search. */
export class HistogramData {
  readonly volume = signal<Volume | undefined>(undefined)
  readonly loading = signal(false)
  readonly failed = signal('')
  #abort: AbortController | undefined

  async load(query: string, range: RangeNs, buckets: number): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading.value = true
    const stepMs = stepFor(range, buckets)
    const first = Math.floor(Number(range.from / 1_000_000n) / stepMs) * stepMs
    const end = Math.ceil(Number(range.to / 1_000_000n) / stepMs) * stepMs
    try {
      const series = await fetchMatrix(countByLevel(query, stepMs), first + stepMs, end, stepMs, abort.signal)
      if (this.#abort !== abort) return
      this.volume.value = bucketsOf(series, range, stepMs)
      this.failed.value = ''
    } catch (error) {
      if (this.#abort !== abort || isAbort(error)) return
      this.failed.value = error instanceof Error ? error.message : String(error)
      this.volume.value = undefined
    }
    this.loading.value = false
  }

  clear(): void {
    this.#abort?.abort()
    this.#abort = undefined
    this.volume.value = undefined
    this.loading.value = false
    this.failed.value = ''
  }
}
