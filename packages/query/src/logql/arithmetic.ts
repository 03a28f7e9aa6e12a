import type { BinaryOp, CompareOp } from './ast.ts'

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^'
export type SetOp = 'and' | 'or' | 'unless'

/** LogQL's arithmetic: division by zero, of whatever sign, is NaN. */
export const ARITHMETIC: { readonly [Op in ArithmeticOp]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? Number.NaN : a / b),
  '%': (a, b) => (b === 0 ? Number.NaN : a % b),
  '^': power,
}

export const COMPARISONS: { readonly [Op in CompareOp]: (a: number, b: number) => boolean } = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
}

export function isComparison(op: BinaryOp): op is CompareOp {
  return op in COMPARISONS
}

export function isSetOperator(op: BinaryOp): op is SetOp {
  return op === 'and' || op === 'or' || op === 'unless'
}

/** IEEE 754's pow as other languages have it: 1 to any power is 1, and so is −1 to an infinite one. */
function power(base: number, exponent: number): number {
  if (base === 1) return 1
  if (base === -1 && (exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY)) return 1
  return base ** exponent
}
