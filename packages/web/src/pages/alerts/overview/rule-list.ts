import type { AlertingGroup, AlertingRuleState } from '@girok/server/contract'
import type { ManagedAlert } from '../../../api/alertmanager.ts'
import type { MarkedState } from '../parts/state-mark.tsx'

/** States that rules are found by, the most pressing first. */
export const ruleStates = ['firing', 'pending', 'error', 'inactive'] as const
export type RuleStateName = (typeof ruleStates)[number]

/** What a rule is marked with: an error counts before the state that it left behind, unless that fires. */
export function markOf(rule: AlertingRuleState): MarkedState {
  if (rule.state === 'firing') return 'firing'
  if (rule.health === 'err') return 'error'
  if (rule.kind === 'recording') return 'recording'
  return rule.state ?? 'unknown'
}

/** How many rules are in each state. A rule that fires and fails counts in both. */
export function countStates(groups: readonly AlertingGroup[]): Readonly<Record<RuleStateName, number>> {
  const counts = { firing: 0, pending: 0, error: 0, inactive: 0 }
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    for (const state of ruleStates) if (isIn(rule, state)) counts[state] += 1
  }
  return counts
}

function isIn(rule: AlertingRuleState, state: RuleStateName): boolean {
  return state === 'error' ? rule.health === 'err' : rule.state === state
}

const order: Readonly<Partial<Record<MarkedState, number>>> = { firing: 0, error: 1, pending: 2 }

/** Whether an alert goes to the receiver that is looked for, by its fingerprint. */
export type IsTold = (fingerprint: string) => boolean

/**
 * Groups with the rules that have all words, in names, queries, labels (`name=value`) or errors, one of the states
 * (none: any) and an alert that `isTold` (absent: any); the most pressing rules first, groups in their order. Groups
 * without a hit are left out while there is something to look for.
 */
export function findRules(
  groups: readonly AlertingGroup[],
  search: string,
  states: readonly RuleStateName[],
  isTold?: IsTold,
): readonly AlertingGroup[] {
  const words = wordsOf(search)
  return groups.flatMap((group) => {
    const rules = group.rules.filter(
      (rule) =>
        (states.length === 0 || states.some((state) => isIn(rule, state))) &&
        (isTold === undefined || (rule.alerts ?? []).some(({ fingerprint }) => isTold(fingerprint))) &&
        words.every((word) => textOf(group, rule).includes(word)),
    )
    if (rules.length === 0 && (words.length > 0 || states.length > 0 || isTold !== undefined)) return []
    return [{ ...group, rules: rules.sort((a, b) => (order[markOf(a)] ?? 3) - (order[markOf(b)] ?? 3)) }]
  })
}

/** Groups with what is pressing first: firing, failing, pending; else in their order. */
export function pressingFirst(groups: readonly AlertingGroup[]): readonly AlertingGroup[] {
  const urgency = ({ rules }: AlertingGroup): number => Math.min(3, ...rules.map((rule) => order[markOf(rule)] ?? 3))
  return groups
    .map((group) => ({ group, rank: urgency(group) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ group }) => group)
}

/** Labels that all of these have, with the same values. */
export function commonLabels(
  all: readonly { readonly labels: Readonly<Record<string, string>> }[],
): Readonly<Record<string, string>> {
  const pairs = Object.entries(all[0]?.labels ?? {})
  return Object.fromEntries(pairs.filter(([name, value]) => all.every(({ labels }) => labels[name] === value)))
}

/** Those that have all words in their labels (`name=value`) and that `isTold` (absent: any). */
export function findAlerts(alerts: readonly ManagedAlert[], search: string, isTold?: IsTold): readonly ManagedAlert[] {
  const words = wordsOf(search)
  return alerts.filter(({ fingerprint, labels }) => {
    const text = pairsOf(labels).join(' ').normalize('NFC').toLowerCase()
    return words.every((word) => text.includes(word)) && (isTold === undefined || isTold(fingerprint))
  })
}

const wordsOf = (search: string): readonly string[] =>
  search.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)

const pairsOf = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels).map((pair) => pair.join('='))

function textOf(group: AlertingGroup, rule: AlertingRuleState): string {
  const labels = [rule.labels, ...(rule.alerts ?? []).map((alert) => alert.labels)]
  const pairs = labels.flatMap(pairsOf)
  const parts = [rule.name, rule.query, rule.lastError ?? '', group.name, group.namespace, ...pairs]
  return parts.join(' ').normalize('NFC').toLowerCase()
}

/** Alerts in the manager that no rule here has: of other systems and of log monitors, newest first. */
export function otherAlerts(
  groups: readonly AlertingGroup[],
  managed: readonly ManagedAlert[],
): readonly ManagedAlert[] {
  const known = new Set(
    groups.flatMap(({ rules }) => rules.flatMap(({ alerts = [] }) => alerts.map(({ fingerprint }) => fingerprint))),
  )
  return managed
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .sort((a, b) => Date.parse(b.startsAt) - Date.parse(a.startsAt))
}
