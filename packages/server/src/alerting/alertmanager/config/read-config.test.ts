import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { printMatchers } from '../matchers/print-matcher.ts'
import { routesOf } from '../routes/routes-of.ts'
import type { RouteNode } from './alertmanager-config.ts'
import type { OpenedFrom } from './receivers-section.ts'
import { openNothing } from './testing/fake-notifiers.ts'
import { configOf, good } from './testing/read-text.ts'

describe('a configuration', () => {
  test('the least', () => {
    const config = configOf('route: {receiver: team}\nreceivers: [{name: team}]')
    expect(config.resolveTimeoutMs).toBe(300_000)
    expect(config.route).toMatchObject({
      key: '{}',
      id: '{}',
      receiver: 'team',
      groupBy: [],
      groupWaitMs: 30_000,
      groupIntervalMs: 300_000,
      repeatIntervalMs: 14_400_000,
      continues: false,
    })
    expect(config.contactPoints).toEqual([{ name: 'team', origin: 'file', integrations: [] }])
  })

  test('routes inherit, but not their time intervals', () => {
    const { route } = configOf(`
route:
  receiver: team
  group_by: [alertname]
  group_wait: 10s
  labels: {tier: "1", from: root}
  routes:
    - matchers: [severity="critical"]
      receiver: pager
      group_interval: 1h30m
      mute_time_intervals: [night]
      active_time_intervals: [day]
      continue: true
      labels: {tier: "2"}
      routes:
        - match: {team: a}
          match_re: {service: a|b}
          matchers: ['host!="x",host!="y"', '{"a b"=~"c"}']
          group_by: ['...']
        - group_by: []
receivers: [{name: team}, {name: pager}]
time_intervals:
  - {name: night, time_intervals: [{times: [{start_time: 00:00, end_time: 06:00}]}]}
mute_time_intervals:
  - {name: day, time_intervals: [{weekdays: [monday:friday]}]}
`)
    const [critical] = route.routes as readonly [RouteNode]
    const [deep, plain] = critical.routes as readonly [RouteNode, RouteNode]
    expect(critical).toMatchObject({
      receiver: 'pager',
      groupBy: ['alertname'],
      groupWaitMs: 10_000,
      groupIntervalMs: 5_400_000,
      continues: true,
      muteTimeIntervals: ['night'],
      activeTimeIntervals: ['day'],
      id: '{}/{severity="critical"}/0',
    })
    expect([...critical.labels]).toEqual([
      ['tier', '2'],
      ['from', 'root'],
    ])
    expect(deep).toMatchObject({
      receiver: 'pager',
      groupBy: 'all',
      groupIntervalMs: 5_400_000,
      muteTimeIntervals: [],
      continues: false,
    })
    expect(printMatchers(deep.matchers)).toBe('{"a b"=~"c",host!="x",host!="y",service=~"^(?:a|b)$",team="a"}')
    expect(plain).toMatchObject({ groupBy: [], key: '{}/{severity="critical"}/{}' })
    expect(plain.id).toBe('{}/{severity="critical"}/0/{}/1')
    const labels = new Map([
      ['severity', 'critical'],
      ['team', 'a'],
      ['service', 'b'],
      ['a b', 'c'],
    ])
    expect(routesOf(route, labels)).toEqual([deep])
  })

  test('time intervals of both sections, by name', () => {
    const { timeIntervals } = configOf(`
${good('routes: [{mute_time_intervals: [a, b]}]')}
time_intervals: [{name: a, time_intervals: [{years: [2026]}, {years: [2028]}]}]
mute_time_intervals: [{name: b, time_intervals: [{}]}]
`)
    const year = (number: number) => Date.UTC(number, 5, 1)
    const holds = (name: string, at: number) => timeIntervals.get(name)?.some(({ contains }) => contains(at))
    expect([2026, 2027, 2028].map((at) => holds('a', year(at)))).toEqual([true, false, true])
    expect(holds('b', year(2027))).toBe(true)
  })

  test('integrations are completed, counted by type and opened with what they may do', () => {
    const opened: [unknown, OpenedFrom][] = []
    const { contactPoints, templates } = configOf(
      `
global: {slack_api_url: https://hooks.slack.example/T, http_config: {tls_config: {ca_file: ca.pem}}}
templates: [t/*.tmpl, /abs/x.tmpl]
route: {receiver: team}
receivers:
  - name: team
    slack_configs: [{channel: 12, short_fields: yes, details: {n: 0x10, on: off}}, {send_resolved: true}]
    webhook_configs: [{url_file: secret/url, timeout: 10s}]
`,
      {
        open: (_, options, from) => {
          opened.push([options, from])
          return openNothing()
        },
      },
    )
    expect(contactPoints[0]?.integrations.map(({ type, index }) => `${type}[${index}]`)).toEqual([
      'slack[0]',
      'slack[1]',
      'webhook[0]',
    ])
    expect(opened[0]?.[0]).toMatchObject({
      api_url: 'https://hooks.slack.example/T',
      channel: '12',
      short_fields: true,
      details: { n: '0x10', on: 'off' },
    })
    expect(opened[2]?.[0]).toMatchObject({
      url_file: '/etc/am/secret/url',
      timeout: 10_000,
      http_config: { tls_config: { ca_file: '/etc/am/ca.pem' } },
    })
    expect(templates).toEqual(['/etc/am/t/*.tmpl', '/abs/x.tmpl'])
    expect(opened[0]?.[1]).toEqual({ origin: 'file', trusted: true, templates })
  })

  test('what is there without a value is empty, but for keys that have no text', () => {
    const opened: unknown[] = []
    const { route } = configOf(
      `
route:
  receiver: team
  group_by: [alertname]
  routes:
    - {match: {a: }, group_by: , group_wait: ~}
receivers: [{name: team, webhook_configs: , slack_configs: [{api_url: 'http://x/', title: , channel: null, short_fields: , color: ~}]}]
`,
      {
        open(_, options) {
          opened.push(options)
          return openNothing()
        },
      },
    )
    expect(route.routes.map(({ key, groupBy }) => [key, groupBy])).toEqual([['{}/{a=""}', ['alertname']]])
    expect(opened).toMatchObject([{ title: '', channel: '', short_fields: false, color: 'danger' }])
  })

  test('nothing may stand in a second document', () => {
    expect(configOf(`${good('')}\n---\n# that is all\n...\n`).route.receiver).toBe('team')
  })

  test('receivers that Girok does not send to may be there without any', () => {
    expect(
      configOf('route: {receiver: a}\nreceivers: [{name: a, wechat_configs: [], sns_configs: }]').contactPoints,
    ).toHaveLength(1)
  })

  test('anchors and merges are followed', () => {
    const { route } = configOf(`
route:
  receiver: team
  routes:
    - &base {group_wait: 1s, matchers: [a=b]}
    - {<<: *base, matchers: [a=c]}
receivers: [{name: team}]
`)
    expect(route.routes.map(({ key, groupWaitMs }) => [key, groupWaitMs])).toEqual([
      ['{}/{a="b"}', 1000],
      ['{}/{a="c"}', 1000],
    ])
  })
})

