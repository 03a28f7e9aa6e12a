import type { Aggregation, PromExpr } from '../../ast.ts'
import { type Annotations, formatGeneral } from '../annotations.ts'
import { evaluationError } from '../series.ts'

const INT64 = 2 ** 63

function extremesOf(values: Float64Array): { readonly least: number; readonly most: number } {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return { least, most }
}

/** Judges how many series are asked for; false when there are none at any step. */
export function demandCounts(counts: Float64Array): boolean {
  if (counts.some(Number.isNaN)) throw evaluationError('Parameter value is NaN')
  const { least, most } = extremesOf(counts)
  if (most < 1) return false
  if (least <= -INT64) throw evaluationError(`Scalar value ${formatGeneral(least)} underflows int64`)
  if (most >= INT64) throw evaluationError(`Scalar value ${formatGeneral(most)} overflows int64`)
  return true
}

/** Judges the ratios of `limit_ratio`; false when all are 0. */
export function demandRatios(ratios: Float64Array, annotations: Annotations, node: Aggregation): boolean {
  if (ratios.some(Number.isNaN)) throw evaluationError('Ratio value is NaN')
  const { least, most } = extremesOf(ratios)
  if (least === 0 && most === 0) return false
  if (most > 1) annotations.invalidRatio(most, 1, node.param as PromExpr)
  if (least < -1) annotations.invalidRatio(least, -1, node.param as PromExpr)
  return true
}

export function warnOfQuantiles(quantiles: Float64Array, annotations: Annotations, node: Aggregation): void {
  const parameter = node.param as PromExpr
  if (quantiles.some(Number.isNaN)) annotations.invalidQuantile(Number.NaN, parameter)
  const { least, most } = extremesOf(quantiles)
  if (most > 1) annotations.invalidQuantile(most, parameter)
  if (least < 0) annotations.invalidQuantile(least, parameter)
}
