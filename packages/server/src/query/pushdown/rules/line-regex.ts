import { combined } from '../operands.ts'
import { lineRegexSql, regexHint } from '../regex.ts'
import type { LineRule } from '../rule.ts'

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
