import { type MetricExpr, printExpr } from '@girok/query'
import { type PromExpr, printPromQL } from '@girok/query/promql'
import type { Comparison } from '../rules/condition.ts'
import type { RuleQuery } from '../rules/rule.ts'

/** `X > 90` in its two parts. */
export interface ThresholdQuery {
  /** What is compared. */
  readonly query: RuleQuery
  readonly op: Comparison
  readonly value: number
}

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
}

/** The parts of a query that compares with a number, on either side; undefined for any other. */
export function thresholdQuery(query: RuleQuery): ThresholdQuery | undefined {
  if (query.language === 'promql') {
    const parts = partsOf(query.tree, promChild, promNumber)
    return parts && { ...parts, query: { language: 'promql', text: printPromQL(parts.tree), tree: parts.tree } }
  }
  const parts = partsOf(query.tree, (expr) => expr, logqlNumber)
  return parts && { ...parts, query: { language: 'logql', text: printExpr(parts.tree), tree: parts.tree } }
}

type Binary<E> = {
  readonly kind: 'binary'
  readonly op: string
  readonly bool: boolean
  readonly left: E
  readonly right: E
}

function partsOf<E extends PromExpr | MetricExpr>(
  given: E,
  open: (expr: E) => E,
  numberOf: (expr: E) => number | undefined,
): { readonly tree: E; readonly op: Comparison; readonly value: number } | undefined {
  const expr = open(given)
  if (expr.kind !== 'binary') return undefined
  const { op, bool, left, right } = expr as unknown as Binary<E>
  if (bool || !Object.hasOwn(FLIPPED, op)) return undefined
  const [ofLeft, ofRight] = [numberOf(open(left)), numberOf(open(right))]
  if (ofLeft === undefined && ofRight !== undefined) return { tree: left, op: op as Comparison, value: ofRight }
  if (ofLeft !== undefined && ofRight === undefined)
    return { tree: right, op: FLIPPED[op as Comparison], value: ofLeft }
  return undefined
}

/** Without brackets around it. */
function promChild(expr: PromExpr): PromExpr {
  return expr.kind === 'paren' ? promChild(expr.expr) : expr
}

function promNumber(expr: PromExpr): number | undefined {
  if (expr.kind === 'number') return expr.value
  if (expr.kind === 'paren') return promNumber(expr.expr)
  if (expr.kind !== 'unary') return undefined
  const value = promNumber(expr.expr)
  return value === undefined ? undefined : expr.op === '-' ? -value : value
}

function logqlNumber(expr: MetricExpr): number | undefined {
  return expr.kind === 'number' ? expr.value : undefined
}
