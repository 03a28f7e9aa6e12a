import { childrenOf, type PromExpr } from '@girok/query/promql'
import { METRIC_NAME } from '../../../model/sample-batch.ts'

/** Functions whose answer depends on labels that they are told by text, which may be the metric's name. */
const LABEL_FUNCTIONS: ReadonlySet<string> = new Set([
  'info',
  'label_join',
  'label_replace',
  'sort_by_label',
  'sort_by_label_desc',
])

/**
 * Whether anything in an expression asks for the name of a metric after the selector: where nothing does, names that are
 * dropped at the end and names that are dropped at once give the same answer, if no two series become one.
 */
export function namesAreSeen(expr: PromExpr): boolean {
  return asksForName(expr) || childrenOf(expr).some(namesAreSeen)
}

function asksForName(expr: PromExpr): boolean {
  if (expr.kind === 'call') return LABEL_FUNCTIONS.has(expr.name)
  if (expr.kind === 'aggregate') return expr.grouping?.labels.includes(METRIC_NAME) === true
  if (expr.kind !== 'binary' || expr.matching === undefined) return false
  return [...expr.matching.labels, ...expr.matching.include].includes(METRIC_NAME)
}
