import type { Grouping, MetricExpr, RangeAggregation, VectorAggregation } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import { NO_LABELS } from '../labels.ts'
import type { Grid, MetricValue, Series } from '../types.ts'
import { countValues, reduceGroups } from './aggregate.ts'
import { evaluateBinary } from './binary.ts'
import { replaceLabels } from './label-replace.ts'
import { selectK, sortByValue } from './order.ts'

/** Answers for nodes that were computed elsewhere; undefined for all others. Asked from the root down. */
export type LeafAnswers = (node: MetricExpr) => MetricValue | undefined

/**
 * Evaluates what stands above the range aggregations, a whole series at a time. `leaves` must answer every range
 * aggregation that it does not cover by answering a node around it. Throws an evaluate-phase `QueryError` for vectors that
 * cannot be matched and for what an evaluation over several steps does not support.
 */
export function evaluateMetric(expr: MetricExpr, grid: Grid, leaves: LeafAnswers): MetricValue {
  const answered = leaves(expr)
  if (answered !== undefined) return answered
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(grid.count).fill(expr.value) }
    case 'vector':
      return vectorOf([
        {
          labels: NO_LABELS,
          values: new Float64Array(grid.count).fill(expr.value),
          present: new Uint8Array(grid.count).fill(1),
        },
      ])
    case 'rangeAggregation':
      throw new Error(`no rows were given for ${expr.op} at ${expr.at.start}`)
    case 'labelReplace': {
      const inner = evaluateMetric(expr.inner, grid, leaves)
      if (inner.kind === 'scalar') return inner
      return { ...inner, series: replaceLabels(expr, inner.series) }
    }
    case 'vectorAggregation':
      return evaluateAggregation(expr, grid, leaves)
    case 'binary': {
      const left = evaluateMetric(expr.left, grid, leaves)
      return evaluateBinary(expr, left, evaluateMetric(expr.right, grid, leaves), grid.count)
    }
  }
}

function evaluateAggregation(expr: VectorAggregation, grid: Grid, leaves: LeafAnswers): MetricValue {
  const inner = evaluateMetric(expr.inner, grid, leaves)
  const series = inner.kind === 'scalar' ? [scalarSeries(inner.values)] : inner.series
  const instant = grid.count === 1
  switch (expr.op) {
    case 'sort':
    case 'sort_desc':
      if (!instant) return vectorOf(series)
      return { kind: 'vector', series: sortByValue(series, expr.op === 'sort_desc'), ordered: true }
    case 'approx_topk':
      if (!instant) throw new QueryError('approx_topk is only supported on instant queries', 0, 0, 'evaluate')
      return vectorOf(selectK(series, expr.parameter ?? 0, true, undefined, grid.count))
    case 'topk':
    case 'bottomk':
      return vectorOf(selectK(series, expr.parameter ?? 0, expr.op === 'topk', expr.grouping, grid.count))
    case 'count_values':
      return vectorOf(countValues(series, expr.label ?? '', expr.grouping, grid.count))
    default:
      return vectorOf(reduceGroups(expr.op, series, expr.grouping, grid.count))
  }
}

function vectorOf(series: readonly Series[]): MetricValue {
  return { kind: 'vector', series, ordered: false }
}

function scalarSeries(values: Float64Array): Series {
  return { labels: NO_LABELS, values, present: new Uint8Array(values.length).fill(1) }
}

/** A range aggregation of an expression, and the `sum` directly around it, if any. */
export interface RangeLeaf {
  readonly node: RangeAggregation
  /** To be handed to `startRange`: its series then come out summed by these labels wherever that is the same. */
  readonly sumGrouping?: Grouping
}

/** The range aggregations of an expression from left to right. */
export function rangeNodesOf(expr: MetricExpr): RangeLeaf[] {
  switch (expr.kind) {
    case 'rangeAggregation':
      return [{ node: expr }]
    case 'vectorAggregation':
      if (expr.op === 'sum' && expr.inner.kind === 'rangeAggregation') {
        return [{ node: expr.inner, sumGrouping: expr.grouping ?? { without: false, labels: [] } }]
      }
      return rangeNodesOf(expr.inner)
    case 'labelReplace':
      return rangeNodesOf(expr.inner)
    case 'binary':
      return [...rangeNodesOf(expr.left), ...rangeNodesOf(expr.right)]
    default:
      return []
  }
}
