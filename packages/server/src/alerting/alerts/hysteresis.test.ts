import { expect, test } from 'vitest'
import type { AlertingRule } from '../rules/rule.ts'
import { readRule } from '../rules/rule-body.ts'
import type { RuleValue } from '../rules/rule-value.ts'
import { type Alert, nextAlerts } from './alert-state.ts'
import { expandTemplates } from './expand.ts'

const MINUTE = 60_000
const scope = { externalLabels: new Map(), externalUrl: '', nowMs: 0, query: () => [] }

function ruleOf(fields: object): AlertingRule {
  const { rule } = readRule({ alert: 'Hot', expr: 'x > 9', keep_firing_while: 'x > 5', ...fields }, 'promql')
  return rule as AlertingRule
}

const value = (i: string, number: number): RuleValue => ({ labels: new Map([['i', i]]), value: number })

/** States and values after each minute, of [what the rule gives, what holds]. */
function play(rule: AlertingRule, minutes: readonly (readonly [readonly RuleValue[], readonly RuleValue[]])[]) {
  let alerts: Map<string, Alert> = new Map()
  const group = new Map([['team', 'ml']])
  return minutes.map(([values, holding], minute) => {
    const expand: Parameters<typeof nextAlerts>[6] = (texts, one) => expandTemplates(texts, one, scope)
    alerts = nextAlerts(rule, group, 0, alerts, values, minute * MINUTE, expand, holding)
    return [...alerts.values()]
      .filter(({ state }) => state !== 'inactive')
      .map(({ state, value: number, labels }) => `${labels.get('i')} ${state} ${number}`)
  })
}

test('a firing alert is held, with the value that holds it, and resolves when nothing holds it any more', () => {
  expect(
    play(ruleOf({}), [
      [[value('a', 10)], [value('a', 10)]],
      [[], [value('a', 7)]],
      [[], [value('b', 7)]],
    ]),
  ).toEqual([['a firing 10'], ['a firing 7'], []])
})

test('a pending alert is not held, and nothing fires because something would hold it', () => {
  const pending = [[value('a', 10)], [value('a', 10)]] as const
  expect(play(ruleOf({ for: '5m' }), [pending, [[], [value('a', 7)]]])).toEqual([['a pending 10'], []])
})

test('keep_firing_for counts from when nothing holds the alert', () => {
  expect(
    play(ruleOf({ keep_firing_for: '2m' }), [
      [[value('a', 10)], []],
      [[], [value('a', 7)]],
      [[], [value('a', 7)]],
      [[], []],
      [[], []],
      [[], []],
    ]).map((states) => states.length),
  ).toEqual([1, 1, 1, 1, 1, 0])
})

test('labels that the rule or its group add do not count; an alert under other labels is the same thing', () => {
  const rule = ruleOf({ labels: { severity: '{{ if gt $value 20.0 }}page{{ else }}mail{{ end }}', i: 'all' } })
  const states = play(rule, [
    [[value('a', 30)], [value('a', 30)]],
    // Another severity: the first alert is over, because the series is there.
    [[value('a', 10)], [value('a', 10)]],
    [[], [value('other', 6)]],
    [[], []],
  ])
  expect(states).toEqual([['all firing 30'], ['all firing 10'], ['all firing 6'], []])
})
