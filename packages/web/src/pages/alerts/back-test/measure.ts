import { parseLogQL, QueryError } from '@girok/query'
import { parsePromQL } from '@girok/query/promql'
import type { RuleLanguage } from '@girok/server/contract'
import type { Unit } from '../../../charts/unit.ts'
import { measureOfQuery } from '../../../charts/unit-of-query.ts'

const comparisons: ReadonlySet<string> = new Set(['>', '>=', '<', '<=', '==', '!='])

/** True for a query that is a comparison itself, so that what it gives is what alerts; undefined when it cannot be read. */
export function isComparison(language: RuleLanguage, query: string): boolean | undefined {
  try {
    if (language === 'logql') {
      const expr = parseLogQL(query)
      return expr.kind === 'binary' && comparisons.has(expr.op)
    }
    let expr = parsePromQL(query)
    while (expr.kind === 'paren') expr = expr.expr
    return expr.kind === 'binary' && (comparisons.has(expr.op) || /^(?:and|or|unless)$/.test(expr.op))
  } catch (error) {
    if (error instanceof QueryError) return undefined
    throw error
  }
}

/** What the numbers of a rule's query measure. Values stay as they are, so that they stand beside the threshold as written. */
export function measureOfRule(language: RuleLanguage, query: string): Unit {
  if (language === 'promql') return 'none'
  const { unit, factor } = measureOfQuery(query)
  return factor === 1 ? unit : 'none'
}
