import type { Duration, DurationExpr, Span } from '../ast.ts'

/** What `step()` and `range()` stand for. */
export interface QueryTimes {
  readonly stepMs: number
  /** From the first to the last time of the query; 0 for an instant query. */
  readonly rangeMs: number
}

/** A duration that can have no value. */
export interface DurationFault {
  readonly fault: string
  readonly at: Span
}

/** Most milliseconds that a duration may have: 2^63 nanoseconds. */
const MAX_MS = 2 ** 63 / 1e6
const HALF_MICROSECOND = 0.0005

/**
 * The fixed duration that an expression means; undefined while it depends on times that are not given. Numbers are seconds,
 * results are whole milliseconds.
 */
export function foldDuration(
  expr: DurationExpr,
  mayBeNegative: boolean,
  times?: QueryTimes,
): Duration | DurationFault | undefined {
  const seconds = secondsOf(expr, times)
  if (typeof seconds === 'object') return seconds
  if (seconds === undefined) return undefined
  if (expr.kind === 'seconds') return fixed(expr)
  const ms = whole(seconds * 1000)
  if (Number.isNaN(ms) || Math.abs(ms) > MAX_MS) return { fault: 'duration is out of range', at: expr.at }
  if (ms <= 0 && !mayBeNegative) return { fault: 'duration must be greater than 0', at: expr.at }
  return { ms, written: expr }
}

/** A number as it was written: 0.29 is 290 ms whatever its binary form; what is no whole millisecond is cut, not rounded. */
function fixed(expr: Extract<DurationExpr, { kind: 'seconds' }>): Duration {
  const nearest = Math.round(expr.value * 1000) + 0
  const written = Math.abs(expr.value * 1000 - nearest) < HALF_MICROSECOND
  return written || expr.duration ? { ms: nearest } : { ms: whole(expr.value * 1000), written: expr }
}

/** Towards zero, and never minus zero. */
function whole(ms: number): number {
  return Math.trunc(ms) + 0
}

function secondsOf(expr: DurationExpr, times: QueryTimes | undefined): number | DurationFault | undefined {
  switch (expr.kind) {
    case 'seconds':
      return expr.value
    case 'step':
      return times === undefined ? undefined : times.stepMs / 1000
    case 'range':
      return times === undefined ? undefined : times.rangeMs / 1000
    case 'paren':
      return secondsOf(expr.expr, times)
    case 'unary': {
      const value = secondsOf(expr.expr, times)
      return typeof value === 'number' && expr.op === '-' ? -value : value
    }
    default:
      return combine(expr, times)
  }
}

function combine(
  expr: Extract<DurationExpr, { kind: 'binary' | 'minOf' | 'maxOf' }>,
  times: QueryTimes | undefined,
): number | DurationFault | undefined {
  const left = secondsOf(expr.left, times)
  if (typeof left === 'object') return left
  const right = secondsOf(expr.right, times)
  if (typeof right === 'object') return right
  if (expr.kind === 'binary' && right === 0) {
    if (expr.op === '/') return { fault: 'division by zero', at: expr.at }
    if (expr.op === '%') return { fault: 'modulo by zero', at: expr.at }
  }
  if (left === undefined || right === undefined) return undefined
  if (expr.kind !== 'binary') return expr.kind === 'minOf' ? Math.min(left, right) : Math.max(left, right)
  switch (expr.op) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    case '^':
      return left ** right
  }
}
