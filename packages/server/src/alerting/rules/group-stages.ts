import { selectorsOf } from '@girok/query/promql'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import type { Rule, RuleQuery } from './rule.ts'
import { queriesOf } from './rule-answer.ts'

/** Names of the series that alerting rules write. */
const ALERT_SERIES = ['ALERTS', 'ALERTS_FOR_STATE'] as const

/**
 * Rules that do not look at what others of them write, in the order of the group. What a stage writes is stored before the
 * next one is evaluated; within a stage everything is read, and written, at once.
 */
export function stagesOf<Of extends { readonly rule: Rule }>(states: readonly Of[]): readonly (readonly Of[])[] {
  const stages: Of[][] = []
  let written = new Set<string>()
  for (const state of states) {
    const stage = stages.at(-1)
    const reads = queriesOf(state.rule)
    if (stage === undefined || reads.some((query) => [...written].some((name) => looksAt(query, name)))) {
      stages.push([state])
      written = new Set()
    } else stage.push(state)
    for (const name of namesOf(state.rule)) written.add(name)
  }
  return stages
}

function namesOf(rule: Rule): readonly string[] {
  return rule.kind === 'recording' ? [rule.name] : ALERT_SERIES
}

/** Whether a query may read the series of a name. LogQL reads lines alone. */
function looksAt(query: RuleQuery, name: string): boolean {
  if (query.language === 'logql') return false
  return selectorsOf(query.tree).some((selector) => {
    const exact = selector.matchers.find((matcher) => matcher.name === METRIC_NAME && matcher.op === '=')
    return exact === undefined || exact.value === name
  })
}
