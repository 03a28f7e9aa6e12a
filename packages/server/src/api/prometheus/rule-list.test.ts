import { expect, test } from 'vitest'
import type { RuleAlert, RuleGroupView, RuleView } from '../../model/rules.ts'
import { alertsAnswer, ruleFilterOf, ruleList, rulesAnswer } from './rule-list.ts'

const recording: RuleView = {
  id: '0123456789abcdef',
  kind: 'recording',
  name: 'job:up:sum',
  query: 'sum(up)\n  by (job) # of all',
  printedQuery: 'sum by (job) (up)',
  labels: new Map([['team', 'ml']]),
  health: 'ok',
  lastError: undefined,
  lastEvaluationMs: Date.UTC(2026, 0, 2),
  evaluationSeconds: 0.25,
  series: 3,
}
const alerting: RuleView = {
  ...recording,
  kind: 'alerting',
  name: 'Down',
  query: 'up==0',
  printedQuery: 'up == 0',
  annotations: new Map([['summary', 'gone']]),
  forMs: 300_000,
  keepFiringForMs: 60_000,
  health: 'unknown',
  lastEvaluationMs: undefined,
  alerts: [],
}
const group: RuleGroupView = {
  name: 'a',
  file: '/rules/x.yaml',
  origin: 'file',
  language: 'promql',
  intervalMs: 30_000,
  limit: 0,
  lastEvaluationMs: undefined,
  queryOffsetMs: 0,
  labels: new Map(),
  evaluationSeconds: 0.5,
  missed: 0,
  rules: [recording, alerting],
}
const groups = [{ ...group, name: 'b' }, group, { ...group, name: 'c', rules: [] }]

function list(
  query: string,
  of: readonly RuleGroupView[] = groups,
  matches?: (labels: ReadonlyMap<string, string>) => boolean,
) {
  const params = new URLSearchParams(query)
  const { body } = rulesAnswer(ruleList(of, ruleFilterOf(params, matches), params))
  return JSON.parse(body as string).data as {
    groups: { name: string; rules: Record<string, unknown>[] }[]
    groupNextToken?: string
  }
}

test('groups by file and name with their rules, empty ones left out', () => {
  const { groups: listed } = list('')
  expect(listed.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(listed[0]).toEqual({
    name: 'a',
    file: '/rules/x.yaml',
    interval: 30,
    limit: 0,
    evaluationTime: 0.5,
    lastEvaluation: '0001-01-01T00:00:00Z',
    rules: [
      {
        type: 'recording',
        name: 'job:up:sum',
        query: 'sum by (job) (up)',
        labels: { team: 'ml' },
        health: 'ok',
        evaluationTime: 0.25,
        lastEvaluation: '2026-01-02T00:00:00.000Z',
      },
      {
        type: 'alerting',
        state: 'unknown',
        name: 'Down',
        query: 'up == 0',
        duration: 300,
        keepFiringFor: 60,
        labels: { team: 'ml' },
        annotations: { summary: 'gone' },
        alerts: [],
        health: 'unknown',
        evaluationTime: 0.25,
        lastEvaluation: '0001-01-01T00:00:00Z',
      },
    ],
  })
})

test('is narrowed by type, names, groups, files and labels', () => {
  const names = (query: string) =>
    list(query).groups.flatMap((one) => one.rules.map(({ name }) => `${one.name}/${name}`))
  expect(names('type=record')).toEqual(['a/job:up:sum', 'b/job:up:sum'])
  expect(names('type=alert&rule_group[]=b')).toEqual(['b/Down'])
  expect(names('rule_name[]=Down&rule_name[]=other')).toEqual(['a/Down', 'b/Down'])
  expect(names('file[]=/rules/y.yaml')).toEqual([])
  expect(list('', groups, (labels) => labels.get('team') === 'x').groups).toEqual([])
  expect(() => list('type=both')).toThrow('not supported value "both"')
})

test('is read page by page', () => {
  const first = list('group_limit=1')
  expect(first.groups.map(({ name }) => name)).toEqual(['a'])
  const second = list(`group_limit=1&group_next_token=${first.groupNextToken}`)
  expect(second.groups.map(({ name }) => name)).toEqual(['b'])
  expect(second.groupNextToken).toBeUndefined()
  expect(() => list('group_limit=1&group_next_token=x')).toThrow('were rule groups changed?')
  expect(() => list(`group_next_token=${first.groupNextToken}`)).toThrow('group_limit has to be set')
  for (const limit of ['0', '-1', '99999999999', 'many'])
    expect(() => list(`group_limit=${limit}`)).toThrow('group_limit')
})

const pending: RuleAlert = {
  state: 'pending',
  labels: new Map([
    ['alertname', 'Down'],
    ['job', 'api'],
  ]),
  annotations: new Map([['summary', 'api is gone']]),
  value: 0,
  activeAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  keptFiringSinceMs: undefined,
}
const told = {
  labels: { alertname: 'Down', job: 'api' },
  annotations: { summary: 'api is gone' },
  state: 'pending',
  activeAt: '2026-01-02T03:04:05.678Z',
  value: '0e+00',
}

test('a rule has the furthest state of its alerts, which can be left out', () => {
  const kept: RuleAlert = { ...pending, state: 'firing', value: 2.5, keptFiringSinceMs: Date.UTC(2026, 0, 2, 3, 5) }
  const evaluated = { ...alerting, lastEvaluationMs: Date.UTC(2026, 0, 2) }
  const stateOf = (alerts: readonly RuleAlert[], query = '') =>
    list(query, [{ ...group, rules: [{ ...evaluated, alerts }] }]).groups[0]?.rules[0]
  expect(stateOf([])).toMatchObject({ state: 'inactive', alerts: [] })
  expect(stateOf([pending])).toMatchObject({ state: 'pending', alerts: [told] })
  expect(stateOf([pending, kept])).toMatchObject({
    state: 'firing',
    alerts: [told, { ...told, state: 'firing', value: '2.5e+00', keepFiringSince: '2026-01-02T03:05:00.000Z' }],
  })
  expect(stateOf([pending], 'exclude_alerts=true')).toMatchObject({ state: 'pending', alerts: null })
  expect(() => list('exclude_alerts=perhaps')).toThrow('exclude_alerts')
})

test('alerts of all rules are listed', () => {
  const rules = [recording, { ...alerting, alerts: [pending] }]
  const { body } = alertsAnswer([{ ...group, rules }, group])
  expect(JSON.parse(body as string)).toEqual({ status: 'success', data: { alerts: [told] } })
})
