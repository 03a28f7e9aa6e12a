import { fetchMatrix, type Series } from '../../../api/loki.ts'
import { Latest } from '../../../explore/latest.ts'
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
export class MetricData extends Latest<MetricAnswer> {
  load(query: string, range: RangeNs): Promise<void> {
    const stepMs = Math.max(1000, stepFor(range, 240))
    const startMs = Math.floor(Number(range.from / 1_000_000n) / stepMs) * stepMs
    const endMs = Math.ceil(Number(range.to / 1_000_000n) / stepMs) * stepMs
    return this.ask(async (signal) => {
      const series = await fetchMatrix(query, startMs, endMs, stepMs, signal)
      return { query, series, startMs, endMs, stepMs }
    })
  }
}
