import type { PromExpr } from '../ast.ts'

/** What stands inside of parentheses. */
export function unwrapped(expr: PromExpr): PromExpr {
  let inner = expr
  while (inner.kind === 'paren') inner = inner.expr
  return inner
}
