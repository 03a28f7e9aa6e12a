import { formatSampleValue } from '../../eval/values/format.ts'
import { formatDuration } from '../../text/duration.ts'
import type { Duration, DurationExpr } from '../ast.ts'
import { bindingPower, isRightAssociative } from '../operators.ts'

const NS_PER_MS = 1_000_000n

/** Milliseconds as a duration: `5m`, `-1h30m`, `0s`. */
export function printMilliseconds(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * NS_PER_MS)
}

/** A number literal: plain decimals, never an exponent; a duration as one. */
export function printNumber({ value, duration }: { readonly value: number; readonly duration: boolean }): string {
  if (duration && Object.is(value, -0)) return '-0s'
  return duration ? printMilliseconds(value * 1000) : formatSampleValue(value)
}

/** What stands in brackets or after `offset`; of a constant expression the expression. */
export function printDuration(duration: Duration): string {
  if ('expr' in duration) return printDurationExpr(duration.expr)
  return duration.written === undefined ? printMilliseconds(duration.ms) : printDurationExpr(duration.written)
}

/** Behind `offset` an operator ends the duration, so that what has one stands in brackets; a sign may stand before them. */
export function printOffset(duration: Duration): string {
  const expr = 'expr' in duration ? duration.expr : duration.written
  if (expr === undefined) return printDuration(duration)
  return expr.kind === 'unary' ? expr.op + inBrackets(expr.expr) : inBrackets(expr)
}

function inBrackets(expr: DurationExpr): string {
  const text = printDurationExpr(expr)
  return expr.kind === 'binary' || expr.kind === 'unary' ? `(${text})` : text
}

function printDurationExpr(expr: DurationExpr): string {
  switch (expr.kind) {
    case 'seconds':
      return printNumber(expr)
    case 'step':
      return 'step()'
    case 'range':
      return 'range()'
    case 'minOf':
    case 'maxOf':
      return `${expr.kind === 'minOf' ? 'min_of' : 'max_of'}(${printDurationExpr(expr.left)}, ${printDurationExpr(expr.right)})`
    case 'paren':
      return `(${printDurationExpr(expr.expr)})`
    case 'unary':
      return `${expr.op}${operand(expr.expr, bindingPower('*') + 1)}`
    case 'binary': {
      const power = bindingPower(expr.op)
      const right = isRightAssociative(expr.op)
      const leftText = operand(expr.left, right ? power + 1 : power)
      return `${leftText} ${expr.op} ${operand(expr.right, right ? power : power + 1, true)}`
    }
  }
}

/** An operand, in brackets where it binds looser than needed. Signs on the right of an operator need none. */
function operand(expr: DurationExpr, power: number, onRight = false): string {
  const text = printDurationExpr(expr)
  const signed = expr.kind === 'unary' || text.startsWith('-')
  const own = expr.kind === 'binary' ? bindingPower(expr.op) : signed && !onRight ? bindingPower('*') : power
  return own < power ? `(${text})` : text
}
