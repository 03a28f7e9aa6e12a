import { startBreathing } from '../../query/run/breathe.ts'
import type { IndexedStream } from '../../store/store.ts'

/** Series between two looks at the clock. */
const SERIES_PER_LOOK = 512
const HOUR_MS = 3_600_000

interface Counted {
  readonly name: string
  readonly value: number
}

/** What `status/tsdb` tells of a tenant's series, under the names of Prometheus. */
export interface IndexStatistics {
  readonly headStats: {
    readonly numSeries: number
    readonly numLabelPairs: number
    /** There are no chunks: always 0. */
    readonly chunkCount: number
    /** Milliseconds, to the hour. */
    readonly minTime: number
    readonly maxTime: number
  }
  readonly seriesCountByMetricName: readonly Counted[]
  readonly labelValueCountByLabelName: readonly Counted[]
  /** Characters of the distinct values. */
  readonly memoryInBytesByLabelName: readonly Counted[]
  readonly seriesCountByLabelValuePair: readonly Counted[]
}

/** Counts series, names and pairs; of each list the `limit` greatest. Gives way to others. */
export async function indexStatistics(series: Iterable<IndexedStream>, limit: number): Promise<IndexStatistics> {
  const names = new Map<string, Map<string, number>>()
  let numSeries = 0
  let firstHour = Number.POSITIVE_INFINITY
  let lastHour = Number.NEGATIVE_INFINITY
  const breathe = startBreathing()
  for (const one of series) {
    numSeries++
    firstHour = Math.min(firstHour, one.firstHour)
    lastHour = Math.max(lastHour, one.lastHour)
    for (const [name, value] of one.labels) {
      const values = names.get(name) ?? new Map<string, number>()
      if (values.size === 0) names.set(name, values)
      values.set(value, (values.get(value) ?? 0) + 1)
    }
    const pause = numSeries % SERIES_PER_LOOK === 0 ? breathe() : undefined
    if (pause !== undefined) await pause
  }
  const greatest = (counts: Iterable<Counted>) =>
    [...counts].sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1)).slice(0, limit)
  const all = [...names]
  return {
    headStats: {
      numSeries,
      numLabelPairs: all.reduce((sum, [, values]) => sum + values.size, 0),
      chunkCount: 0,
      minTime: numSeries === 0 ? 0 : firstHour * HOUR_MS,
      maxTime: numSeries === 0 ? 0 : (lastHour + 1) * HOUR_MS,
    },
    seriesCountByMetricName: greatest(counts(names.get('__name__') ?? [])),
    labelValueCountByLabelName: greatest(all.map(([name, values]) => ({ name, value: values.size }))),
    memoryInBytesByLabelName: greatest(all.map(([name, values]) => ({ name, value: lengthOf(values.keys()) }))),
    seriesCountByLabelValuePair: greatest(all.flatMap(([name, values]) => greatest(counts(values, `${name}=`)))),
  }
}

function counts(values: Iterable<readonly [string, number]>, prefix = ''): Counted[] {
  return Array.from(values, ([value, count]) => ({ name: prefix + value, value: count }))
}

function lengthOf(texts: Iterable<string>): number {
  let length = 0
  for (const text of texts) length += text.length
  return length
}
