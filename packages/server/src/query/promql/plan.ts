import { type PromExpr, type PromGrid, printPromQL } from '@girok/query/promql'
import { seriesStatement } from '../../store/samples/statement.ts'
import { type SelectedRead, spanOf, storeReads } from './load.ts'
import type { PiecewiseNode } from './piecewise.ts'
import type { PromPlan } from './prom-engine.ts'
import { namesAreSeen } from './pushdown/names-seen.ts'
import { areDistinctWithoutName, isOfOneMetric, seriesLocalNodes } from './pushdown/series-local.ts'
import { selectorWindows } from './pushdown/windows.ts'

/** How the samples of a query come to be evaluated. */
export interface ReadPlan {
  /** Selectors whose samples are read as a whole. */
  readonly whole: readonly SelectedRead[]
  readonly piecewise: readonly PiecewiseNode[]
}

/** Samples that a query is thought to read above which series may rather be read twice than be held. */
const MANY_SAMPLES = 10_000_000
/** What nearly all intervals of scraping are longer than. */
const SHORTEST_INTERVAL_MS = 10_000

/** Reads everything as it stands. */
export function plainPlan(selected: readonly SelectedRead[]): ReadPlan {
  return { whole: selected, piecewise: [] }
}

/** Leaves out what is in no window, and takes apart what can be evaluated series by series. */
export function planReads(
  expr: PromExpr,
  grid: PromGrid,
  delayedNameRemoval: boolean,
  selected: readonly SelectedRead[],
): ReadPlan {
  const windows = selectorWindows(
    expr,
    grid,
    selected.map(({ read }) => read),
  )
  const reads = new Map(
    selected.map((one) => [one.read.selector, { ...one, windows: windows.get(one.read.selector) }] as const),
  )
  // Names that are dropped late are seen by what stands around a node.
  if (delayedNameRemoval && namesAreSeen(expr)) return plainPlan([...reads.values()])
  const readers = countReaders(selected)
  const many = selected.reduce((sum, read) => sum + likelySamples(read), 0) > MANY_SAMPLES
  const piecewise: PiecewiseNode[] = []
  for (const local of seriesLocalNodes(expr)) {
    const read = reads.get(local.selector)
    if (read === undefined || !areDistinctWithoutName(read.series)) continue
    // Metrics that are told apart until the end must not be put together before.
    if (delayedNameRemoval && !isOfOneMetric(read.series)) continue
    if (!many && read.series.some(({ id }) => (readers.get(id) ?? 0) > 1)) continue
    piecewise.push({ node: local.node, selected: read })
    reads.delete(local.selector)
  }
  return { whole: [...reads.values()], piecewise }
}

/** How many selectors ask for each series. */
function countReaders(selected: readonly SelectedRead[]): ReadonlyMap<string, number> {
  const readers = new Map<string, number>()
  if (selected.length < 2) return readers
  for (const { series } of selected) for (const { id } of series) readers.set(id, (readers.get(id) ?? 0) + 1)
  return readers
}

function likelySamples({ read, series }: SelectedRead): number {
  const { startMs, endMs } = spanOf(read)
  return (series.length * Math.max(0, endMs - startMs)) / SHORTEST_INTERVAL_MS
}

/** What of a query is left to the engine, and the statements. */
export function shownPlan({ whole, piecewise }: ReadPlan): PromPlan {
  const apart = piecewise.map(({ selected }) => selected)
  return {
    sql: [...apart.flatMap((read) => storeReads([read])), ...storeReads(whole)].map(seriesStatement),
    pushed: [...apart, ...whole].flatMap(({ read, windows }) =>
      windows === undefined ? [] : [`windows of ${printPromQL(read.selector)}`],
    ),
  }
}
