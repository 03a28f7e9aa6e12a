import { setImmediate as turn } from 'node:timers/promises'
import type { Rule } from '../rules/rule.ts'
import type { RuleQueries } from '../rules/rule-answer.ts'
import { answersInPieces, type EvaluationTimes, type TimedAnswer } from './piecewise-answers.ts'

/** How long the evaluation may hold what else waits. */
const STRETCH_MS = 8

/** The rule, and how long before the time of evaluation its queries look, in milliseconds. */
interface AskedRule {
  readonly rule: Rule
  readonly queryOffsetMs: number
}

/**
 * Hands over what a rule gives at each of the times, in order, until `take` has enough; `timeMs` is the time of evaluation.
 * Rejects as `answersInPieces` does.
 */
export async function eachAnswer(
  { rule, queryOffsetMs }: AskedRule,
  { startMs, intervalMs, count }: EvaluationTimes,
  queries: RuleQueries,
  take: (answer: TimedAnswer) => Promise<void> | 'enough' | void,
  signal?: AbortSignal,
): Promise<void> {
  const read = { startMs: startMs - queryOffsetMs, intervalMs, count }
  for await (const answers of answersInPieces(rule, read, queries)) {
    let started = performance.now()
    for (const { timeMs, answer } of answers) {
      if ((await take({ timeMs: timeMs + queryOffsetMs, answer })) === 'enough') return
      if (performance.now() - started < STRETCH_MS) continue
      await turn()
      signal?.throwIfAborted()
      started = performance.now()
    }
  }
}
