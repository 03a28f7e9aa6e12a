import { labelsKey } from '../../../eval/labels.ts'
import { mapPoints, withPoints } from '../../../eval/vector/columns.ts'
import { combineBySignature } from '../../../eval/vector/sets.ts'
import type { BinaryExpr, VectorMatching } from '../../ast.ts'
import { isComparison, isSetOperator } from '../../operators.ts'
import { type EvalContext, scalarOf } from '../context.ts'
import type { Frame } from '../frame.ts'
import { type Evaluated, joinEqual, type PromSeries, renamed, vectorOf } from '../series.ts'
import { matchSignature, matchVectors } from './match.ts'
import { comparisonOf, pointOperationOf } from './operations.ts'

const PLAIN_MATCHING: VectorMatching = {
  cardinality: 'one-to-one',
  on: false,
  labels: [],
  include: [],
  fillLeft: undefined,
  fillRight: undefined,
}

export function evaluateBinary(context: EvalContext, node: BinaryExpr, frame: Frame): Evaluated {
  const left = context.evaluate(node.left, frame)
  const right = context.evaluate(node.right, frame)
  const { op, bool } = node
  const delayed = context.options.delayedNameRemoval
  if (left.kind === 'vector' && right.kind === 'vector') {
    const matching = node.matching ?? PLAIN_MATCHING
    const series = isSetOperator(op)
      ? combineBySignature(op, matchSignature(matching), left.series, right.series, frame.count, identity)
      : matchVectors({ op, bool, matching, delayed }, left.series, right.series, frame.count)
    return vectorOf(series)
  }
  if (isSetOperator(op)) throw new Error(`${op} of something that is no vector`)
  if (left.kind === 'vector') {
    const scalar = scalarOf(right)
    const calculate = pointOperationOf(op, bool)
    return mapVector(node, left.series, delayed, (value, k) => calculate(value, scalar[k] as number))
  }
  const scalar = scalarOf(left)
  if (right.kind === 'vector') {
    if (isComparison(op) && !bool) {
      // It is the vector's points that pass, wherever the vector stands.
      const holds = comparisonOf(op)
      return mapVector(node, right.series, delayed, (value, k) =>
        holds(scalar[k] as number, value) ? value : undefined,
      )
    }
    const calculate = pointOperationOf(op, bool)
    return mapVector(node, right.series, delayed, (value, k) => calculate(scalar[k] as number, value))
  }
  const calculate = pointOperationOf(op, true)
  const others = scalarOf(right)
  return { kind: 'scalar', values: scalar.map((value, k) => calculate(value, others[k] as number) as number) }
}

/** Each point with a scalar. Filtering keeps the metric and so its name; all else makes another metric of it. */
function mapVector(
  node: BinaryExpr,
  series: readonly PromSeries[],
  delayed: boolean,
  change: (value: number, k: number) => number | undefined,
): Evaluated {
  const filters = isComparison(node.op) && !node.bool
  const mapped = series.map((one) => {
    const { labels, dropName } = filters ? one : renamed(one.labels, delayed)
    return { ...mapPoints(one, labels, change), dropName }
  })
  return vectorOf(joinEqual(withPoints(mapped)))
}

/**
 * What tells series apart: a series whose name is to go at the end is another one than the metric itself, though both
 * have the same labels until then; joined they would take points of each other's steps.
 */
function identity({ labels, dropName }: PromSeries): string {
  return `${dropName ? '-' : '+'}${labelsKey(labels)}`
}
