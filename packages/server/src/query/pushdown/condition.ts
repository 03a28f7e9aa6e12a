import { sqlString } from '../../store/literal.ts'
import { LINE_NGRAM } from '../../store/schema.ts'

/** A SQL condition on a row of the logs table that holds for every row which the query's stage lets through. */
export interface Condition {
  readonly sql: string
  /** True when it holds for no other row; false when the stage must be evaluated again on the survivors. */
  readonly exact: boolean
  /**
   * Weaker condition on `lower(line)` which the n-gram index understands. It only prunes granules and is never
   * evaluated on a row.
   */
  readonly hint?: string
}

/** All of them must hold. */
export function allOf(conditions: readonly Condition[]): Condition {
  const hints = conditions.flatMap((condition) => (condition.hint ? [condition.hint] : []))
  return {
    sql: joined(conditions, 'AND'),
    exact: conditions.every((condition) => condition.exact),
    ...(hints.length > 0 ? { hint: hints.length === 1 ? (hints[0] as string) : `(${hints.join(' AND ')})` } : {}),
  }
}

/** At least one of them must hold. The index helps only when it helps with each. */
export function anyOf(conditions: readonly Condition[]): Condition {
  const hints = conditions.map((condition) => condition.hint)
  return {
    sql: joined(conditions, 'OR'),
    exact: conditions.every((condition) => condition.exact),
    ...(hints.every((hint) => hint !== undefined)
      ? { hint: hints.length === 1 ? (hints[0] as string) : `(${hints.join(' OR ')})` }
      : {}),
  }
}

function joined(conditions: readonly Condition[], operator: 'AND' | 'OR'): string {
  if (conditions.length === 1) return (conditions[0] as Condition).sql
  return `(${conditions.map((condition) => condition.sql).join(` ${operator} `)})`
}

/** The condition with what prunes by index, as it stands in a WHERE clause. */
export function whereText(condition: Condition): string {
  return condition.hint ? `${condition.sql} AND indexHint(${condition.hint})` : condition.sql
}

/** What the n-gram index can say about lines that contain the text; undefined when it is shorter than a piece. */
export function containsHint(text: string): string | undefined {
  // lower() of the engine folds ASCII only, and so must this: the index would miss what String#toLowerCase changes.
  const folded = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  if ([...folded].length < LINE_NGRAM) return undefined
  return `lower(line) LIKE ${sqlString(`%${folded.replace(/[\\%_]/g, (c) => `\\${c}`)}%`)}`
}

/** The line contains the text, byte for byte. */
export function contains(text: string): Condition {
  const hint = containsHint(text)
  return { sql: `position(line, ${sqlString(text)}) > 0`, exact: true, ...(hint ? { hint } : {}) }
}

/** The same condition, to be evaluated again. */
export function asSuperset(condition: Condition): Condition {
  return condition.exact ? { ...condition, exact: false } : condition
}
