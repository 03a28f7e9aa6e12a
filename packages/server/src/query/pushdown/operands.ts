import type { LineFilterOp } from '@girok/query'
import { anyOf, type Condition } from './condition.ts'

/** Positive: any may match. Negative: none may, and what prunes for the positive says nothing. */
export function combined(op: LineFilterOp, conditions: readonly Condition[]): Condition {
  const any = anyOf(conditions)
  return op === '|=' || op === '|~' ? any : { sql: `NOT (${any.sql})`, exact: true }
}
