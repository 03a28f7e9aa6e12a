import { parseLogQL, printExpr, QueryError } from '@girok/query'
import type { RuleLanguage } from '@girok/server/contract'
import { navigate } from '../../shell/router.ts'
import { newRuleSearch } from './parts/explore-place.ts'

/** A query that gives numbers: a log query becomes the count of its lines in five minutes. */
export function alertingQuery(language: RuleLanguage, query: string): string {
  if (language === 'promql') return query
  try {
    const expr = parseLogQL(query)
    return expr.kind === 'log' ? `sum(count_over_time(${printExpr(expr)} [5m]))` : query
  } catch (error) {
    // The form tells what is wrong with it.
    if (error instanceof QueryError) return query
    throw error
  }
}

/** Opens the form of a new rule with a query. */
export function createAlert(language: RuleLanguage, query: string): void {
  navigate('/alerts/new', newRuleSearch(language, alertingQuery(language, query)))
}
