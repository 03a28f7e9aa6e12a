import type { InfixOperator } from '../../text/pratt.ts'
import type { Duration, DurationExpr, Span } from '../ast.ts'
import { foldDuration } from '../duration/fold.ts'
import { bindingPower, isRightAssociative } from '../operators.ts'
import type { Cursor } from './cursor.ts'
import { CursorGrammar } from './grammar.ts'
import { atNumber, takeNumber } from './number.ts'

/** Most seconds that a duration may have: 2^63 nanoseconds. */
const MAX_SECONDS = 2 ** 63 / 1e9

type DurationOp = Extract<DurationExpr, { kind: 'binary' }>['op']

interface Operator extends InfixOperator {
  readonly op: DurationOp
  readonly start: number
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  (['+', '-', '*', '/', '%', '^'] as const).map((op) => [
    op,
    { op, power: bindingPower(op), rightAssociative: isRightAssociative(op), start: 0 },
  ]),
)
const SIGN_POWER = bindingPower('*') + 1

/** A range or the step of a subquery: more than 0, where that can be told. */
export function parsePositiveDuration(cursor: Cursor): Duration {
  const expr = new DurationGrammar(cursor).parse()
  if (expr.kind === 'seconds' && expr.value <= 0) cursor.fail('duration must be greater than 0', expr.at.start)
  return finish(cursor, expr, false)
}

/**
 * What follows `offset`: one number, call or bracketed expression with or without a sign, so that `a offset 5m * 2` is a
 * product of `a offset 5m`. (Behind a bracket Prometheus goes on with the duration, and so refuses `a offset (5m) + b`.)
 */
export function parseOffset(cursor: Cursor): Duration {
  const grammar = new DurationGrammar(cursor)
  const { start, kind } = cursor.token
  const signed = kind === '+' || kind === '-'
  if (signed) cursor.take()
  const expr = grammar.operand()
  if (!signed) return finish(cursor, expr, true)
  return finish(cursor, withSign(cursor, kind, expr, { start, end: expr.at.end }), true)
}

function finish(cursor: Cursor, expr: DurationExpr, mayBeNegative: boolean): Duration {
  const folded = foldDuration(expr, mayBeNegative)
  if (folded !== undefined && 'fault' in folded) return cursor.fail(folded.fault, folded.at.start)
  return folded ?? { expr }
}

function withSign(cursor: Cursor, op: '+' | '-', expr: DurationExpr, at: Span): DurationExpr {
  if (expr.kind !== 'seconds') return op === '-' ? { kind: 'unary', op, expr, at } : { ...expr, at }
  return bounded(cursor, { ...expr, value: op === '-' ? -expr.value : expr.value, at })
}

function bounded(cursor: Cursor, expr: Extract<DurationExpr, { kind: 'seconds' }>): DurationExpr {
  if (Math.abs(expr.value) > MAX_SECONDS) cursor.fail('duration out of range', expr.at.start)
  return expr
}

class DurationGrammar extends CursorGrammar<DurationExpr, Operator> {
  operand(): DurationExpr {
    const { cursor } = this
    this.height = 1
    if (atNumber(cursor)) {
      const { value, duration, token } = takeNumber(cursor)
      return bounded(cursor, { kind: 'seconds', value, duration, at: { start: token.start, end: token.end } })
    }
    const { kind, start } = cursor.token
    switch (kind) {
      case '+':
      case '-': {
        cursor.take()
        const expr = this.nested(SIGN_POWER)
        return withSign(cursor, kind, expr, cursor.spanFrom(start))
      }
      case '(': {
        cursor.take()
        const expr = this.nested()
        cursor.expect(')')
        return { kind: 'paren', expr, at: cursor.spanFrom(start) }
      }
      case 'step':
      case 'range':
        cursor.take()
        cursor.expect('(')
        cursor.expect(')')
        return { kind, at: cursor.spanFrom(start) }
      case 'min_of':
      case 'max_of':
        return this.choice(kind, start)
      default:
        return cursor.unexpected()
    }
  }

  private choice(kind: 'min_of' | 'max_of', start: number): DurationExpr {
    const { cursor } = this
    cursor.take()
    cursor.expect('(')
    const left = this.nested()
    const leftHeight = this.height
    cursor.expect(',')
    const right = this.nested()
    this.height = Math.max(leftHeight, this.height)
    cursor.expect(')')
    return { kind: kind === 'min_of' ? 'minOf' : 'maxOf', left, right, at: cursor.spanFrom(start) }
  }

  peekOperator(): Operator | undefined {
    return OPERATORS.get(this.cursor.token.kind)
  }

  takeOperator(operator: Operator): Operator {
    return { ...operator, start: this.cursor.take().start }
  }

  combine(left: DurationExpr, { op, start }: Operator, right: DurationExpr): DurationExpr {
    if (right.kind === 'seconds' && right.value === 0) {
      if (op === '/') this.cursor.fail('division by zero', start)
      if (op === '%') this.cursor.fail('modulo by zero', start)
    }
    return { kind: 'binary', op, left, right, at: { start: left.at.start, end: right.at.end } }
  }
}
