import type { RuleBody, RuleLanguage } from '../../../model/rules.ts'
import type { AlertingRule } from '../../rules/rule.ts'
import { readRule } from '../../rules/rule-body.ts'
import type { BackTestGroup, BackTestRequest } from '../request.ts'

export const MINUTE = 60_000

/** An alerting rule as a file would hold it. */
export function ruleOf(body: RuleBody, language: RuleLanguage = 'promql'): AlertingRule {
  const { rule, problems } = readRule(body, language)
  if (rule?.kind !== 'alerting') throw new Error(`not an alerting rule: ${problems.join('; ')}`)
  return rule
}

/** A back-test of it, in a group with a label. */
export function requestOf(
  rule: AlertingRule,
  startMs: number,
  endMs: number,
  intervalMs = MINUTE,
  ofGroup: Partial<BackTestGroup> = {},
): BackTestRequest<AlertingRule> {
  const group = { labels: new Map([['team', 'ml']]), limit: 0, queryOffsetMs: 0, ...ofGroup }
  return { rule, group, startMs, endMs, intervalMs, externalLabels: new Map(), externalUrl: 'http://girok' }
}

/** One sample a minute. */
export const minutely = (labels: Record<string, string>, values: readonly number[]) => ({
  labels,
  samples: values.map((value, at) => [at * MINUTE, value] as const),
})
