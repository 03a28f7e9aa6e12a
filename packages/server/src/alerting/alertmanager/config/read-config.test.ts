import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { printMatchers } from '../matchers/print-matcher.ts'
import { routesOf } from '../routes/routes-of.ts'
import type { AlertmanagerConfig, RouteNode } from './alertmanager-config.ts'
import { DEFAULT_CONFIG } from './default-config.ts'
import { type ConfigReading, type ConfigSource, readAlertmanagerConfig } from './read-config.ts'
import type { OpenedFrom } from './receivers-section.ts'
import { fakeNotifiers, openNothing } from './testing/fake-notifiers.ts'

function read(text: string, source: Partial<ConfigSource> = {}): ConfigReading {
  return readAlertmanagerConfig(text, {
    name: 'am.yml',
    file: '/etc/am/am.yml',
    notifiers: fakeNotifiers,
    open: openNothing,
    ...source,
  })
}

function configOf(text: string, source: Partial<ConfigSource> = {}): AlertmanagerConfig {
  const { config, problems } = read(text, source)
  expect(problems).toEqual([])
  return config as AlertmanagerConfig
}

/** A good configuration with something put into it. */
const REST = 'receivers: [{name: team}]\n'
const good = (route: string) => `route: {receiver: team, ${route}}\n${REST}`

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
    expect(plain).toMatchObject({ groupBy: ['alertname'], key: '{}/{severity="critical"}/{}' })
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

  test('anchors and merges are followed', () => {
    const { route } = configOf(`
route:
  receiver: team
  routes:
    - &base {group_wait: 1s, matchers: [a=b]}
    - {<<: *base, matchers: [a=c]}
${REST}`)
    expect(route.routes.map(({ key, groupWaitMs }) => [key, groupWaitMs])).toEqual([
      ['{}/{a="b"}', 1000],
      ['{}/{a="c"}', 1000],
    ])
  })
})

