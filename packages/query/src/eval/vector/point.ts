import { ARITHMETIC, type ArithmeticOp, COMPARISONS, isComparison } from '../../logql/arithmetic.ts'
import type { BinaryOp } from '../../logql/ast.ts'

/**
 * What two points give: a value, or undefined where a comparison fails. `kept` is the value that a passing comparison
 * without `bool` keeps.
 */
export type PointOperation = (left: number, right: number, kept: number) => number | undefined

export function pointOperation(op: BinaryOp, bool: boolean): PointOperation {
  if (!isComparison(op)) return ARITHMETIC[op as ArithmeticOp]
  const holds = COMPARISONS[op]
  if (bool) return (left, right) => (holds(left, right) ? 1 : 0)
  return (left, right, kept) => (holds(left, right) ? kept : undefined)
}
