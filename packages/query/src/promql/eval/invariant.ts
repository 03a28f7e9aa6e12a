import type { PromExpr } from '../ast.ts'

/** Functions of the evaluation time itself, which change from step to step even where their arguments do not. */
const OF_THE_STEP: ReadonlySet<string> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'time',
  'timestamp',
  'year',
])

/** Finds parts of a query that are the same at every step, because `@` fixes their times: they are evaluated once. */
export class Invariance {
  private readonly known = new Map<PromExpr, boolean>()

  holds(expr: PromExpr): boolean {
    const known = this.known.get(expr)
    if (known !== undefined) return known
    const answer = this.find(expr)
    this.known.set(expr, answer)
    return answer
  }

  private find(expr: PromExpr): boolean {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return true
      case 'selector':
      case 'subquery':
        return expr.atTime !== undefined
      case 'matrix':
        return this.holds(expr.selector)
      case 'call':
        return !OF_THE_STEP.has(expr.name) && expr.name !== 'info' && expr.args.every((arg) => this.holds(arg))
      case 'aggregate':
        return this.holds(expr.expr) && (expr.param === undefined || this.holds(expr.param))
      case 'binary':
        return this.holds(expr.left) && this.holds(expr.right)
      case 'unary':
      case 'paren':
        return this.holds(expr.expr)
    }
  }
}
