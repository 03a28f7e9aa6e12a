import type { LogExpr, RangeAggregation } from '../../logql/ast.ts'
import { parseAndCheckLogQL } from '../../logql/check/check.ts'
import type { Labels, LogRow } from '../types.ts'

export function logQuery(text: string): LogExpr {
  const expr = parseAndCheckLogQL(text)
  if (expr.kind !== 'log') throw new Error(`${text} is no log query`)
  return expr
}

export function rangeQuery(text: string): RangeAggregation {
  const expr = parseAndCheckLogQL(text)
  if (expr.kind !== 'rangeAggregation') throw new Error(`${text} is no range aggregation`)
  return expr
}

export function row(
  line: string,
  stream: Record<string, string> = { app: 'a' },
  metadata: Record<string, string> = {},
  timeNs = 0n,
): LogRow {
  return { timeNs, stream: new Map(Object.entries(stream)), metadata: Object.entries(metadata), line }
}

export function plain(labels: Labels): Record<string, string> {
  return Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
}
