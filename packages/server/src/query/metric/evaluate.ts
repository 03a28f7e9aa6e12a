import {
  evaluateMetric,
  type Grid,
  type Grouping,
  type MetricExpr,
  type MetricValue,
  type RangeLeaf,
  rangeNodesOf,
  type Series,
  startRange,
} from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import type { LogStore } from '../../store/store.ts'
import type { MetricRequest } from '../engine.ts'
import { inOrderOfLabels } from '../label-order.ts'
import { checkSeries, type QueryLimits } from '../limits.ts'
import type { OpenedRows } from '../logs.ts'
import type { MetricPlan } from '../plan.ts'
import { windowsFit } from '../pushdown/count.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import { askAndDecode } from '../read/answer.ts'
import type { StoredRow } from '../read/decode.ts'
import { MAX_PAGE_ROWS } from '../read/page.ts'
import { walkRows } from '../read/walk.ts'
import { shownPlan } from '../row-plan.ts'
import type { Run } from '../run/runs.ts'
import { extremeGroupings, planAggregate } from './aggregate/plan.ts'
import { aggregatedSeries } from './aggregate/run.ts'
import { type CountRequest, countedSeries, countStatement } from './count.ts'
import { countedLeaf, isCounted, type LeafContext, openLeaf, spanOf } from './leaf.ts'
import { SharedReadings } from './readings.ts'

/** A metric query, parsed. */
export interface MetricTask {
  readonly store: LogStore
  readonly limits: QueryLimits
  readonly expr: MetricExpr
  /** Names in selectors that are no stream's label are looked for in the records. */
  readonly fallThrough: boolean
  readonly request: MetricRequest
  readonly run: Run
}

/** Bytes that the points of one range aggregation may take before it counts as too many series. */
const MAX_POINT_BYTES = 256 * 1024 * 1024

/** Evaluates a metric query: its range aggregations one after the other, then what stands above them. */
export async function runMetric(task: MetricTask): Promise<MetricValue> {
  const { expr, request, limits } = task
  const grid = gridOf(request)
  const answers = new Map<MetricExpr, MetricValue>()
  // Ratios and alerts often name the same range twice.
  const readings = request.readings ?? new SharedReadings()
  const extremes = extremeGroupings(expr)
  for (const leaf of rangeNodesOf(expr)) {
    const outer = extremes.get(leaf.node)
    answers.set(
      leaf.node,
      await readings.once(readingName(task, leaf, outer, grid), () => evaluateLeaf(task, leaf, outer, grid)),
    )
  }
  const value = evaluateMetric(expr, grid, (node) => answers.get(node))
  if (value.kind === 'scalar') return value
  const series = value.series.filter(({ present }) => present.includes(1))
  checkSeries(series.length, limits.maxSeries)
  return { ...value, series: value.ordered ? series : inOrderOfLabels(series) }
}

/** What a range aggregation reads: the same name, the same answer. */
export function readingName(
  { request, fallThrough }: Pick<MetricTask, 'request' | 'fallThrough'>,
  { node, sumGrouping }: RangeLeaf,
  outer: Grouping | undefined,
  { startNs, stepNs, count }: Grid,
): string {
  const { query, pushdown } = request
  const how = [`${startNs} ${stepNs} ${count}`, pushdown !== false, fallThrough, sumGrouping, outer]
  return `${JSON.stringify(how)} ${query.slice(node.at.start, node.at.end)}`
}

function gridOf({ startNs, endNs, stepNs }: MetricRequest): Grid {
  if (startNs === endNs) return { startNs, stepNs: 0n, count: 1 }
  return { startNs, stepNs, count: Number((endNs - startNs) / stepNs) + 1 }
}

