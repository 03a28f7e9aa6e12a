import { type MetricExpr, rangeNodesOf } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import type { LogStore } from '../../store/store.ts'
import type { QueryLimits } from '../limits.ts'
import { readsLine } from '../pushdown/plain/names.ts'
import { streamCondition } from '../pushdown/streams.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import { askAndDecode } from '../read/answer.ts'
import type { Run } from '../run/runs.ts'
import { selectStreams } from '../select.ts'
import { extremeGroupings } from './aggregate/plan.ts'
import { keyColumns } from './count.ts'
import { countsTogether, type SharedCount } from './counts-together.ts'
import { contextOf, mostSeries, readingName } from './evaluate.ts'
import { type CountedLeaf, countedLeaf, openLeaf, spanOf } from './leaf.ts'
import type { SharedReadings } from './readings.ts'

/** A metric query at one time, parsed. */
export interface TimedMetric {
  readonly expr: MetricExpr
  /** The text that it was parsed from. */
  readonly query: string
  readonly timeNs: bigint
}

export interface TogetherContext {
  readonly store: LogStore
  readonly limits: QueryLimits
  readonly fallThrough: boolean
  readonly tenant: string
}

/** A range aggregation that can be counted with others. */
interface Countable {
  readonly name: string
  readonly counted: CountedLeaf
  readonly count: SharedCount
}

/** More conditions in one statement take longer to be planned than to be asked for. */
const MOST_COUNTS = 200
/** A range that is at least this part of another is read with it. */
const LIKE_LENGTH = 16n

/**
 * Counts what several queries at one time have the engine count, in as few statements as possible: a statement costs some
 * milliseconds whatever it counts. What is not counted (or fails) is left to the query that needs it.
 */
export async function readTogether(
  queries: readonly TimedMetric[],
  context: TogetherContext,
  readings: SharedReadings,
  run: Run,
): Promise<void> {
  const wanted = new Map<string, Countable>()
  for (const query of queries) {
    for (const found of countables(query, context)) if (!readings.has(found.name)) wanted.set(found.name, found)
  }
  for (const batch of batchesOf([...wanted.values()])) {
    if (batch.length > 1) await readBatch(batch, context, readings, run)
  }
}

function countables({ expr, query, timeNs }: TimedMetric, context: TogetherContext): Countable[] {
  const { store, fallThrough, tenant, limits } = context
  const grid = { startNs: timeNs, stepNs: 0n, count: 1 }
  const task = { store, fallThrough, request: { tenant, query, startNs: timeNs, endNs: timeNs, stepNs: 0n } }
  const extremes = extremeGroupings(expr)
  return rangeNodesOf(expr).flatMap((written) => {
    const open = openLeaf(contextOf(task), written, spanOf(written.node, grid))
    const counted = countedLeaf(open, grid, mostSeries(limits, grid))
    if (counted === undefined) return []
    const { plan, source } = open.opened
    // The first condition of an exact plan is that of its streams.
    const count = {
      request: counted.request,
      conditions: plan.conditions.slice(1),
      findStream: source.findStream,
      streams: plan.streams,
    }
    const name = readingName(task, written, extremes.get(written.node), grid)
    return [{ name, counted, count }]
  })
}

/**
 * What is counted together: by the same columns, over times of a like length (all rows of the longest are looked at), and
 * lines apart from what needs none.
 */
function batchesOf(wanted: readonly Countable[]): Countable[][] {
  const batches = new Map<string, Countable[][]>()
  for (const one of [...wanted].sort((a, b) => Number(rangeNsOf(b) - rangeNsOf(a)))) {
    const { request, conditions } = one.count
    const { offsetNs } = request.node.range
    const ofLines = conditions.some(({ sql }) => readsLine(sql))
    const name = JSON.stringify([keyColumns(request.columns), offsetNs.toString(), ofLines])
    const alike = batches.get(name) ?? []
    batches.set(name, alike)
    const last = alike.at(-1)
    const longest = last?.[0]
    if (last && longest && last.length < MOST_COUNTS && rangeNsOf(one) * LIKE_LENGTH >= rangeNsOf(longest)) {
      last.push(one)
    } else alike.push([one])
  }
  return [...batches.values()].flat()
}

function rangeNsOf({ count }: Countable): bigint {
  return count.request.node.range.rangeNs
}

async function readBatch(
  batch: readonly Countable[],
  { store, tenant }: TogetherContext,
  readings: SharedReadings,
  run: Run,
): Promise<void> {
  const span = hullOf(batch.map(({ count }) => count.request.rows.span))
  const { all } = selectStreams(store.streams, tenant, span, undefined)
  const counts = batch.map(({ count }) => count)
  const streams = [...new Map(counts.flatMap((count) => count.streams.map((one) => [one.id, one]))).values()]
  const ofStreams = streamCondition(streams, all)
  if (ofStreams === undefined) return
  const together = countsTogether(counts, { streams, condition: ofStreams, span })
  try {
    const { series, rows, bytes } = await askAndDecode(store.driver, together.sql, run, (answer) =>
      together.decode(answer, run.breathe),
    )
    run.countRead(rows, bytes)
    for (const [i, { name, counted }] of batch.entries()) {
      const found = series[i]
      if (found) readings.put(name, counted.answer(found))
    }
  } catch (error) {
    // Each is then read by itself, and told what is wrong with it.
    if (run.signal.aborted || !(error instanceof GirokError)) throw error
  }
}

function hullOf(spans: readonly TimeSpan[]): TimeSpan {
  let [{ fromNs, toNs }] = spans as readonly [TimeSpan, ...TimeSpan[]]
  for (const span of spans) {
    if (span.fromNs < fromNs) fromNs = span.fromNs
    if (span.toNs > toNs) toNs = span.toNs
  }
  return { fromNs, toNs }
}
