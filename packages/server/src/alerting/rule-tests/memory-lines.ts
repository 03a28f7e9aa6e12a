import {
  compilePipeline,
  evaluateMetric,
  evaluateRange,
  type Grid,
  type LogEntry,
  type LogExpr,
  type LogRow,
  labelsKey,
  type MetricExpr,
  type MetricValue,
  matchesSelector,
  rangeNodesOf,
  type Selector,
} from '@girok/query'
import type { TestStream } from './log-tests.ts'

const NS_PER_MS = 1_000_000n

/** The lines of streams, in order of time. @param testStartMs what their times count from */
export function rowsOf(streams: readonly TestStream[], testStartMs: number): LogRow[] {
  const rows = streams.flatMap(({ labels, metadata, startMs, intervalMs, lines }) =>
    lines.map((line, at) => ({
      timeNs: BigInt(testStartMs + startMs + at * intervalMs) * NS_PER_MS,
      stream: labels,
      metadata,
      line,
    })),
  )
  return rows.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0))
}

/** Log lines in memory, queried by the reference evaluators. */
export class MemoryLines {
  readonly #rows: readonly LogRow[]

  /** @param rows in order of time */
  constructor(rows: readonly LogRow[]) {
    this.#rows = rows
  }

  /** Throws `QueryError`. Series are in order of their labels, unless the query puts them in another. */
  metric(expr: MetricExpr, grid: Grid): MetricValue {
    const leaves = new Map(
      rangeNodesOf(expr).map(({ node, sumGrouping }) => {
        const rows = this.#matching(node.range.log.selector)
        return [node as MetricExpr, evaluateRange(node, grid, rows, sumGrouping ? { sumGrouping } : {})] as const
      }),
    )
    const value = evaluateMetric(expr, grid, (node) => {
      const series = leaves.get(node)
      return series && { kind: 'vector', series, ordered: false }
    })
    if (value.kind === 'scalar') return value
    const series = value.series.filter(({ present }) => present.includes(1))
    if (value.ordered) return { ...value, series }
    const keyed = series.map((one) => [labelsKey(one.labels), one] as const)
    keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return { ...value, series: keyed.map(([, one]) => one) }
  }

  /** What a query gives of the lines up to a time. Throws `QueryError`. */
  entries({ selector, ...log }: LogExpr, untilNs: bigint): LogEntry[] {
    const pipeline = compilePipeline({ selector, ...log })
    return this.#matching(selector)
      .filter(({ timeNs }) => timeNs <= untilNs)
      .flatMap((row) => pipeline.process(row) ?? [])
  }

  #matching(selector: Selector): LogRow[] {
    const matches = matchesSelector(selector)
    return this.#rows.filter(({ stream }) => matches(stream))
  }
}
