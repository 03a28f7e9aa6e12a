import { ARITHMETIC, COMPARISONS } from '../../../logql/arithmetic.ts'
import type { ArithmeticOp, BinaryOp, ComparisonOp, SetOp } from '../../ast.ts'
import { isComparison } from '../../operators.ts'

/** PromQL's arithmetic: IEEE 754 throughout. */
const PROM_ARITHMETIC: { readonly [Op in ArithmeticOp]: (a: number, b: number) => number } = {
  ...ARITHMETIC,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  atan2: Math.atan2,
}

export function arithmeticOf(op: ArithmeticOp): (a: number, b: number) => number {
  return PROM_ARITHMETIC[op]
}

export function comparisonOf(op: ComparisonOp): (a: number, b: number) => boolean {
  return COMPARISONS[op]
}

/** What two points give: a value, or undefined where a comparison that filters fails. */
export type PointOperation = (left: number, right: number) => number | undefined

/** The value of the left point passes a comparison without `bool`. */
export function pointOperationOf(op: Exclude<BinaryOp, SetOp>, bool: boolean): PointOperation {
  if (!isComparison(op)) return arithmeticOf(op)
  const holds = comparisonOf(op)
  if (bool) return (left, right) => (holds(left, right) ? 1 : 0)
  return (left, right) => (holds(left, right) ? left : undefined)
}
