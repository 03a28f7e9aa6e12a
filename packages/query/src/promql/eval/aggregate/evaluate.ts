import { countValues, groupsOf } from '../../../eval/vector/aggregate.ts'
import { selectK, sortByValue } from '../../../eval/vector/order.ts'
import type { Aggregation } from '../../ast.ts'
import { type EvalContext, scalarOf } from '../context.ts'
import type { Frame } from '../frame.ts'
import { NAME_LABEL } from '../labels.ts'
import { type Evaluated, evaluationError, joinEqual, type PromSeries, promColumn, vectorOf } from '../series.ts'
import { unwrapped } from '../unwrap.ts'
import { limitRatio, limitSeries } from './limit.ts'
import { demandCounts, demandRatios, warnOfQuantiles } from './parameter.ts'
import { PROM_REDUCTIONS, type ReducingOp } from './reduce.ts'

type Grouping = { readonly without: boolean; readonly labels: readonly string[] }

/** As the groups are formed: `without` leaves the metric's name out too. */
function groupingOf(node: Aggregation): Grouping | undefined {
  const { grouping } = node
  if (grouping === undefined || !grouping.without) return grouping
  return { without: true, labels: [...grouping.labels, NAME_LABEL] }
}

export function evaluateAggregation(context: EvalContext, node: Aggregation, frame: Frame): Evaluated {
  const { count } = frame
  const grouping = groupingOf(node)
  if (node.op === 'count_values') return evaluateCountValues(context, node, frame)
  const parameter = node.param === undefined ? undefined : scalarOf(context.evaluate(node.param, frame))
  const inner = context.evaluate(node.expr, frame)
  if (inner.kind !== 'vector') throw new Error(`${node.op} of something that is no vector`)
  const { series } = inner
  switch (node.op) {
    case 'topk':
    case 'bottomk': {
      const counts = parameter as Float64Array
      if (!demandCounts(counts)) return vectorOf([])
      const largest = node.op === 'topk'
      const groups = groupsOf(series, grouping).map(({ members }) => {
        const chosen = selectK(members, (k) => Math.trunc(counts[k] as number), largest, undefined, count)
        return count === 1 ? sortByValue(chosen, largest) : chosen
      })
      return vectorOf(groups.flat(), count === 1)
    }
    case 'limitk': {
      const counts = parameter as Float64Array
      if (!demandCounts(counts)) return vectorOf([])
      return vectorOf(groupsOf(series, grouping).flatMap(({ members }) => limitSeries(members, counts)))
    }
    case 'limit_ratio': {
      const ratios = parameter as Float64Array
      if (!demandRatios(ratios, context.annotations, node)) return vectorOf([])
      return vectorOf(limitRatio(series, ratios))
    }
    case 'quantile':
      warnOfQuantiles(parameter as Float64Array, context.annotations, node)
      return reduced(node.op, series, grouping, count, parameter)
    default:
      return reduced(node.op, series, grouping, count, parameter)
  }
}

function reduced(
  op: ReducingOp,
  series: readonly PromSeries[],
  grouping: Grouping | undefined,
  count: number,
  parameter: Float64Array | undefined,
): Evaluated {
  const results = groupsOf(series, grouping).map(({ labels, members }) => {
    const out = promColumn(
      labels,
      count,
      members.some(({ dropName }) => dropName),
    )
    PROM_REDUCTIONS[op](members, out, parameter)
    return out
  })
  return vectorOf(results)
}

/** The label takes the place of one with its name before groups are formed, so that grouping by it groups by the value. */
function evaluateCountValues(context: EvalContext, node: Aggregation, frame: Frame): Evaluated {
  const label = unwrapped(node.param as NonNullable<Aggregation['param']>)
  if (label.kind !== 'string') throw new Error('count_values without the name of a label')
  if (label.value === '' || /[\p{Surrogate}\ufffd]/u.test(label.value)) {
    throw evaluationError(`invalid label name ${JSON.stringify(label.value)}`)
  }
  const inner = context.evaluate(node.expr, frame)
  if (inner.kind !== 'vector') throw new Error('count_values of something that is no vector')
  const grouping = groupingOf(node)
  if (grouping?.without && grouping.labels.includes(label.value)) {
    return reduced('count', inner.series, grouping, frame.count, undefined)
  }
  const labels = grouping?.labels.filter((name) => name !== label.value) ?? []
  const others = grouping?.without ? { without: true, labels: [...labels, label.value] } : { without: false, labels }
  const counted = countValues(inner.series, label.value, others, frame.count)
  return vectorOf(joinEqual(counted.map((one) => ({ ...one, dropName: false }))))
}
