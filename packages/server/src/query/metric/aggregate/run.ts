import { type Grid, type Labels, type Series, startSamples } from '@girok/query'
import { GirokError } from '../../../model/errors.ts'
import { labelsOrder } from '../../label-order.ts'
import { checkSeries } from '../../limits.ts'
import type { OpenedRows } from '../../logs.ts'
import { metadataHint } from '../../metadata-hint.ts'
import type { Condition } from '../../pushdown/condition.ts'
import { readsLine } from '../../pushdown/plain/names.ts'
import type { StoredRow } from '../../read/decode.ts'
import type { Run } from '../../run/runs.ts'
import { decodeAggregate } from './decode.ts'
import { createLocator } from './kind.ts'
import type { AggregatePlan } from './plan.ts'
import { stateOf } from './state.ts'
import { type AggregateQuery, aggregateStatement } from './statement.ts'
import { type PartialSeries, pointsOf } from './windows.ts'

export interface AggregateTask {
  readonly plan: AggregatePlan
  readonly grid: Grid
  readonly opened: OpenedRows
  readonly maxSeries: number
  readonly run: Run
  /** Reads rows in order; the caller counts them against its limit. */
  readonly readRows: (opened: OpenedRows) => AsyncIterable<readonly StoredRow[]>
}

/**
 * The series of a range aggregation: SQL aggregates the plain rows, odd ones are read and evaluated, and both are put
 * together. Counts, extremes, firsts, lasts and the samples of quantiles are exact; sums, means and spreads differ from
 * those of one pass in order of time by rounding alone: by less than n · 2⁻⁵² of the sum of the samples' magnitudes.
 *
 * Undefined when the samples are too many for one answer of the store.
 */
export async function aggregatedSeries(task: AggregateTask): Promise<Series[] | undefined> {
  const { plan, grid } = task
  const overlapping = grid.count > 1 && grid.stepNs < plan.node.range.rangeNs
  // Streams that share a series give partial results, and picked quantiles cannot be put together.
  const { streams } = task.opened.plan
  const names = plan.node.grouping?.labels ?? []
  const shared = streams.length > 1 && streams.some(({ labels }) => names.some((name) => labels.has(name)))
  const picked = plan.kind === 'quantile' && !overlapping && !shared
  const tenant = task.opened.source.rows.tenant
  const quick = plan.plain.quickSuspects !== plan.plain.suspects && !metadataHint.expects(tenant)
  let partials = await inStore(task, picked, quick)
  if (partials && partials.odd > 0 && quick) {
    metadataHint.note(tenant)
    partials = await inStore(task, picked, false)
  }
  // Quantiles that the engine picked cannot be put together with more samples.
  if (partials && partials.odd > 0 && picked) partials = await inStore(task, false, false)
  if (!partials) return undefined
  const { seriesOf, all } = partials
  if (partials.odd > 0) await addOddRows(task, seriesOf)
  const series: Series[] = []
  for (const one of all) {
    const pause = task.run.breathe()
    if (pause) await pause
    series.push(pointsOf(one, plan.node, plan.kind, grid.count))
  }
  return series
}

interface Partials {
  readonly odd: number
  readonly all: Iterable<PartialSeries>
  readonly seriesOf: (labels: Labels) => PartialSeries
}

