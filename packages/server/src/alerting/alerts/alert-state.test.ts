import { expect, test } from 'vitest'
import type { AlertingRule } from '../rules/rule.ts'
import type { RuleValue } from '../rules/rule-samples.ts'
import { alertSamples } from './alert-samples.ts'
import { type Alert, nextAlerts } from './alert-state.ts'
import { expandTemplates } from './expand.ts'

function ruleOf(fields: Partial<AlertingRule> = {}): AlertingRule {
  return {
    kind: 'alerting',
    name: 'Down',
    query: { language: 'logql', text: 'vector(1)', tree: { kind: 'vector', value: 1, at: { start: 0, end: 9 } } },
    forMs: 0,
    keepFiringForMs: 0,
    labels: new Map(),
    annotations: new Map(),
    ...fields,
  }
}

const value = (labels: Record<string, string>, number = 1): RuleValue => ({
  labels: new Map(Object.entries({ __name__: 'up', ...labels })),
  value: number,
})

const scope = { externalLabels: new Map(), externalUrl: 'http://localhost', nowMs: 0, query: () => [] }

/** States after each evaluation, one minute apart. */
function play(rule: AlertingRule, minutes: readonly (readonly RuleValue[])[], limit = 0): string[][] {
  let alerts: Map<string, Alert> = new Map()
  return minutes.map((values, minute) => {
    alerts = nextAlerts(rule, new Map(), limit, alerts, values, minute * 60_000, (templates, one) =>
      expandTemplates(templates, one, scope),
    )
    return [...alerts.values()].map(({ state, labels }) => `${labels.get('instance') ?? ''} ${state}`).sort()
  })
}

test('fires at once without for', () => {
  expect(play(ruleOf(), [[value({ instance: 'a' })]])).toEqual([['a firing']])
})

test('is pending for as long as for says, and forgotten when it goes before', () => {
  const a = [value({ instance: 'a' })]
  expect(play(ruleOf({ forMs: 120_000 }), [a, a, a, a])).toEqual([
    ['a pending'],
    ['a pending'],
    ['a firing'],
    ['a firing'],
  ])
  expect(play(ruleOf({ forMs: 120_000 }), [a, a, [], a, a])).toEqual([
    ['a pending'],
    ['a pending'],
    [],
    ['a pending'],
    ['a pending'],
  ])
})

test('a firing alert whose series goes is resolved and told of for fifteen minutes', () => {
  const a = [value({ instance: 'a' })]
  const states = play(ruleOf(), [a, ...Array.from({ length: 18 }, () => [])])
  expect(states.slice(0, 3)).toEqual([['a firing'], ['a inactive'], ['a inactive']])
  expect(states[16]).toEqual(['a inactive'])
  expect(states[17]).toEqual([])
})

test('comes anew after it was resolved', () => {
  const a = [value({ instance: 'a' })]
  expect(play(ruleOf({ forMs: 60_000 }), [a, a, [], a, a])).toEqual([
    ['a pending'],
    ['a firing'],
    ['a inactive'],
    ['a pending'],
    ['a firing'],
  ])
})

test('keep_firing_for holds it, and a series that is back ends the count', () => {
  const a = [value({ instance: 'a' })]
  const rule = ruleOf({ keepFiringForMs: 120_000 })
  expect(play(rule, [a, [], [], []])).toEqual([['a firing'], ['a firing'], ['a firing'], ['a inactive']])
  expect(play(rule, [a, [], a, [], [], []])).toEqual([
    ['a firing'],
    ['a firing'],
    ['a firing'],
    ['a firing'],
    ['a firing'],
    ['a inactive'],
  ])
})

test('labels are templates; the name of the metric goes; an empty label takes one away', () => {
  const rule = ruleOf({
    labels: new Map([
      ['severity', '{{ if gt $value 5.0 }}critical{{ else }}warning{{ end }}'],
      ['job', ''],
    ]),
    annotations: new Map([['summary', '{{ $labels.instance }} is {{ $value }}']]),
  })
  const alerts = nextAlerts(
    rule,
    new Map([['team', 'ml']]),
    0,
    new Map(),
    [value({ instance: 'a', job: 'x' }, 7)],
    0,
    (t, v) => expandTemplates(t, v, scope),
  )
  const [alert] = alerts.values()
  expect(Object.fromEntries(alert?.labels ?? [])).toEqual({
    alertname: 'Down',
    instance: 'a',
    severity: 'critical',
    team: 'ml',
  })
  expect(alert?.annotations.get('summary')).toBe('a is 7')
})

test('a template that fails says so in its text', () => {
  const rule = ruleOf({ annotations: new Map([['summary', '{{ query "x" | first }}']]) })
  const [alert] = nextAlerts(rule, new Map(), 0, new Map(), [value({})], 0, (t, v) =>
    expandTemplates(t, v, scope),
  ).values()
  expect(alert?.annotations.get('summary')).toMatch(/^<error expanding template: .*first\(\) called on vector/)
})

test('a field that there is not fails, as does one of a sample; labels that are not there are empty', () => {
  const texts = new Map(
    ['{{ .Foo }}', '{{ .labels.job }}', '{{ .Labels.job }}|', '{{ . }}'].map((text) => [text, text]),
  )
  const expanded = expandTemplates(texts, value({ instance: 'a' }, 7), { ...scope, ruleName: 'Down' })
  const name = '__alert_Down'
  expect([...expanded.values()]).toEqual([
    `<error expanding template: error executing template ${name}: template: ${name}:1:115: executing "${name}" at <.Foo>: can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }>`,
    expect.stringContaining("can't evaluate field labels in type struct"),
    '|',
    '{map[__name__:up instance:a] map[] http://localhost 7}',
  ])
})

test('two series that become the same alert, and more alerts than the limit, are faults', () => {
  const rule = ruleOf({ labels: new Map([['instance', 'same']]) })
  expect(() => play(rule, [[value({ instance: 'a' }), value({ instance: 'b' })]])).toThrow('same labelset')
  expect(() => play(ruleOf(), [[value({ instance: 'a' }), value({ instance: 'b' })]], 1)).toThrow(
    'exceeded limit of 1 with 2',
  )
})

test('ALERTS and ALERTS_FOR_STATE tell of pending and firing alerts', () => {
  const alerts = nextAlerts(
    ruleOf({ forMs: 60_000 }),
    new Map(),
    0,
    new Map(),
    [value({ instance: 'a' })],
    120_000,
    (t, v) => expandTemplates(t, v, scope),
  )
  expect(alertSamples(alerts.values()).map(({ key, value: number }) => [key, number])).toEqual([
    ['{__name__="ALERTS", alertname="Down", alertstate="pending", instance="a"}', 1],
    ['{__name__="ALERTS_FOR_STATE", alertname="Down", instance="a"}', 120],
  ])
})