describe('what is shown', () => {
  const TEXT = `
global:
  slack_api_url: https://hooks.slack.example/hunter2
  smtp_auth_password: hunter2
  http_config: {basic_auth: {username: u, password: hunter2}}
  resolve_timeout: 1d
route:
  receiver: team
  group_by: [a, b]
  routes:
    - {match: {a: "off"}, match_re: {b: x}, receiver: hook, continue: true, group_interval: 90m, mute_time_intervals: [off]}
inhibit_rules: [{source_matchers: [a=b], target_match: {c: d}, equal: [e]}]
receivers:
  - {name: team, slack_configs: [{channel: '#a', title: ''}]}
  - {name: hook, labels: {x: y}, webhook_configs: [{url: 'http://u:hunter2@x/', timeout: 1m30s}]}
templates: [x.tmpl]
time_intervals: [{name: off, time_intervals: [{times: [{start_time: 09:00, end_time: 24:00}], months: [may], location: Asia/Seoul}]}]
`

  test('has defaults, but no secrets', () => {
    const { shownYaml } = configOf(TEXT)
    expect(shownYaml).not.toContain('hunter2')
    const shown = parse(shownYaml)
    expect(shown.global).toMatchObject({
      resolve_timeout: '24h',
      slack_api_url: '<secret>',
      smtp_auth_password: '<secret>',
      smtp_hello: 'localhost',
      smtp_require_tls: true,
      http_config: { basic_auth: { username: 'u', password: '<secret>' }, follow_redirects: true },
      pagerduty_url: 'https://events.pagerduty.com/v2/enqueue',
    })
    expect(shown.route).toEqual({
      receiver: 'team',
      group_by: ['a', 'b'],
      continue: false,
      routes: [
        {
          receiver: 'hook',
          matchers: ['a="off"', 'b=~"^(?:x)$"'],
          mute_time_intervals: ['off'],
          continue: true,
          group_interval: '1h30m',
        },
      ],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '4h',
    })
    expect(shown.receivers[0].slack_configs).toEqual([
      { send_resolved: false, api_url: '<secret>', channel: '#a', title: '', color: 'danger' },
    ])
    expect(shown.receivers[1]).toMatchObject({
      labels: { x: 'y' },
      webhook_configs: [{ url: '<secret>', timeout: '1m30s' }],
    })
    expect(shown.time_intervals[0].time_intervals).toEqual([
      { times: [{ start_time: '09:00', end_time: '24:00' }], months: ['5'], location: 'Asia/Seoul' },
    ])
  })

  test('reads back to the same routes, rules and intervals, once its secrets are there', () => {
    const config = configOf(TEXT)
    const again = configOf(config.shownYaml.replaceAll('<secret>', 'https://x/y'))
    expect(JSON.stringify(again.route)).toBe(JSON.stringify(config.route))
    expect(JSON.stringify(again.inhibitRules)).toBe(JSON.stringify(config.inhibitRules))
    expect(again.shownYaml).toBe(config.shownYaml)
  })
})
