import { evaluatePromQL } from '@girok/query/promql'
import type { Evaluator } from './evaluation.ts'

/** Evaluates at once, in the caller's thread. */
export const inlineEvaluator: Evaluator = {
  async evaluate({ expr, grid, options, data, answers }, signal) {
    signal.throwIfAborted()
    return evaluatePromQL(expr, grid, options, data, answers)
  },
  close: async () => {},
}
