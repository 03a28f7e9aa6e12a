import { isSetOperator } from '../../logql/arithmetic.ts'
import type { BinaryExpr } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import type { MetricValue } from '../types.ts'
import { mapPoints, withPoints } from './columns.ts'
import { matchVectors } from './match.ts'
import { pointOperation } from './point.ts'
import { combineSets } from './sets.ts'

export function evaluateBinary(expr: BinaryExpr, left: MetricValue, right: MetricValue, count: number): MetricValue {
  const { op } = expr
  if (left.kind === 'vector' && right.kind === 'vector') {
    const series = isSetOperator(op)
      ? combineSets(op, expr.matching, left.series, right.series, count)
      : matchVectors(pointOperation(op, expr.bool), expr.matching, left.series, right.series, count)
    return { kind: 'vector', series, ordered: false }
  }
  if (isSetOperator(op)) {
    throw new QueryError(`unexpected literal for a leg of logical/set binary operation (${op})`, 0, 0, 'evaluate')
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    // Between scalars there is nothing to filter: a comparison is always 0 or 1.
    const operation = pointOperation(op, true)
    const values = left.values.map((value, k) => operation(value, right.values[k] as number, value) as number)
    return { kind: 'scalar', values }
  }
  const operation = pointOperation(op, expr.bool)
  if (left.kind === 'vector') {
    const scalar = (right as Extract<MetricValue, { kind: 'scalar' }>).values
    return mapVector(left, (value, k) => operation(value, scalar[k] as number, value))
  }
  const scalar = left.values
  return mapVector(right as Extract<MetricValue, { kind: 'vector' }>, (value, k) =>
    operation(scalar[k] as number, value, value),
  )
}

function mapVector(
  vector: Extract<MetricValue, { kind: 'vector' }>,
  change: (value: number, k: number) => number | undefined,
): MetricValue {
  const series = vector.series.map((one) => mapPoints(one, one.labels, change))
  return { kind: 'vector', series: withPoints(series), ordered: vector.ordered }
}
