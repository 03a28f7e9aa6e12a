import type { LineFilterOp } from '@girok/query'
import { allOf, anyOf, asSuperset, type Condition, contains } from './condition.ts'
import { lineRegexSql, regexHint } from './regex.ts'
import type { LineRule } from './rule.ts'

/** `|= "text"` and `!= "text"`: byte-wise, with case. */
export const lineText: LineRule = {
  name: 'line-text',
  summary: 'Line filters by text become position(), with the n-gram index for texts of four characters or more.',
  condition: ({ op, operands }, scope) => {
    if ((op !== '|=' && op !== '!=') || !scope.lineIsStored) return undefined
    // The evaluator has its own word on the empty text; IP filters are none of SQL's business.
    if (operands.some((operand) => operand.kind !== 'text' || operand.value === '')) return undefined
    return combined(
      op,
      operands.map((operand) => contains(operand.value)),
    )
  },
}

/** `|~` and `!~`: RE2, unanchored, a dot does not match a newline. */
export const lineRegex: LineRule = {
  name: 'line-regex',
  summary: 'Line filters by regular expression become match(), with the n-gram index for the texts they need.',
  condition: ({ op, operands }, scope) => {
    if ((op !== '|~' && op !== '!~') || !scope.lineIsStored) return undefined
    if (operands.some((operand) => operand.kind !== 'text' || operand.value === '')) return undefined
    return combined(
      op,
      operands.map(({ value }) => {
        const hint = regexHint(value)
        return { sql: lineRegexSql('line', value), exact: true, ...(hint ? { hint } : {}) }
      }),
    )
  },
}

/** `|>`: the texts between the wildcards must be there; their places are left to the evaluator. */
export const linePattern: LineRule = {
  name: 'line-pattern',
  summary: 'Pattern filters become position() on each text of the pattern, as a superset.',
  condition: ({ op, operands }, scope) => {
    if (op !== '|>' || !scope.lineIsStored) return undefined
    const each = operands.map(({ value }) => value.split('<_>').filter((text) => text !== ''))
    if (each.some((texts) => texts.length === 0)) return undefined
    return asSuperset(anyOf(each.map((texts) => allOf(texts.map(contains)))))
  },
}

/** Positive: any may match. Negative: none may, and what prunes for the positive says nothing. */
function combined(op: LineFilterOp, conditions: readonly Condition[]): Condition {
  const any = anyOf(conditions)
  return op === '|=' || op === '|~' ? any : { sql: `NOT (${any.sql})`, exact: true }
}
