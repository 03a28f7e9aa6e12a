import type { AlertingGroup, AlertingRuleState } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import type { ManagedAlert } from '../../../api/alertmanager.ts'
import { commonLabels, countStates, findAlerts, findRules, markOf, otherAlerts, pressingFirst } from './rule-list.ts'

const rule = (name: string, more: Partial<AlertingRuleState> = {}): AlertingRuleState => ({
  id: name,
  kind: 'alerting',
  name,
  query: `${name}_total > 1`,
  state: 'inactive',
  health: 'ok',
  labels: {},
  ...more,
})
const group = (name: string, ...rules: AlertingRuleState[]): AlertingGroup => ({
  name,
  namespace: 'ops',
  origin: 'stored',
  language: 'promql',
  intervalMs: 60_000,
  evaluationMs: 1,
  missed: 0,
  rules,
})
const alert = { state: 'firing', annotations: {}, value: '3', activeAt: '2026-11-20T00:00:00Z' } as const

const groups = [
  group(
    'api',
    rule('Quiet', { labels: { team: '결제' } }),
    rule('Broken', { health: 'err', lastError: 'no such function' }),
    rule('Slow', { state: 'firing', alerts: [{ ...alert, fingerprint: 'aa', labels: { host: 'web-1' } }] }),
    rule('job:rate', { kind: 'recording', state: undefined } as Partial<AlertingRuleState>),
  ),
  group('disk', rule('Full', { state: 'pending' })),
  group('empty'),
]
const found = (search: string, ...states: Parameters<typeof findRules>[2]): string[] =>
  findRules(groups, search, states).map((one) => `${one.name}: ${one.rules.map(({ name }) => name).join(' ')}`)

describe('rules', () => {
  it('are counted by state, what fails apart from what it was left in', () => {
    expect(countStates(groups)).toEqual({ firing: 1, pending: 1, error: 1, inactive: 2 })
    expect(groups[0]?.rules.map(markOf)).toEqual(['inactive', 'error', 'firing', 'recording'])
    expect(markOf(rule('x', { state: 'firing', health: 'err' }))).toBe('firing')
  })

  it('are listed with the most pressing first, groups in their order', () => {
    expect(found('')).toEqual(['api: Slow Broken Quiet job:rate', 'disk: Full', 'empty: '])
  })

  it.each([
    ['slow', ['api: Slow']],
    ['HOST=web-1', ['api: Slow']],
    ['결제'.normalize('NFD'), ['api: Quiet']],
    ['function', ['api: Broken']],
    ['disk', ['disk: Full']],
    ['nothing at all', []],
  ])('are found by %j', (search, wanted) => {
    expect(found(search)).toEqual(wanted)
  })

  it('are found by the receiver that an alert of theirs goes to', () => {
    const names = (isTold: (fingerprint: string) => boolean) =>
      findRules(groups, '', [], isTold).flatMap(({ rules }) => rules.map(({ name }) => name))
    expect(names((fingerprint) => fingerprint === 'aa')).toEqual(['Slow'])
    expect(names(() => false)).toEqual([])
  })

  it('are found by one of several states', () => {
    expect(found('', 'pending', 'error')).toEqual(['api: Broken', 'disk: Full'])
    expect(found('', 'inactive')).toEqual(['api: Broken Quiet'])
  })
})

it('alerts that no rule has are those of others, newest first', () => {
  const managed = (fingerprint: string, startsAt: string) => ({ fingerprint, startsAt }) as ManagedAlert
  const all = [
    managed('aa', '2026-11-20T00:00:00Z'),
    managed('bb', '2026-11-20T01:00:00Z'),
    managed('cc', '2026-11-20T02:00:00Z'),
  ]
  expect(otherAlerts(groups, all).map(({ fingerprint }) => fingerprint)).toEqual(['cc', 'bb'])
})

it('alerts of others are found by words in their labels and by their receiver', () => {
  const all = [
    { fingerprint: 'aa', labels: { alertname: 'oom', host: 'gpu-1' } },
    { fingerprint: 'bb', labels: { alertname: 'oom', host: 'gpu-2' } },
  ] as unknown as readonly ManagedAlert[]
  const found = (...wanted: readonly [search: string, isTold?: (fingerprint: string) => boolean]) =>
    findAlerts(all, ...wanted).map(({ fingerprint }) => fingerprint)
  expect(found('OOM host=gpu')).toEqual(['aa', 'bb'])
  expect(found('alertname=oom gpu-2')).toEqual(['bb'])
  expect(found('oom', (fingerprint) => fingerprint === 'aa')).toEqual(['aa'])
})

it('groups with what is pressing come first, the others in their order', () => {
  const calm = group('calm', rule('A'))
  const names = pressingFirst([calm, groups[1] as AlertingGroup, group('empty'), groups[0] as AlertingGroup])
  expect(names.map(({ name }) => name)).toEqual(['api', 'disk', 'calm', 'empty'])
})

it('labels that all alerts share are those with the same value in each', () => {
  const labelled = (labels: Record<string, string>) => ({ labels })
  expect(commonLabels([labelled({ a: '1', b: '2', c: '3' }), labelled({ a: '1', b: '0' })])).toEqual({ a: '1' })
  expect(commonLabels([])).toEqual({})
})