/** Text, and its only problem. */
const REFUSED: readonly (readonly [string, string])[] = [
  [
    '',
    'am.yml:1:1: route is missing: a configuration needs one, with the receiver of all alerts that no route below takes',
  ],
  [
    '- a',
    'am.yml:1:1: the file must be a map of global, route, inhibit_rules, receivers, templates, time_intervals, mute_time_intervals',
  ],
  ['route: {receiver: team\n', 'not valid YAML'],
  [`rote: 1\n${good('')}`, 'am.yml:1:1: rote: unknown key; is route meant?'],
  [
    `tracing: {}\n${good('')}`,
    'am.yml:1:1: tracing: Girok does not send traces of its notifications: take the section out',
  ],
  [good('reciever: x'), 'am.yml:1:25: route.reciever: unknown key; is receiver meant?'],
  [`route: {group_by: [a]}\n${REST}`, 'am.yml:1:1: route: the root route must name its receiver'],
  [
    good('matchers: [a=b]'),
    'am.yml:1:25: route.matchers: the root route takes all alerts: put matchers on a route below it',
  ],
  [good('match: {a: b}'), 'route.match: the root route takes all alerts'],
  [good('continue: true'), 'am.yml:1:35: route.continue: the root route cannot continue: there is nothing beside it'],
  [`route: {receiver: tema}\n${REST}`, 'am.yml:1:19: route.receiver: no receiver is called "tema"; is "team" meant?'],
  [good('routes: [{receiver: other}]'), 'route.routes[0].receiver: no receiver is called "other"; defined are team'],
  [
    good('routes: [{mute_time_intervals: [x]}]'),
    'route.routes[0].mute_time_intervals[0]: no time interval is called "x"; defined are none',
  ],
  [good('group_by: [a, b, a]'), 'route.group_by[2]: label "a" is named twice'],
  [good("group_by: [a, '...']"), 'route.group_by: "..." is all labels: nothing else can stand beside it'],
  [good("group_by: ['']"), 'route.group_by[0]: the name of a label cannot be empty'],
  [good('group_by: a'), 'am.yml:1:35: route.group_by: must be a list'],
  [
    good('group_wait: 5'),
    'am.yml:1:37: route.group_wait: not a valid duration string: "5": write a duration such as 30s, 5m or 1h30m',
  ],
  [good('group_wait: 1.5h'), 'route.group_wait: not a valid duration string'],
  [
    good('group_interval: 0s'),
    'route.group_interval: cannot be zero: write a duration such as 30s, 5m or 1h30m, above zero',
  ],
  [good('repeat_interval: 0'), 'route.repeat_interval: cannot be zero'],
  [good('routes: [{continue: maybe}]'), 'route.routes[0].continue: must be true or false'],
  [good('routes: [{continue: "yes"}]'), 'route.routes[0].continue: must be true or false'],
  [
    good('routes: [{matchers: [\'a=~"("\']}]'),
    'route.routes[0].matchers[0]: the value of a=~ is no regular expression',
  ],
  [
    good("routes: [{matchers: ['a']}]"),
    'route.routes[0].matchers[0]: the text ends where an operator (=, !=, =~ or !~) is expected',
  ],
  [good('routes: [{matchers: a=b}]'), 'route.routes[0].matchers: must be a list'],
  [good('routes: [{match: {a-b: c}}]'), 'route.routes[0].match.a-b: "a-b" cannot be a name here: matchers takes any'],
  [good('routes: [{match_re: {a: "("}}]'), 'route.routes[0].match_re.a: the value of a=~ is no regular expression'],
  [good('routes: [[]]'), 'route.routes[0]: must be a map of receiver, group_by'],
  [`${good('')}inhibit_rules: [{source_match: {a: b}, sources: x}]`, 'inhibit_rules[0].sources: unknown key'],
  [`${good('')}inhibit_rules: [{equal: ['']}]`, 'inhibit_rules[0].equal[0]: the name of a label cannot be empty'],
  [`${good('')}inhibit_rules: {a: b}`, 'inhibit_rules: must be a list'],
  [`${good('')}templates: [1, [a]]`, 'templates[1]: must be a text'],
  [`${good('')}time_intervals: [{time_intervals: []}]`, 'time_intervals[0].name: is missing'],
  [
    `${good('')}time_intervals: [{name: a}, {name: a}]`,
    'time_intervals[1].name: another time interval is called "a": names must differ',
  ],
  [
    `${good('')}time_intervals: [{name: a, time_intervals: [{weekdays: [mon]}]}]`,
    'am.yml:3:57: time_intervals[0].time_intervals[0].weekdays[0]: "mon" is no day of the week',
  ],
  [
    `${good('')}time_intervals: [{name: a, time_intervals: [{week: [mon]}]}]`,
    'am.yml:3:46: time_intervals[0].time_intervals[0].week: unknown key',
  ],
  [
    `global: {resolve_timout: 1m}\n${good('')}`,
    'am.yml:1:10: global.resolve_timout: unknown key; is resolve_timeout meant?',
  ],
  [`global: {resolve_timeout: soon}\n${good('')}`, 'global.resolve_timeout: not a valid duration string'],
  [
    `global: {slack_api_url: 'https://x/y', slack_api_url_file: z}\n${good('')}`,
    'global.slack_api_url_file: only one of slack_api_url and slack_api_url_file can be set',
  ],
  [
    `global: {slack_api_url: 'hush hush'}\n${good('')}`,
    'am.yml:1:25: global.slack_api_url: must be an http:// or https:// address',
  ],
  [`global: {smtp_smarthost: localhost}\n${good('')}`, 'global.smtp_smarthost: must be HOST:PORT, not "localhost"'],
  [
    `global: {http_config: {basic_auth: {usrname: x}}}\n${good('')}`,
    'global.http_config.basic_auth.usrname: unknown key; is username meant?',
  ],
  [
    `global: {http_config: {tls_config: {min_version: TLS9}}}\n${good('')}`,
    'global.http_config.tls_config.min_version: must be TLS10, TLS11, TLS12 or TLS13, not "TLS9"',
  ],
  [
    'route: {receiver: a}\nreceivers: [{name: a}, {name: a}]',
    'am.yml:2:31: receivers[1].name: another receiver is called "a": names must differ',
  ],
  [`${good('')}global: {}\nglobal: {}`, 'not valid YAML: Map keys must be unique'],
  ['route: {receiver: a}\nreceivers: [{name: a}, {labels: {a: b}}]', 'receivers[1].name: is missing'],
  [
    'route: {receiver: a}\nreceivers: [{name: a, slack_config: []}]',
    'am.yml:2:23: receivers[0].slack_config: unknown key; is slack_configs meant?',
  ],
  [
    'route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{}]}]',
    'am.yml:2:39: receivers[0].slack_configs[0]: no Slack address: set api_url here or slack_api_url in global',
  ],
  [
    "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: 'http://a/', chanel: b}]}]",
    'am.yml:2:62: receivers[0].slack_configs[0].chanel: unknown key; is channel meant?',
  ],
  [
    "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: 'http://a/', fields: [{title: b}]}]}]",
    'receivers[0].slack_configs[0].fields[0].value: is missing',
  ],
  [
    "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: 'http://a/', color: red}]}]",
    'receivers[0].slack_configs[0].color: must be good, danger, not "red"',
  ],
  [
    'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: <secret>}]}]',
    'receivers[0].webhook_configs[0].url: must be an http:// or https:// address',
  ],
  [
    'route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{}]}]',
    'receivers[0].webhook_configs[0]: url is missing',
  ],
  [
    "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://a/', timeout: 10}]}]",
    'receivers[0].webhook_configs[0].timeout: without a unit: write for example 100ms, 30s, 7d or 30d1h',
  ],
  ['route: {receiver: a}\nreceivers: [{name: a, webhook_configs: {}}]', 'receivers[0].webhook_configs: must be a list'],
  [
    'route: {receiver: a}\nreceivers: [{name: a, jira_configs: [{project: p, issue_type: t}]}]',
    'am.yml:2:23: receivers[0].jira_configs: Girok does not send to Jira: send to a bridge of yours with webhook_configs, or use one of webhook_configs, slack_configs',
  ],
]

