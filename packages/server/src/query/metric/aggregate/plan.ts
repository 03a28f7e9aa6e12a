import type { Grouping, MetricExpr, RangeAggregation, RangeLeaf } from '@girok/query'
import { type PlainPlan, planPlain } from '../../pushdown/plain/plan.ts'
import type { RowPlan } from '../../row-plan.ts'
import { type AggregateKind, kindOf } from './kind.ts'

/** A range aggregation that SQL forms over plain rows. */
export interface AggregatePlan {
  /** The node, with the grouping that its series come out by. */
  readonly node: RangeAggregation
  /** The node as it was written: errors name all labels of a row. */
  readonly written: RangeAggregation
  /** The grouping of a `sum` around it, where that is taken early. */
  readonly sumGrouping: Grouping | undefined
  readonly kind: AggregateKind
  readonly plain: PlainPlan
}

/** Undefined when SQL cannot do it. */
export function planAggregate(
  { node, sumGrouping }: RangeLeaf,
  outer: Grouping | undefined,
  { streams }: RowPlan,
): AggregatePlan | undefined {
  const kind = kindOf(node)
  if (!kind || streams.length === 0) return undefined
  // Sums may be taken early; so may extremes of extremes, which then are the node's own grouping.
  const additive = kind === 'count' || kind === 'sum'
  // The unwrapped label is none of the series', unless the node's own grouping names it.
  const passed = outer && !outer.labels.includes(node.range.unwrap?.label ?? '') ? outer : undefined
  const early = node.grouping ?? (kind === 'min' || kind === 'max' ? passed : undefined)
  const grouping = early ?? (additive ? sumGrouping : undefined)
  if (!grouping || grouping.without) return undefined
  if ((kind === 'first' || kind === 'last') && streams.length > MAX_RANKED_STREAMS) return undefined
  const { log, unwrap } = node.range
  // Bytes are those of the line as the pipeline leaves it.
  if (!unwrap && kind === 'sum' && log.stages.some((stage) => stage.kind === 'lineFormat')) return undefined
  const plain = planPlain(log, streams, grouping.labels, unwrap)
  if (!plain) return undefined
  return {
    node: early && early !== node.grouping ? { ...node, grouping: early } : node,
    written: node,
    sumGrouping: early ? undefined : sumGrouping,
    kind,
    plain,
  }
}

/** More ids than this make a statement that takes longer to read than to answer. */
const MAX_RANKED_STREAMS = 2000

/** The groupings of a `max` directly around a `max_over_time`, and of a `min` around a `min_over_time`. */
export function extremeGroupings(expr: MetricExpr, found = new Map<MetricExpr, Grouping>()): Map<MetricExpr, Grouping> {
  switch (expr.kind) {
    case 'vectorAggregation': {
      const { op, inner } = expr
      if (inner.kind === 'rangeAggregation' && (op === 'max' || op === 'min') && inner.op === `${op}_over_time`) {
        found.set(inner, expr.grouping ?? { without: false, labels: [] })
      }
      return extremeGroupings(inner, found)
    }
    case 'labelReplace':
      return extremeGroupings(expr.inner, found)
    case 'binary':
      return extremeGroupings(expr.right, extremeGroupings(expr.left, found))
    default:
      return found
  }
}