async function evaluateLeaf(
  task: MetricTask,
  written: RangeLeaf,
  outer: Grouping | undefined,
  grid: Grid,
): Promise<Series[]> {
  const { request, limits } = task
  const pushdown = request.pushdown !== false
  const open = openLeaf(contextOf(task), written, spanOf(written.node, grid))
  const { leaf, opened } = open
  const { node, sumGrouping } = leaf
  task.run.countStreams(opened.plan.streams.length)
  const maxSeries = mostSeries(limits, grid)
  const counted = pushdown ? countedLeaf(open, grid, maxSeries) : undefined
  if (counted) {
    const series = await countInStore(task, counted.request, opened)
    if (series) return counted.answer(series)
  }
  const isAggregable = pushdown && !opened.source.hides && windowsFit(grid, node.range.rangeNs, node.range.offsetNs)
  const plan = isAggregable ? planAggregate(leaf, outer, opened.plan) : undefined
  if (plan && opened.span.fromNs < opened.span.toNs) {
    const readRows = (rows: OpenedRows): AsyncIterable<readonly StoredRow[]> => allRows(task, rows)
    const series = await aggregatedSeries({ plan, grid, opened, maxSeries, run: task.run, readRows })
    if (series) return series
  }
  return evaluateRows(task, opened, startRange(node, grid, { ...(sumGrouping && { sumGrouping }), maxSeries }))
}

/** Where the range aggregations of a task are read. */
export function contextOf({
  store,
  fallThrough,
  request,
}: Pick<MetricTask, 'store' | 'fallThrough' | 'request'>): LeafContext {
  const { tenant, query: text, pushdown } = request
  return { store, tenant, text, pushdown: pushdown !== false, fallThrough }
}

/** More series of one range aggregation than this are an error. */
export function mostSeries({ maxSeries }: QueryLimits, grid: Grid): number {
  return Math.max(maxSeries, Math.floor(MAX_POINT_BYTES / (16 * (grid.count + 1))))
}

async function countInStore(
  { store, run }: MetricTask,
  request: CountRequest,
  opened: OpenedRows,
): Promise<Series[] | undefined> {
  const counted = await askAndDecode(store.driver, countStatement(request), run, (bytes) =>
    countedSeries(bytes, request, opened.source.findStream, run.breathe),
  )
  if (counted) {
    run.countRead(counted.rows, counted.bytes)
    run.countMatched(counted.rows)
  }
  return counted?.series
}

/** The store reads while this process evaluates: on two cores that takes two thirds of the time. */
const ALL_ROWS = { pageRows: () => MAX_PAGE_ROWS, ahead: true }

/** Rows in order, as many as the limit allows. */
async function* allRows({ limits, run }: MetricTask, opened: OpenedRows): AsyncGenerator<readonly StoredRow[]> {
  let read = 0
  for await (const rows of walkRows(opened.source, opened.span, ALL_ROWS, run)) {
    read += rows.length
    if (opened.plan.exact) run.countMatched(rows.length)
    if (limits.maxReadRows > 0 && read > limits.maxReadRows) {
      throw new GirokError(
        'limit_exceeded',
        `the query reads more than ${limits.maxReadRows} lines; narrow the time range or add matchers or line filters`,
      )
    }
    yield rows
  }
}

async function evaluateRows(
  task: MetricTask,
  opened: OpenedRows,
  evaluation: ReturnType<typeof startRange>,
): Promise<Series[]> {
  for await (const rows of allRows(task, opened)) {
    for (const row of rows) {
      const pause = task.run.breathe()
      if (pause) await pause
      evaluation.add(row)
    }
  }
  return evaluation.finish()
}

/** The plan of a metric query: how each of its range aggregations is answered. */
export function explainMetric(expr: MetricExpr, context: LeafContext, span: TimeSpan): MetricPlan {
  const { text, pushdown } = context
  const extremes = extremeGroupings(expr)
  const leaves = rangeNodesOf(expr).map((written) => {
    const open = openLeaf(context, written, span)
    const { node } = open.leaf
    const { plan } = open.opened
    const counted = pushdown && isCounted(open.leaf, plan)
    const aggregated = pushdown && !counted && planAggregate(open.leaf, extremes.get(written.node), plan) !== undefined
    return {
      text: text.slice(node.at.start, node.at.end),
      answeredBy: counted || aggregated ? ('sql' as const) : ('evaluator' as const),
      ...(counted || aggregated ? { rule: counted ? 'count' : 'aggregate' } : {}),
      rows: shownPlan(plan),
    }
  })
  return { kind: 'metric', leaves }
}
