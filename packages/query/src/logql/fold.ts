import { ARITHMETIC, COMPARISONS, isComparison, isSetOperator } from './arithmetic.ts'
import type { BinaryOp } from './ast.ts'

/**
 * Arithmetic and comparison of two numbers as LogQL has them: comparisons answer 1 or 0. Set operators have no meaning on
 * numbers and give NaN.
 */
export function scalarOperation(op: BinaryOp, left: number, right: number): number {
  if (isSetOperator(op)) return Number.NaN
  return isComparison(op) ? Number(COMPARISONS[op](left, right)) : ARITHMETIC[op](left, right)
}
