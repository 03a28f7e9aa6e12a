import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { good, read } from './testing/read-text.ts'

const REST = 'receivers: [{name: team}]\n'

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
  [`${good('')}\n---\nroute: {receiver: other}\n`, 'not valid YAML: only one document can stand in the file'],
  ...['http://x:port/', 'http://x/%zz', 'http://x y/', 'http://x/\\n', 'http://[::1', 'http:///x', 'x'].map(
    (url): [string, string] => [
      `global: {pagerduty_url: "${url}"}\n${good('')}`,
      'global.pagerduty_url: must be an http:// or https:// address',
    ],
  ),
  [`global: {smtp_smarthost: '::1:25'}\n${good('')}`, 'global.smtp_smarthost: must be HOST:PORT'],
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

  test('any value anywhere is read or is a problem', () => {
    const paths = [
      ['global'],
      ['global', 'http_config'],
      ['route'],
      ['route', 'routes', 0],
      ['route', 'routes', 0, 'matchers'],
      ['route', 'routes', 0, 'match_re'],
      ['receivers'],
      ['receivers', 0],
      ['receivers', 0, 'slack_configs', 0],
      ['receivers', 0, 'slack_configs', 0, 'fields'],
      ['inhibit_rules', 0, 'source_matchers'],
      ['time_intervals', 0, 'time_intervals', 0],
      ['time_intervals', 0, 'time_intervals', 0, 'weekdays'],
    ] as const
    const keys = ['name', 'receiver', 'matchers', 'times', 'a', '__proto__', 'constructor', 'slack_configs', 'toString']
    const value = fc.anything({ key: fc.constantFrom(...keys), withNullPrototype: false, maxDepth: 3 })
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, put) => {
        const whole = {
          global: {},
          route: { receiver: 'a', routes: [{}] },
          receivers: [{ name: 'a', slack_configs: [{ api_url: 'https://x/' }] }],
          inhibit_rules: [{}],
          time_intervals: [{ name: 'b', time_intervals: [{}] }],
        }
        let at = whole as unknown as Record<string | number, never>
        for (const step of path.slice(0, -1)) at = at[step] as never
        at[path.at(-1) as string] = put as never
        const { config, problems } = read(JSON.stringify(whole) ?? '')
        expect(config === undefined).toBe(problems.length > 0)
        for (const problem of problems) expect(problem).toMatch(/^am\.yml:\d+:\d+: ./)
      }),
      { numRuns: 500 },
    )
  })

  test('any text is read or is a problem', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ':', ' ', '\n', '-', '{', '}', '[', '"', '&', '*', '|', '<<', '!', '#', 'route'),
    })
    fc.assert(
      fc.property(text, (given) => {
        const { config, problems } = read(given)
        expect(config === undefined).toBe(problems.length > 0)
      }),
      { numRuns: 500 },
    )
  })
})
