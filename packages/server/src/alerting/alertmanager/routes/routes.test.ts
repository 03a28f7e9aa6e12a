import { describe, expect, test } from 'vitest'
import type { RouteNode } from '../config/alertmanager-config.ts'
import { configOf } from '../config/testing/read-text.ts'
import { explainRoutes } from './explain.ts'
import { groupKey, groupLabelsOf, printLabels } from './group-key.ts'
import { allRoutes, routesOf } from './routes-of.ts'

const labels = (record: Readonly<Record<string, string>>) => new Map(Object.entries(record))

const TREE = `
route:
  receiver: root
  routes:
    - {matchers: [a="1"], receiver: first}
    - {matchers: [b="1"], receiver: second, continue: true}
    - matchers: [b=~"1|2"]
      receiver: third
      routes:
        - {matchers: [c!=""], receiver: deep, continue: true}
        - {matchers: [d="1"], receiver: deeper}
    - {matchers: [b="1"], receiver: never}
receivers: [{name: root}, {name: first}, {name: second}, {name: third}, {name: deep}, {name: deeper}, {name: never}]
`

describe('routes', () => {
  const { route } = configOf(TREE)

  test.each([
    [{}, ['root']],
    [{ a: '1', b: '1' }, ['first']],
    [{ b: '1' }, ['second', 'third']],
    [{ b: '2' }, ['third']],
    [{ b: '2', c: 'x' }, ['deep']],
    [{ b: '1', c: 'x', d: '1' }, ['second', 'deep', 'deeper']],
    [{ b: '3' }, ['root']],
  ])('%j takes %j', (given, receivers) => {
    expect(routesOf(route, labels(given)).map(({ receiver }) => receiver)).toEqual(receivers)
  })

  test('all of them have ids of their own', () => {
    const ids = [...allRoutes(route)].map(({ id }) => id)
    expect(ids).toHaveLength(7)
    expect(new Set(ids).size).toBe(7)
  })
})

/** As Alertmanager 0.33.1 sent them to a webhook. */
describe('groups', () => {
  const route = (key: string, groupBy: RouteNode['groupBy']) => ({ key, groupBy })

  test.each<readonly [Pick<RouteNode, 'key' | 'groupBy'>, Readonly<Record<string, string>>, string]>([
    [
      route('{}', ['a', 'foo bar', 'missing', 'z.y', '1x']),
      { a: '1', 'foo bar': 'x y', 'z.y': 'é"\\\n\t\u0001🙂', '1x': 'q', other: 'o' },
      '{}:{1x="q", a="1", foo bar="x y", z.y="é\\"\\\\\\n\\t\\x01🙂"}',
    ],
    [
      route('{}/{"q r"="b\\tc",z="é\\n"}', 'all'),
      { 'q r': 'b\tc', z: 'é\n', A: '1', b: '2', ü: '3' },
      '{}/{"q r"="b\\tc",z="é\\n"}:{A="1", b="2", q r="b\\tc", z="é\\n", ü="3"}',
    ],
    [route('{}', ['a']), { a: '\u00a0\u200b\u00ad\u007f\u2028' }, '{}:{a="\\u00a0\\u200b\\u00ad\\x7f\\u2028"}'],
    [route('{}', []), { a: '1' }, '{}:{}'],
  ])('%j of %j', (given, record, key) => {
    expect(groupKey(given, groupLabelsOf(given, labels(record)))).toBe(key)
  })

  test('names are in order of bytes', () => {
    expect(printLabels(labels({ '\ufffd': '1', '😀': '2', a: '3', B: '4' }))).toBe('{B="4", a="3", \ufffd="1", 😀="2"}')
  })
})

describe('what is told of an alert', () => {
  const config = configOf(`
route:
  receiver: root
  group_by: [alertname]
  routes:
    - matchers: [team="ops"]
      group_wait: 1m
      group_interval: 10m
      mute_time_intervals: [night]
    - matchers: [team="day"]
      active_time_intervals: [office]
    - matchers: [team="never"]
      group_interval: 7d
      active_time_intervals: [past]
receivers: [{name: root}]
time_intervals:
  - {name: night, time_intervals: [{times: [{start_time: 22:00, end_time: 24:00}]}]}
  - {name: office, time_intervals: [{times: [{start_time: 09:00, end_time: 17:00}]}]}
  - {name: past, time_intervals: [{years: [2020]}]}
`)
  const explain = (team: string, at: string) =>
    explainRoutes(config, labels({ team, alertname: 'X' }), Date.parse(at)).map((one) => ({
      path: one.path.join(' '),
      key: one.groupKey,
      mutedBy: one.mutedBy,
      first: one.firstNotificationMs === undefined ? undefined : new Date(one.firstNotificationMs).toISOString(),
    }))

  test('the first notification comes after group_wait', () => {
    expect(explain('ops', '2026-11-22T10:00:00Z')).toEqual([
      {
        path: '{} {team="ops"}',
        key: '{}/{team="ops"}:{alertname="X"}',
        mutedBy: [],
        first: '2026-11-22T10:01:00.000Z',
      },
    ])
  })

  test('while it is muted, at the first flush after that', () => {
    expect(explain('ops', '2026-11-22T21:59:30Z')).toMatchObject([{ mutedBy: [], first: '2026-11-23T00:00:30.000Z' }])
    expect(explain('ops', '2026-11-22T23:00:00Z')).toMatchObject([
      { mutedBy: ['night'], first: '2026-11-23T00:01:00.000Z' },
    ])
    expect(explain('day', '2026-11-22T17:00:00Z')).toMatchObject([
      { mutedBy: ['office'], first: '2026-11-23T09:00:30.000Z' },
    ])
    expect(explain('day', '2026-11-22T10:00:00Z')).toMatchObject([{ mutedBy: [] }])
  })

  test('or never', () => {
    expect(explain('never', '2026-11-22T10:00:00Z')).toMatchObject([{ mutedBy: ['past'], first: undefined }])
  })
})