describe('problems', () => {
  test.each(REFUSED)('%j: %s', (text, problem) => {
    const { config, problems } = read(text)
    expect(config).toBeUndefined()
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  test('all are told at once, in order of the text', () => {
    const { problems } = read(`
global: {resolve_timeout: x}
route:
  receiver: nobody
  group_wait: y
  routes: [{group_by: 1}, {matchers: ['=']}]
receivers:
  - name: a
    jira_configs: [{}]
    slack_configs: [{chanel: x}]
inhibit_rules: [{equals: []}]
`)
    expect(problems.map((problem) => problem.split(': ')[1])).toEqual([
      'global.resolve_timeout',
      'route.group_wait',
      'route.routes[0].group_by',
      'route.routes[1].matchers[0]',
      'receivers[0].jira_configs',
      'receivers[0].jira_configs[0]',
      'receivers[0].jira_configs[0]',
      'receivers[0].slack_configs[0].chanel',
      'inhibit_rules[0].equals',
    ])
  })

  test('no secret is told', () => {
    const { problems } = read(`
global: {slack_api_url: 'hunter2', smtp_auth_password: [hunter2], opsgenie_api_key: {a: hunter2}}
route: {receiver: a}
receivers: [{name: a, webhook_configs: [{url: hunter2}, {url: 'http://x/', http_config: {basic_auth: {password: [hunter2]}}}]}]
`)
    expect(problems).toHaveLength(5)
    expect(problems.join('\n')).not.toContain('hunter2')
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

describe('configurations of the store', () => {
  test('may not name files', () => {
    const { problems } = read(
      `
global: {slack_api_url_file: /etc/passwd}
route: {receiver: a}
templates: [x]
receivers: [{name: a, webhook_configs: [{url_file: /etc/passwd, http_config: {tls_config: {ca_file: /x}}}]}]`,
      { file: undefined },
    )
    expect(problems.map((problem) => problem.split(': ')[1])).toEqual([
      'global.slack_api_url_file',
      'templates',
      'receivers[0].webhook_configs[0].url_file',
      'receivers[0].webhook_configs[0].http_config.tls_config.ca_file',
    ])
  })

  test('contact points of the store are there for routes', () => {
    const opened: OpenedFrom[] = []
    const stored = [
      {
        name: 'ops',
        integrations: [
          { type: 'webhook', settings: { url: 'https://x/hunter2' } },
          { type: 'webhook', settings: { url: 'https://x/hunter2' } },
        ],
      },
    ]
    const { contactPoints, shownYaml } = configOf(good('routes: [{receiver: ops}]'), {
      stored,
      open: (_, __, from) => {
        opened.push(from)
        return openNothing()
      },
    })
    expect(contactPoints[1]).toMatchObject({
      name: 'ops',
      origin: 'stored',
      integrations: [{ index: 0 }, { index: 1 }],
    })
    expect(opened[0]).toMatchObject({ origin: 'stored', trusted: false })
    expect(parse(shownYaml).receivers[1]).toMatchObject({ name: 'ops', webhook_configs: [{ url: '<secret>' }, {}] })
    expect(shownYaml).not.toContain('hunter2')
  })

  test('one called default takes the place of that of the default configuration', () => {
    const stored = [{ name: 'default', integrations: [{ type: 'webhook', settings: { url: 'https://x/' } }] }]
    expect(configOf(DEFAULT_CONFIG).contactPoints).toEqual([{ name: 'default', origin: 'file', integrations: [] }])
    expect(configOf(DEFAULT_CONFIG, { stored }).contactPoints).toMatchObject([
      { name: 'default', origin: 'stored', integrations: [{ type: 'webhook' }] },
    ])
  })

  test('one that is broken, or hidden by the file, is a warning', () => {
    const stored = [
      { name: 'team', integrations: [] },
      {
        name: 'ops',
        integrations: [
          { type: 'pigeon', settings: {} },
          { type: 'webhook', settings: { ulr: 'x', url_file: 'y' } },
        ],
      },
    ]
    const text = "route: {receiver: team}\nreceivers: [{name: team, webhook_configs: [{url: 'http://x/'}]}]"
    const { config, warnings } = read(text, { stored })
    expect(config?.contactPoints.map(({ name, integrations }) => [name, integrations.length])).toEqual([
      ['team', 1],
      ['ops', 0],
    ])
    expect(warnings).toEqual([
      'contact point "team": am.yml has a receiver of this name, which is used',
      'contact point "ops": integrations[0].type: no way to notify is called "pigeon"; known are webhook, slack',
      'contact point "ops": integrations[1].ulr: unknown key; is url meant?',
    ])
  })
})
