import type { Series } from '../../../api/loki.ts'
import type { RangeNs } from '../../../time/range.ts'
import { type Level, levelOfName, levels } from './level.ts'

export interface Bucket {
  /** Unix milliseconds; the end is exclusive. */
  readonly start: number
  readonly end: number
  readonly counts: Readonly<Partial<Record<Level, number>>>
  readonly total: number
}

export interface Volume {
  readonly buckets: readonly Bucket[]
  readonly stepMs: number
  readonly total: number
  /** False when the first or last bucket reaches beyond the range, so that `total` may count a few lines too many. */
  readonly exact: boolean
}

/** Buckets of a range from series whose points stand at the end of their buckets. */
export function bucketsOf(series: readonly Series[], range: RangeNs, stepMs: number): Volume {
  const from = Number(range.from / 1_000_000n)
  const to = Number((range.to + 999_999n) / 1_000_000n)
  const first = Math.floor(from / stepMs) * stepMs
  const count = Math.max(1, Math.ceil((to - first) / stepMs))
  const counts: Partial<Record<Level, number>>[] = Array.from({ length: count }, () => ({}))
  for (const { metric, values } of series) {
    const level = levelOfName(metric.detected_level ?? '')
    for (const [seconds, text] of values) {
      const bucket = counts[Math.round((seconds * 1000 - first) / stepMs) - 1]
      if (bucket !== undefined) bucket[level] = (bucket[level] ?? 0) + Number(text)
    }
  }
  const buckets = counts.map((one, index) => ({
    start: first + index * stepMs,
    end: first + (index + 1) * stepMs,
    counts: one,
    total: levels.reduce((sum, level) => sum + (one[level] ?? 0), 0),
  }))
  const total = buckets.reduce((sum, bucket) => sum + bucket.total, 0)
  const lowEdge = from === first || buckets[0]?.total === 0
  const highEdge = to === first + count * stepMs || buckets.at(-1)?.total === 0
  return { buckets, stepMs, total, exact: lowEdge && highEdge }
}
