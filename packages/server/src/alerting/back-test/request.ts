import { GirokError } from '../../model/errors.ts'
import type { Rule } from '../rules/rule.ts'
import type { EvaluationTimes } from './piecewise-answers.ts'

/** What a group says of its rules. */
export interface BackTestGroup {
  readonly labels: ReadonlyMap<string, string>
  /** Most series or alerts of the rule; 0: no limit. */
  readonly limit: number
  /** Queries look at this many milliseconds before the time of evaluation. */
  readonly queryOffsetMs: number
}

export interface BackTestRequest<Of extends Rule = Rule> {
  readonly rule: Of
  readonly group: BackTestGroup
  /** Milliseconds since the epoch; the last evaluation is at `endMs` or less than an interval before it. */
  readonly startMs: number
  readonly endMs: number
  readonly intervalMs: number
  readonly externalLabels: ReadonlyMap<string, string>
  readonly externalUrl: string
}

export const MOST_EVALUATIONS = 11_000
/** How long before the start an alert is looked for that `keep_firing_while` may still hold. */
const HELD_MS = 3_600_000

/** Throws `bad_request` for an end before the start, `limit_exceeded` for too many evaluations. */
export function evaluationTimes({ startMs, endMs, intervalMs }: BackTestRequest): EvaluationTimes {
  if (!(endMs >= startMs)) throw new GirokError('bad_request', 'endMs must not be before startMs')
  const count = Math.floor((endMs - startMs) / intervalMs) + 1
  if (count <= MOST_EVALUATIONS) return { startMs, intervalMs, count }
  throw new GirokError(
    'limit_exceeded',
    `a back-test has at most ${MOST_EVALUATIONS.toLocaleString('en')} evaluations, this one would have ${count.toLocaleString('en')}: take a longer interval or a shorter time`,
  )
}

/**
 * Evaluations before the start that make the states of alerts what they would be by then. An alert that is pending or fires
 * at the start came within `for` and `keep_firing_for` before it, or fires at once when it came earlier. Only one that
 * something has kept firing for longer than that, without its series or with a series that came and went, is not known.
 */
export function warmUpEvaluations({ rule, startMs, intervalMs }: Omit<BackTestRequest, 'endMs'>): number {
  if (rule.kind === 'recording') return 0
  const { forMs, keepFiringForMs, keepFiringWhile } = rule
  const lengthMs = forMs + keepFiringForMs + (keepFiringWhile === undefined ? 0 : HELD_MS)
  if (lengthMs === 0) return 0
  return Math.min(Math.ceil(lengthMs / intervalMs) + 1, MOST_EVALUATIONS, Math.floor(startMs / intervalMs))
}
