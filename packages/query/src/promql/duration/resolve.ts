import { QueryError } from '../../text/error.ts'
import type { Duration, PromExpr, VectorSelector } from '../ast.ts'
import { foldDuration, type QueryTimes } from './fold.ts'

/**
 * The expression with every duration fixed, for a query of these times. What needs no change stays the same object. Throws
 * QueryError (without a place) when a duration has no value or a range would not be positive.
 */
export function resolveDurations(expr: PromExpr, times: QueryTimes): PromExpr {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr
    case 'selector':
      return resolveSelector(expr, times)
    case 'matrix': {
      const selector = resolveSelector(expr.selector, times)
      const range = resolved(expr.range, false, times)
      return selector === expr.selector && range === expr.range ? expr : { ...expr, selector, range }
    }
    case 'subquery': {
      const inner = resolveDurations(expr.expr, times)
      const range = resolved(expr.range, false, times)
      const step = resolved(expr.step, false, times)
      const offset = resolved(expr.offset, true, times)
      const same = inner === expr.expr && range === expr.range && step === expr.step && offset === expr.offset
      return same ? expr : { ...expr, expr: inner, range, step, offset }
    }
    case 'unary':
    case 'paren': {
      const inner = resolveDurations(expr.expr, times)
      return inner === expr.expr ? expr : { ...expr, expr: inner }
    }
    case 'call': {
      const args = expr.args.map((arg) => resolveDurations(arg, times))
      return args.every((arg, i) => arg === expr.args[i]) ? expr : { ...expr, args }
    }
    case 'aggregate': {
      const inner = resolveDurations(expr.expr, times)
      const param = expr.param === undefined ? undefined : resolveDurations(expr.param, times)
      return inner === expr.expr && param === expr.param ? expr : { ...expr, expr: inner, param }
    }
    case 'binary': {
      const left = resolveDurations(expr.left, times)
      const right = resolveDurations(expr.right, times)
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right }
    }
  }
}

function resolveSelector(selector: VectorSelector, times: QueryTimes): VectorSelector {
  const offset = resolved(selector.offset, true, times)
  return offset === selector.offset ? selector : { ...selector, offset }
}

function resolved<D extends Duration | undefined>(
  duration: D,
  mayBeNegative: boolean,
  times: QueryTimes,
): D | { readonly ms: number } {
  if (duration === undefined || 'ms' in duration) return duration
  const folded = foldDuration(duration.expr, mayBeNegative, times)
  if (folded !== undefined && 'ms' in folded) return { ms: folded.ms }
  throw new QueryError(folded !== undefined && 'fault' in folded ? folded.fault : 'duration has no value', 0, 0)
}
