import {
  absentSeries,
  type Grid,
  type Grouping,
  type RangeAggregation,
  type RangeLeaf,
  type Series,
} from '@girok/query'
import type { LogStore } from '../../store/store.ts'
import { rangeWithFieldMatchers } from '../fall-through.ts'
import { type OpenedRows, openRows } from '../logs.ts'
import { countColumns, windowColumns, windowsFit } from '../pushdown/count.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import type { RowPlan } from '../row-plan.ts'
import type { CountRequest } from './count.ts'

/** What a range aggregation is asked over. */
export interface LeafContext {
  readonly store: LogStore
  readonly tenant: string
  /** The text that the query was parsed from. */
  readonly text: string
  readonly pushdown: boolean
  /** Names in selectors that are no stream's label are looked for in the records. */
  readonly fallThrough: boolean
}

/** A range aggregation whose rows are planned. */
export interface OpenLeaf {
  /** As it is evaluated: matchers of fields have become stages. */
  readonly leaf: RangeLeaf
  readonly opened: OpenedRows
}

export function openLeaf(
  { store, tenant, text, pushdown, fallThrough }: LeafContext,
  written: RangeLeaf,
  span: TimeSpan,
): OpenLeaf {
  const leaf = fallThrough
    ? { ...written, node: rangeWithFieldMatchers(store.streams, tenant, span, written.node) }
    : written
  const { log } = leaf.node.range
  return { leaf, opened: openRows(store, { tenant, log, text, span, direction: 'forward', pushdown }) }
}

/** A range aggregation that SQL counts the rows of. */
export interface CountedLeaf {
  readonly request: CountRequest
  /** What the aggregation gives of the counted series. */
  readonly answer: (counted: readonly Series[]) => Series[]
}

/** Undefined when the evaluator must have its say. */
export function countedLeaf({ leaf, opened }: OpenLeaf, grid: Grid, maxSeries: number): CountedLeaf | undefined {
  const { rangeNs, offsetNs } = leaf.node.range
  const { source, span } = opened
  if (source.hides || !windowsFit(grid, rangeNs, offsetNs) || span.fromNs >= span.toNs) return undefined
  const { node, sumGrouping } = countOf(leaf)
  const columns = countColumns(node, opened.plan, sumGrouping)
  if (columns === undefined) return undefined
  const request = { node, grid, columns, sumGrouping, maxSeries, rows: { ...source.rows, span } }
  return { request, answer: leaf.node.op === 'absent_over_time' ? absentWhere(leaf.node, grid) : (all) => [...all] }
}

/** Whether SQL counts the rows of a range aggregation, were there any. */
export function isCounted(leaf: RangeLeaf, plan: RowPlan): boolean {
  const { node, sumGrouping } = countOf(leaf)
  return countColumns(node, plan, sumGrouping) !== undefined
}

/** Lines are absent where none are counted. */
function countOf({ node, sumGrouping }: RangeLeaf): {
  readonly node: RangeAggregation
  readonly sumGrouping: Grouping | undefined
} {
  if (node.op !== 'absent_over_time') return { node, sumGrouping }
  return { node: { ...node, op: 'count_over_time' }, sumGrouping: { without: false, labels: [] } }
}

function absentWhere({ range }: RangeAggregation, grid: Grid): (counted: readonly Series[]) => Series[] {
  return ([counted]) => absentSeries(range.log.selector, counted?.present ?? new Uint8Array(grid.count))
}

/** The rows that any window of a range aggregation holds. */
export function spanOf({ range }: RangeAggregation, grid: Grid): TimeSpan {
  return windowColumns(grid, range.rangeNs, range.offsetNs).span
}
