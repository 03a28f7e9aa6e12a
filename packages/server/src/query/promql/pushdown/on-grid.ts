import type { PromExpr } from '@girok/query/promql'

/** The nodes below one that are evaluated at the same times: not those of a subquery, which has times of its own. */
export function childrenOnGrid(expr: PromExpr): readonly PromExpr[] {
  switch (expr.kind) {
    case 'matrix':
      return [expr.selector]
    case 'call':
      return expr.args
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr]
    case 'binary':
      return [expr.left, expr.right]
    case 'unary':
    case 'paren':
      return [expr.expr]
    default:
      return []
  }
}
