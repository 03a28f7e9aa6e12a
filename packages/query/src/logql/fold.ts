import type { BinaryOp } from './ast.ts'

/**
 * Arithmetic and comparison of two numbers as LogQL has them: division and remainder by zero are NaN, comparisons answer
 * 1 or 0, powers follow Go (`1 ^ NaN` is 1). Set operators have no meaning on numbers and give NaN.
 */
export function scalarOperation(op: BinaryOp, left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return right === 0 ? Number.NaN : left / right
    case '%':
      return left % right
    case '^':
      return power(left, right)
    case '==':
      return Number(left === right)
    case '!=':
      return Number(left !== right)
    case '>':
      return Number(left > right)
    case '>=':
      return Number(left >= right)
    case '<':
      return Number(left < right)
    case '<=':
      return Number(left <= right)
    case 'and':
    case 'or':
    case 'unless':
      return Number.NaN
  }
}

function power(base: number, exponent: number): number {
  // Here JavaScript and IEEE 754 (and Go) disagree.
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) return 1
  return base ** exponent
}
