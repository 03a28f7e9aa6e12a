import { fetchInstant, type PromInstantAnswer } from '../../api/prometheus.ts'
import { Latest } from '../../explore/latest.ts'

export interface InstantAnswer extends PromInstantAnswer {
  readonly query: string
  readonly timeMs: number
}

/** A query at one time. */
export class InstantData extends Latest<InstantAnswer> {
  constructor() {
    super(true)
  }

  load(query: string, timeMs: number): Promise<void> {
    return this.ask(async (signal) => ({ ...(await fetchInstant(query, timeMs, signal)), query, timeMs }))
  }
}
