import { contains } from '../condition.ts'
import { combined } from '../operands.ts'
import type { LineRule } from '../rule.ts'

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
