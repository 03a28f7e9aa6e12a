import { allOf, anyOf, asSuperset, contains } from '../condition.ts'
import type { LineRule } from '../rule.ts'

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