async function inStore(task: AggregateTask, picked: boolean, quick: boolean): Promise<Partials | undefined> {
  const { plan, grid, opened, run } = task
  const statement = aggregateStatement(queryOf(task, picked, quick))
  let bytes: Buffer
  try {
    bytes = await opened.source.driver.query(statement.sql, 'RowBinary', {
      lane: run.lane,
      signal: run.signal,
      timeoutMs: run.remainingMs(),
    })
  } catch (error) {
    if (statement.columns.values === 'samples' && error instanceof GirokError && error.code === 'limit_exceeded') {
      return undefined
    }
    throw error
  }
  run.rested()
  const byLabels = new Map<string, PartialSeries>()
  const seriesOf = (labels: Labels): PartialSeries => {
    const key = labelsOrder(labels)
    let series = byLabels.get(key)
    if (!series) {
      checkSeries(byLabels.size + 1, task.maxSeries)
      series = { labels, buckets: [] }
      byLabels.set(key, series)
    }
    return series
  }
  const { samples, odd } = await decodeAggregate(
    bytes,
    { columns: statement.columns, labels: plan.plain.labels, kind: plan.kind, windows: grid.count },
    opened.source.findStream,
    seriesOf,
    run.breathe,
  )
  // How many bytes of lines the store read for them, it does not say.
  run.countRead(samples, 0)
  run.countMatched(samples)
  return { odd, all: byLabels.values(), seriesOf }
}

function queryOf({ plan, grid, opened }: AggregateTask, picked: boolean, quick: boolean): AggregateQuery {
  const { node, kind, plain } = plan
  return {
    node,
    kind,
    grid,
    plan: plain,
    streamIds: kind === 'first' || kind === 'last' ? idsByRank(opened) : [],
    rows: { ...opened.source.rows, span: opened.span, conditions: conditionsFor(plan, opened) },
    picked,
    quick,
  }
}

/** The SQL of the aggregate, for EXPLAIN. */
export function explainedStatement(task: Pick<AggregateTask, 'plan' | 'grid' | 'opened'>): string {
  return aggregateStatement(queryOf(task as AggregateTask, true, true)).sql
}

/** Conditions that are only a first look at the line are worth it when the line is read anyway. */
function conditionsFor({ plain }: AggregatePlan, { plan }: OpenedRows): readonly Condition[] {
  const texts = plain.labels.map(({ text }) => text ?? '')
  const sql = [plain.suspects, plain.filters.sql, plain.value ?? '', ...texts].join(' ')
  return readsLine(sql) ? plan.conditions : plan.conditions.filter(({ exact }) => exact)
}

function idsByRank({ plan, source }: OpenedRows): string[] {
  const ranked = plan.streams.map(({ id }) => {
    const value = BigInt(id)
    const found = source.findStream(Number(value & 0xffff_ffffn), Number(value >> 32n))
    return { id: value.toString(), rank: found?.rank ?? 0 }
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ id }) => id)
}

async function addOddRows(task: AggregateTask, seriesOf: (labels: Labels) => PartialSeries): Promise<void> {
  const { plan, grid, opened, run } = task
  const { node, kind } = plan
  const odd: Condition = { sql: plan.plain.odd, exact: false }
  const rows = { ...opened.source.rows, conditions: [...opened.source.rows.conditions, odd] }
  const locate = createLocator(grid, node.range.rangeNs, node.range.offsetNs)
  const sampleOf = samplesOf(plan)
  const known = new Map<Labels, PartialSeries>()
  for await (const page of task.readRows({ ...opened, source: { ...opened.source, rows } })) {
    for (const row of page) {
      const pause = run.breathe()
      if (pause) await pause
      const { first, end } = locate(row.timeNs)
      if (first >= end) continue
      const sample = sampleOf(row)
      if (!sample) continue
      let series = known.get(sample.labels)
      if (!series) {
        series = seriesOf(sample.labels)
        known.set(sample.labels, series)
      }
      const order = { timeNs: row.timeNs, rank: row.streamRank, part: row.part, offset: row.offset }
      series.buckets.push({ first, end, state: stateOf(kind, sample.value, order) })
    }
  }
}

/**
 * The samples of rows. A grouping from around the node leaves labels of a row unread, which its error names: errors are
 * those of the node as it was written.
 */
function samplesOf({ node, written, sumGrouping }: AggregatePlan): ReturnType<typeof startSamples> {
  const sampleOf = startSamples(node, sumGrouping ? { sumGrouping } : {})
  if (node === written) return sampleOf
  return (row) => {
    try {
      return sampleOf(row)
    } catch (error) {
      startSamples(written)(row)
      throw error
    }
  }
}
