import { queryErrorAt } from '../../text/position.ts'
import type { Expr, Span } from '../ast.ts'

/** What a query uses that Loki does not know, and where; undefined for a query of Loki's. */
export function extensionIn(expr: Expr): { readonly name: string; readonly at: Span } | undefined {
  switch (expr.kind) {
    case 'log': {
      const distinct = expr.stages.find((stage) => stage.kind === 'distinct')
      return distinct && { name: distinct.kind, at: distinct.at }
    }
    case 'rangeAggregation':
      return expr.op === 'present_over_time' ? { name: expr.op, at: expr.at } : extensionIn(expr.range.log)
    case 'vectorAggregation':
      return expr.op === 'count_values' ? { name: expr.op, at: expr.at } : extensionIn(expr.inner)
    case 'labelReplace':
      return extensionIn(expr.inner)
    case 'binary':
      return extensionIn(expr.left) ?? extensionIn(expr.right)
    default:
      return undefined
  }
}

/** Refuses what Loki does not know. Throws QueryError. @param text the text that the tree was parsed from */
export function refuseExtensions(expr: Expr, text: string): void {
  const found = extensionIn(expr)
  if (found === undefined) return
  throw queryErrorAt(text, found.at.start, `${found.name} is an extension of LogQL, and query.extensions is off here`)
}
