import type { PromExpr, VectorSelector } from './ast.ts'

/** The expressions right below one, in the order of evaluation: of an aggregation the expression, then its parameter. */
export function childrenOf(expr: PromExpr): readonly PromExpr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return []
    case 'matrix':
      return [expr.selector]
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr]
    case 'call':
      return expr.args
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.expr, expr.param]
    case 'binary':
      return [expr.left, expr.right]
  }
}

/** Every vector selector of an expression, those of range selectors and subqueries included, from left to right. */
export function selectorsOf(expr: PromExpr): readonly VectorSelector[] {
  const found: VectorSelector[] = []
  const open: PromExpr[] = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'selector') found.push(next)
    for (const child of childrenOf(next).toReversed()) open.push(child)
  }
  return found.sort((a, b) => a.at.start - b.at.start)
}
