import type { Labels } from '@girok/query'
import type { AlertingRule, Rule, RuleQuery } from './rule.ts'
import type { RuleValue } from './rule-samples.ts'

/** A series of a query over a stretch of time. */
export interface RuleSeries {
  readonly labels: Labels
  /** Milliseconds since the epoch, in order. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** Both ends inclusive, milliseconds since the epoch. */
export interface RuleGrid {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

/** Answers the queries of rules. Every call rejects with an Error that is written for users. */
export interface RuleQueries {
  readonly instant: (query: RuleQuery, timeMs: number) => Promise<readonly RuleValue[]>
  readonly range: (query: RuleQuery, grid: RuleGrid) => Promise<readonly RuleSeries[]>
}

/** What a rule's query gives at a time. */
export interface RuleAnswer {
  readonly values: readonly RuleValue[]
  /** What its `keep_firing_while` gives. */
  readonly holding: readonly RuleValue[]
}

/** The queries that {@link answerRule} asks for one time: what they need of the store can be read beforehand, in one pass. */
export function instantQueries(rule: Rule): RuleQuery[] {
  if (rule.kind === 'recording') return [rule.query]
  return [
    ...(rule.reduction === undefined ? [rule.query] : []),
    ...(rule.keepFiringWhile ? [rule.keepFiringWhile] : []),
  ]
}

/** All queries of a rule. */
export function queriesOf(rule: Rule): RuleQuery[] {
  return [rule.query, ...(rule.kind === 'alerting' && rule.keepFiringWhile ? [rule.keepFiringWhile] : [])]
}

/** Answers a rule as of a time. */
export async function answerRule(rule: Rule, timeMs: number, queries: RuleQueries): Promise<RuleAnswer> {
  const values = await queries.instant(rule.query, timeMs)
  return { values, holding: rule.kind === 'alerting' ? await holdingOf(rule, timeMs, queries) : [] }
}

async function holdingOf(
  { keepFiringWhile }: AlertingRule,
  timeMs: number,
  queries: RuleQueries,
): Promise<readonly RuleValue[]> {
  return keepFiringWhile === undefined ? [] : await queries.instant(keepFiringWhile, timeMs)
}
