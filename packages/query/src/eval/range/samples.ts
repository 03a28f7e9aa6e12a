import type { RangeAggregation } from '../../logql/ast.ts'
import type { Labels, LogRow } from '../types.ts'
import type { RangeOptions } from './evaluate.ts'
import { rangeOperation } from './operations.ts'
import { compileSampler } from './sampler.ts'
import { SeriesIndex } from './series-index.ts'

/** What one row is worth to a range aggregation. */
export interface RangeSample {
  /** Of its series, the same object for all samples of a series. */
  readonly labels: Labels
  readonly value: number
}

/**
 * The samples that a range aggregation takes of rows, before they are put into windows: for callers that already hold the
 * aggregate of other rows. Undefined for rows that give none; throws an evaluate-phase `QueryError` for an error in the
 * pipeline that the query does not skip. Not for `absent_over_time`.
 */
export function startSamples(
  node: RangeAggregation,
  options: Pick<RangeOptions, 'sumGrouping'> = {},
): (row: LogRow) => RangeSample | undefined {
  const { range, op } = node
  const operation = rangeOperation(op, range.unwrap !== undefined)
  const grouping = node.grouping ?? (operation.additive ? options.sumGrouping : undefined)
  const outputs = grouping !== undefined && !grouping.without ? grouping.labels : undefined
  const sampler = compileSampler(node, operation.sample, outputs)
  const dropped = range.unwrap === undefined ? [] : [range.unwrap.label]
  const index = new SeriesIndex<Labels>(grouping, dropped, (labels) => labels)
  return (row) => (sampler.take(row) ? { labels: index.of(sampler.state), value: sampler.value } : undefined)
}
