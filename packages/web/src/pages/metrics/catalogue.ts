import { signal } from '@preact/signals'
import { fetchMetadata, fetchMetricNames, type MetricMeta } from '../../api/prometheus.ts'
import { Latest } from '../../explore/latest.ts'
import type { RangeNs } from '../../time/range.ts'

/** Names that the list holds at most: the search reaches those beyond. */
export const mostNames = 10_000

/** What is told of metrics seldom changes, and a new answer draws charts anew. */
const metaFreshMs = 60_000

export interface Names {
  readonly names: readonly string[]
  readonly startMs: number
  readonly endMs: number
  readonly match: string
  /** True when no sample of any metric is stored, whatever its time; known only where `names` is empty. */
  readonly never: boolean
}

/** Names of the metrics that have samples in the range, and what is known of each. */
export class Catalogue extends Latest<Names> {
  readonly search = signal('')
  readonly meta = new Latest<ReadonlyMap<string, MetricMeta>>(true)

  #toldMs = 0

  constructor() {
    super(true)
  }

  load(range: RangeNs, match: string): void {
    const startMs = Number(range.from / 1_000_000n)
    const endMs = Number(range.to / 1_000_000n)
    void this.ask(async (abort) => {
      const scope = { startMs, endMs, match: match === '' ? undefined : match, limit: mostNames }
      const names = await fetchMetricNames(scope, abort)
      const ever =
        names.length > 0 || (await fetchMetricNames({ startMs: 0, endMs: Date.now(), limit: 1 }, abort)).length > 0
      return { names, startMs, endMs, match, never: !ever }
    })
    if (Date.now() - this.#toldMs < metaFreshMs && this.meta.answer.peek() !== undefined) return
    this.#toldMs = Date.now()
    void this.meta.ask((abort) => fetchMetadata(undefined, abort))
  }

  override cancel(): void {
    super.cancel()
    this.meta.cancel()
  }
}
