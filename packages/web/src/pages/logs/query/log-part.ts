import { type Expr, type LogExpr, type MetricExpr, parseLogQL, printExpr } from '@girok/query'

function logOf(expr: Expr): LogExpr | undefined {
  if (expr.kind === 'log') return expr
  return rangesOf(expr)
}

function rangesOf(expr: MetricExpr): LogExpr | undefined {
  switch (expr.kind) {
    case 'rangeAggregation':
      return expr.range.log
    case 'vectorAggregation':
    case 'labelReplace':
      return rangesOf(expr.inner)
    case 'binary':
      return rangesOf(expr.left) ?? rangesOf(expr.right)
    default:
      return undefined
  }
}

/** The log query that a metric query calculates from, the first when there are several; undefined when there is none. */
export function logPart(query: string): string | undefined {
  try {
    const log = logOf(parseLogQL(query))
    return log === undefined ? undefined : printExpr(log)
  } catch {
    // A query with a mistake has no part that could be shown; running it tells the mistake.
    return undefined
  }
}
