import { selectorsOf } from '@girok/query/promql'
import { METRIC_NAME } from '../../model/sample-batch.ts'
import { ALERTS, ALERTS_FOR_STATE } from '../alerts/alert-samples.ts'
import { asksQueries } from './alert-template.ts'
import type { Rule, RuleQuery } from './rule.ts'
import { queriesOf } from './rule-answer.ts'

/**
 * Rules that do not look at what others of them write, in the order of the group. What a stage writes is stored before the
 * next one is evaluated; within a stage everything is read, and written, at once: either costs the same for one rule as for a
 * thousand. There is always one, be it without rules.
 */
export function stagesOf<Of extends { readonly rule: Rule }>(states: readonly Of[]): readonly (readonly Of[])[] {
  let stage: Of[] = []
  const stages = [stage]
  let written = new Set<string>()
  for (const state of states) {
    if (stage.length > 0 && looksAt(state.rule, written)) {
      stage = []
      stages.push(stage)
      written = new Set()
    }
    stage.push(state)
    for (const name of namesWritten(state.rule)) written.add(name)
  }
  return stages
}

function namesWritten(rule: Rule): readonly string[] {
  return rule.kind === 'recording' ? [rule.name] : [ALERTS, ALERTS_FOR_STATE]
}

/** Whether a rule may read series of these names. */
function looksAt(rule: Rule, names: ReadonlySet<string>): boolean {
  if (rule.kind === 'alerting' && rule.query.language === 'promql' && asksInTemplates(rule)) return true
  return queriesOf(rule).some((query) => {
    const read = namesRead(query)
    return read === 'any' || read.some((name) => names.has(name))
  })
}

/** LogQL reads lines alone. */
function namesRead(query: RuleQuery): readonly string[] | 'any' {
  if (query.language === 'logql') return []
  const names: string[] = []
  for (const { matchers } of selectorsOf(query.tree)) {
    const exact = matchers.find(({ name, op }) => name === METRIC_NAME && op === '=')
    if (exact === undefined) return 'any'
    names.push(exact.value)
  }
  return names
}

/** Templates may ask anything. */
function asksInTemplates({ labels, annotations }: Rule & { readonly kind: 'alerting' }): boolean {
  return asksQueries([...labels.values(), ...annotations.values()])
}
