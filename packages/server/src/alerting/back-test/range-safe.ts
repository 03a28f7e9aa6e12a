import { childrenOf, type PromExpr } from '@girok/query/promql'
import type { RuleQuery } from '../rules/rule.ts'

const OF_QUERY_TIMES = ['start', 'end', 'range', 'step']

/**
 * Whether a query over many times gives at each of them what it gives when it is asked for that time alone. What looks at
 * the start, end or step of its query does not.
 */
export function isRangeSafe(query: RuleQuery): boolean {
  // The name within a text makes the back-test slower, not wrong.
  if (query.language === 'logql') return !query.text.includes('approx_topk')
  const open: PromExpr[] = [query.tree]
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (looksAtQueryTimes(expr)) return false
    open.push(...childrenOf(expr))
  }
  return true
}

function looksAtQueryTimes(expr: PromExpr): boolean {
  switch (expr.kind) {
    case 'selector':
      return typeof expr.atTime === 'string' || isOpen(expr.offset)
    case 'matrix':
      return isOpen(expr.range)
    case 'subquery':
      return typeof expr.atTime === 'string' || isOpen(expr.range) || isOpen(expr.step) || isOpen(expr.offset)
    case 'call':
      return OF_QUERY_TIMES.includes(expr.name)
    default:
      return false
  }
}

/** A duration that is known only when the query's step is. */
function isOpen(duration: object | undefined): boolean {
  return duration !== undefined && 'expr' in duration
}
