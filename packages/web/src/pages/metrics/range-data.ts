import type { Series } from '../../api/loki.ts'
import { fetchRange, type PromNotes } from '../../api/prometheus.ts'
import { Latest } from '../../explore/latest.ts'

export interface RangeRequest {
  readonly query: string
  /** First and last point, Unix milliseconds, both on a step. */
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
  /** How much earlier the range lies that is compared with, in whole steps; 0: none is. */
  readonly shiftMs: number
}

export interface RangeAnswer extends RangeRequest, PromNotes {
  readonly series: readonly Series[]
  /** Of the earlier range, at its own times. */
  readonly earlier: readonly Series[]
}

/** A query over a range, and over an earlier one when they are compared. */
export class RangeData extends Latest<RangeAnswer> {
  constructor() {
    super(true)
  }

  load(request: RangeRequest): Promise<void> {
    const { query, startMs, endMs, stepMs, shiftMs } = request
    return this.ask(async (signal) => {
      const [now, earlier] = await Promise.all([
        fetchRange(query, startMs, endMs, stepMs, signal),
        shiftMs === 0 ? undefined : fetchRange(query, startMs - shiftMs, endMs - shiftMs, stepMs, signal),
      ])
      return { ...request, ...now, earlier: earlier?.series ?? [] }
    })
  }
}
