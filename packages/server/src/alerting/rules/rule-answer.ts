import { lookbackGrid, reducedValues } from './reduction.ts'
import type { AlertingRule, Rule, RuleQuery } from './rule.ts'
import type { RangeValues, RuleGrid, RuleValue } from './rule-value.ts'

export type { RangeValues, RuleGrid } from './rule-value.ts'

/** Answers the queries of rules. Every call rejects with an Error that is written for users. */
export interface RuleQueries {
  readonly instant: (query: RuleQuery, timeMs: number) => Promise<readonly RuleValue[]>
  readonly range: (query: RuleQuery, grid: RuleGrid) => Promise<readonly RangeValues[]>
}

/** What a rule's query gives at a time. */
export interface RuleAnswer {
  readonly values: readonly RuleValue[]
  /** What its `keep_firing_while` gives. */
  readonly holding: readonly RuleValue[]
}

/** A query, and the time or the grid of its answer. */
export type WantedAnswer =
  | { readonly query: RuleQuery; readonly timeMs: number }
  | { readonly query: RuleQuery; readonly grid: RuleGrid }

/** What {@link answerRule} asks at a time: what it needs of the store can be read beforehand, in one pass. */
export function wantedAnswers(rule: Rule, timeMs: number): WantedAnswer[] {
  if (rule.kind === 'recording') return [{ query: rule.query, timeMs }]
  const { query, reduction, keepFiringWhile } = rule
  return [
    reduction === undefined ? { query, timeMs } : { query, grid: lookbackGrid(reduction, timeMs) },
    ...(keepFiringWhile ? [{ query: keepFiringWhile, timeMs }] : []),
  ]
}

/** All queries of a rule. */
export function queriesOf(rule: Rule): RuleQuery[] {
  return [rule.query, ...(rule.kind === 'alerting' && rule.keepFiringWhile ? [rule.keepFiringWhile] : [])]
}

/** Answers a rule as of a time. */
export async function answerRule(rule: Rule, timeMs: number, queries: RuleQueries): Promise<RuleAnswer> {
  const values = await valuesOf(rule, timeMs, queries)
  return { values, holding: rule.kind === 'alerting' ? await holdingOf(rule, timeMs, queries) : [] }
}

/** With a condition: the reduced values that meet it. */
async function valuesOf(rule: Rule, timeMs: number, queries: RuleQueries): Promise<readonly RuleValue[]> {
  const reduction = rule.kind === 'alerting' ? rule.reduction : undefined
  if (reduction === undefined) return await queries.instant(rule.query, timeMs)
  return reducedValues(await queries.range(rule.query, lookbackGrid(reduction, timeMs)), reduction)
}

async function holdingOf(
  { keepFiringWhile }: AlertingRule,
  timeMs: number,
  queries: RuleQueries,
): Promise<readonly RuleValue[]> {
  return keepFiringWhile === undefined ? [] : await queries.instant(keepFiringWhile, timeMs)
}
