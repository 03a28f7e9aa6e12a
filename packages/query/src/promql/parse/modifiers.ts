import type { AtModifier, Duration, MatrixSelector, PromExpr, Subquery, VectorSelector } from '../ast.ts'
import type { Cursor } from './cursor.ts'
import { parseOffset, parsePositiveDuration } from './duration.ts'
import { atNumber, takeNumber } from './number.ts'

const DURATIONS = 'number, duration, step(), or range()'
const MAX_SECONDS = 2 ** 63
const NEEDS_SELECTOR = 'must be preceded by an instant vector selector or range vector selector or a subquery'

/** What carries `offset` and `@`: of a range selector the selector inside. */
type Carrier = VectorSelector | Subquery

/** Whether a range, `offset`, `@`, `anchored` or `smoothed` is at the cursor; they bind tighter than every operator. */
export function atModifier(cursor: Cursor): boolean {
  const { kind } = cursor.token
  return kind === '[' || kind === 'offset' || kind === '@' || kind === 'anchored' || kind === 'smoothed'
}

/** The expression together with the one modifier at the cursor. */
export function parseModifier(cursor: Cursor, expr: PromExpr): PromExpr {
  switch (cursor.token.kind) {
    case '[':
      return parseRange(cursor, expr)
    case 'offset':
      return parseOffsetOf(cursor, expr)
    case '@':
      return parseAt(cursor, expr)
    default:
      return parseExtended(cursor, expr)
  }
}

function parseRange(cursor: Cursor, expr: PromExpr): MatrixSelector | Subquery {
  const open = cursor.take()
  const range = cursor.within('subquery or range selector', DURATIONS, () => parsePositiveDuration(cursor))
  if (cursor.takeIf(':')) return parseSubquery(cursor, expr, range)
  if (!cursor.at(']')) cursor.unexpected('subquery or range', '":" or "]"')
  cursor.take()
  const fault = rangeFault(expr)
  if (fault !== undefined || expr.kind !== 'selector') return cursor.fail(fault ?? '', open.start)
  return { kind: 'matrix', selector: expr, range, at: cursor.spanFrom(expr.at.start) }
}

function rangeFault(expr: PromExpr): string | undefined {
  if (expr.kind !== 'selector') return 'ranges only allowed for vector selectors'
  if (expr.offset !== undefined) return 'no offset modifiers allowed before range'
  // Prometheus lets @ start() and @ end() stand on either side of the range.
  return typeof expr.atTime === 'number' ? 'no @ modifiers allowed before range' : undefined
}

function parseSubquery(cursor: Cursor, expr: PromExpr, range: Duration): Subquery {
  let step: Duration | undefined
  if (!cursor.at(']')) {
    step = cursor.within('subquery selector', `number, duration, step(), range(), or "]"`, () =>
      parsePositiveDuration(cursor),
    )
    if (!cursor.at(']')) cursor.unexpected('subquery selector', '"]"')
  }
  cursor.take()
  const at = cursor.spanFrom(expr.at.start)
  return { kind: 'subquery', expr, range, step, offset: undefined, atTime: undefined, at }
}

function parseOffsetOf(cursor: Cursor, expr: PromExpr): PromExpr {
  cursor.take()
  const offset = cursor.within('offset', DURATIONS, () => parseOffset(cursor))
  return modified(cursor, expr, 'offset modifier', (carrier) => {
    if (carrier.offset !== undefined) cursor.fail('offset may not be set multiple times', expr.at.start)
    return { offset }
  })
}

function parseAt(cursor: Cursor, expr: PromExpr): PromExpr {
  cursor.take()
  const atTime = cursor.within('@', 'timestamp', () => parseAtTime(cursor, expr))
  return modified(cursor, expr, '@ modifier', (carrier) => {
    if (carrier.atTime !== undefined) cursor.fail('@ <timestamp> may not be set multiple times', expr.at.start)
    return { atTime }
  })
}

function parseAtTime(cursor: Cursor, expr: PromExpr): AtModifier {
  const { kind } = cursor.token
  if (kind === 'start' || kind === 'end') {
    cursor.take()
    cursor.expect('(')
    cursor.expect(')')
    return kind
  }
  if (kind === '+' || kind === '-') cursor.take()
  if (!atNumber(cursor)) cursor.unexpected()
  const { value } = takeNumber(cursor)
  const seconds = kind === '-' ? -value : value
  if (!(Math.abs(seconds) < MAX_SECONDS)) {
    const shown = Number.isFinite(seconds) ? `${BigInt(seconds)}.000000` : String(seconds).replace('Infinity', 'Inf')
    const signed = shown === 'Inf' ? '+Inf' : shown
    cursor.fail(`timestamp out of bounds for @ modifier: ${signed}`, expr.at.start)
  }
  // Half a millisecond goes away from zero, as in Go.
  return Math.sign(seconds) * Math.round(Math.abs(seconds) * 1000) + 0
}

/** The expression with what `change` gives for the node that carries modifiers. Only selectors and subqueries have one. */
function modified(
  cursor: Cursor,
  expr: PromExpr,
  name: string,
  change: (carrier: Carrier) => Partial<Pick<Carrier, 'offset' | 'atTime'>>,
): PromExpr {
  const at = cursor.spanFrom(expr.at.start)
  switch (expr.kind) {
    case 'selector':
    case 'subquery':
      return { ...expr, ...change(expr), at }
    case 'matrix':
      return { ...expr, selector: { ...expr.selector, ...change(expr.selector) }, at }
    default:
      return cursor.fail(`${name} ${NEEDS_SELECTOR}`, expr.at.start)
  }
}

function parseExtended(cursor: Cursor, expr: PromExpr): PromExpr {
  const extended = cursor.take().kind === 'anchored' ? 'anchored' : 'smoothed'
  const refuse = (message: string) => cursor.fail(message, expr.at.start)
  if (expr.kind === 'subquery') return refuse(`${extended} modifier is not supported for subqueries`)
  if (expr.kind !== 'selector' && expr.kind !== 'matrix') return refuse(`${extended} modifier not implemented`)
  const before = expr.kind === 'selector' ? expr.extended : expr.selector.extended
  if (before !== undefined && before !== extended) {
    return refuse('anchored and smoothed modifiers cannot be used together')
  }
  return expr.kind === 'selector' ? { ...expr, extended } : { ...expr, selector: { ...expr.selector, extended } }
}
