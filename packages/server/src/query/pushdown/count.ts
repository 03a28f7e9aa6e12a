import type { Grid, Grouping, RangeAggregation, RangeOp } from '@girok/query'
import { sqlString } from '../../store/literal.ts'
import type { RowPlan } from '../row-plan.ts'
import { DETECTED_LEVEL } from './metadata-sql.ts'
import type { TimeSpan } from './time.ts'

/** Which columns the rows of a range are counted by, besides the stream. */
export interface CountColumns {
  readonly level: boolean
  /** `all`: by all metadata; otherwise by the entries of these names. */
  readonly metadata: 'all' | readonly string[]
}

const COUNTING: ReadonlySet<RangeOp> = new Set(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'])

/**
 * Says whether SQL can count the rows of a range by itself, and by which columns: when it knows exactly which rows those
 * are and no stage makes a label. `drop` and `keep` only take labels away, which is done to the few groups afterwards.
 *
 * @param sumGrouping the grouping of a `sum` around it: labels that it does not name need not be told apart
 */
export function countColumns(
  { op, range, grouping }: RangeAggregation,
  plan: RowPlan,
  sumGrouping: Grouping | undefined,
): CountColumns | undefined {
  if (!COUNTING.has(op) || range.unwrap || grouping || !plan.exact) return undefined
  const onlyFilters = range.log.stages.every(
    ({ kind }) => kind === 'lineFilter' || kind === 'labelFilter' || kind === 'drop' || kind === 'keep',
  )
  if (!onlyFilters) return undefined
  if (!sumGrouping || sumGrouping.without) return { level: true, metadata: 'all' }
  const names = new Set<string>()
  for (const name of sumGrouping.labels) {
    // A label that every stream has is the stream's, whatever the metadata says.
    if (plan.streams.every((stream) => stream.labels.has(name))) continue
    names.add(name)
    if (name.endsWith('_extracted')) names.add(name.slice(0, -'_extracted'.length))
  }
  return { level: names.has(DETECTED_LEVEL), metadata: [...names] }
}

/** Times and lengths beyond this (73 years) would overflow the engine's 64-bit arithmetic. */
const MAX_NS = 2n ** 61n

/** Whether the windows can be told apart by the engine's arithmetic. */
export function windowsFit(grid: Grid, rangeNs: bigint, offsetNs: bigint): boolean {
  const before = grid.startNs - offsetNs - rangeNs
  return rangeNs < MAX_NS && grid.stepNs < MAX_NS && before < MAX_NS && before > -MAX_NS
}

/** How rows fall into the windows of a grid. */
export interface WindowColumns {
  /** The rows that any window holds. */
  readonly span: TimeSpan
  /** SQL of the first window that a row is not in any more (windows are in order of time); undefined: 1, the only one. */
  readonly end: string | undefined
  /** SQL of the first window that it is in; a number: always so many before the end; clamp to 0. */
  readonly first: string | number
}

/**
 * Windows are (T − range, T] for each T of the grid, exact to the nanosecond. A row is in a run of them, so grouping rows
 * by the ends of the run gives every window's count by adding up, however windows overlap.
 */
export function windowColumns(grid: Grid, rangeNs: bigint, offsetNs: bigint): WindowColumns {
  const before = grid.startNs - offsetNs - rangeNs
  const lastNs = grid.startNs - offsetNs + grid.stepNs * BigInt(grid.count - 1)
  const span = { fromNs: before + 1n, toNs: lastNs + 1n }
  if (grid.count === 1) return { span, end: undefined, first: 1 }
  const after = `(toUnixTimestamp64Nano(ts) - toInt64(${before}))`
  const windowsBefore = (since: string): string => `toUInt32(intDiv(${since} - 1, ${grid.stepNs}) + 1)`
  const end = windowsBefore(after)
  if (rangeNs % grid.stepNs === 0n) return { span, end, first: Number(rangeNs / grid.stepNs) }
  return {
    span,
    end,
    first: `if(${after} <= ${rangeNs}, toUInt32(0), ${windowsBefore(`${after} - ${rangeNs}`)})`,
  }
}

/** SQL of the metadata that rows are counted by; undefined when there is none to look at. */
export function metadataColumn({ metadata }: CountColumns): string | undefined {
  if (metadata === 'all') return 'meta'
  if (metadata.length === 0) return undefined
  return `mapFilter((name, value) -> name IN (${metadata.map(sqlString).join(', ')}), meta)`
}
