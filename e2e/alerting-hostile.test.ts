/** Floods and nonsense sent to alerting: every answer is a clear refusal, nothing falls, and what was right goes on. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AlertSink, startSink } from './alert-sink.ts'
import { eventually, QUIET, startServer, type TestServer } from './server.ts'

const BASE = '/girok/v1/alerting'
const MIB = 1024 * 1024

let server: TestServer
let sink: AlertSink
beforeAll(async () => {
  sink = await startSink()
  server = await startServer({ args: [...QUIET, '--set', 'outgoing.allow=127.0.0.1'] })
})
afterAll(async () => {
  // Faults of the server itself stand in its log, whatever was answered.
  expect(server.output()).not.toContain('"message":"fault ')
  expect(server.output().length).toBeLessThan(100_000)
  await server.dispose()
  await sink.close()
})

async function call(method: string, path: string, body?: unknown, type = 'application/json') {
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const response = await server.fetch(path, {
    method,
    ...(body !== undefined && {
      body: raw ? (body as string) : JSON.stringify(body),
      headers: { 'content-type': type },
    }),
  })
  const text = await response.text()
  expect(response.status, text.slice(0, 300)).toBeLessThan(500)
  expect(text).not.toMatch(/\n\s+at |node_modules/)
  return { status: response.status, text }
}

const post = (alerts: unknown) => call('POST', '/api/v2/alerts', alerts)
const yaml = (path: string, text: string) => call('POST', path, text, 'application/yaml')
const putGroup = (name: string, rules: unknown, namespace = 'hostile') =>
  call('PUT', `${BASE}/rule-groups/promql/${namespace}/${name}`, {
    version: 0,
    group: { name, interval: '1s', rules },
  })
const residentMiB = () =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
const nested = (open: string, close: string, levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`

/** Nine times nine times nine … values by aliases. */
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat([...'bcdefgh'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}]`))
  .join('\n')

describe('alerts', () => {
  test('that are too long, too many-labelled or no alerts', async () => {
    const long = 'x'.repeat(MIB)
    for (const alert of [
      { labels: { a: long } },
      { labels: { [long]: 'a' } },
      { labels: { a: 'b' }, annotations: { a: long } },
    ]) {
      const { status, text } = await post([alert])
      expect([status, text]).toEqual([400, expect.stringContaining('at most 65536 are taken')])
    }
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`l${i}`, 'v']))
    expect((await post([{ labels: many, endsAt: new Date().toISOString() }])).status).toBe(200)
    for (const [body, status] of [
      [nested('[', ']', 100_000), 400],
      [`[{"labels":${nested('{"a":', '}', 100_000)}}]`, 400],
      ['[{"labels":{"a":"\\ud800"},"endsAt":"2020-01-01T00:00:00Z"}]', 200],
      ['[{"labels":', 400],
      ['null', 200],
    ] as const) {
      expect((await post(body)).status, body.slice(0, 60)).toBe(status)
    }
    const broken = new Uint8Array([...Buffer.from('[{"labels":{"a":"'), 0xff, 0xc3, ...Buffer.from('"}}]')])
    expect((await post(broken)).status).toBeLessThan(401)
  })

  test('a hundred thousand of distinct labels: so many are held, the rest is refused, the first stay', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString()
    await post([{ labels: { alertname: 'kept', host: 'first' }, endsAt }])
    const before = residentMiB()
    const answers: string[] = []
    for (let from = 0; from < 100_000; from += 2_000) {
      const alerts = Array.from({ length: 2_000 }, (_, i) => ({
        labels: { alertname: 'flood', i: `${from + i}` },
        endsAt,
      }))
      const { status, text } = await post(alerts)
      answers.push(status === 200 ? 'taken' : `${status} ${text}`)
    }
    expect(answers.filter((answer) => answer === 'taken').length).toBeGreaterThanOrEqual(24)
    expect(answers.at(-1)).toMatch(/^400 .*2000 alerts were refused: 50000 are held already/)
    const kept = JSON.parse((await call('GET', '/api/v2/alerts?filter=alertname%3Dkept')).text)
    expect(kept).toHaveLength(1)
    // One that is held is taken again.
    expect((await post([{ labels: { alertname: 'kept', host: 'first' }, endsAt }])).status).toBe(200)
    expect(residentMiB() - before).toBeLessThan(1_000)
    expect((await call('GET', '/ready')).status).toBe(200)
  })
})

describe('configuration', () => {
  const put = (text: string) => call('PUT', `${BASE}/config`, { yaml: text, version: 0 })

  test.each([
    ['a bomb of aliases', `${bomb}\nroute: {receiver: default, routes: *h}`, 'aliases'],
    ['a route within itself', 'route: &r\n  receiver: default\n  routes: [*r]\n', 'alias'],
    ['a merge of itself', 'route: &r\n  receiver: default\n  <<: *r\n', 'alias'],
    ['brackets', `route: ${nested('[', ']', 100_000)}`, 'nested more than 100 levels'],
    [
      'routes in routes',
      `route: ${nested('{receiver: default, routes: [', ']}', 3_000)}`,
      'nested more than 100 levels',
    ],
    [
      'a regular expression that grows',
      `route: {receiver: default, matchers: ['a=~"((a{1,100}){1,100}){1,100}"']}`,
      'regular expression',
    ],
  ])('%s', async (_, text, message) => {
    const sinceMs = performance.now()
    const { status, text: told } = await put(text)
    expect([status, told]).toEqual([400, expect.stringContaining(message)])
    expect(performance.now() - sinceMs).toBeLessThan(5_000)
  })

  test('patterns that other engines need ages for', async () => {
    const sinceMs = performance.now()
    await post([{ labels: { alertname: 'slow', text: 'x'.repeat(50_000) } }])
    const filter = encodeURIComponent('text=~"(x+x+)+y"')
    expect(await call('GET', `/api/v2/alerts?filter=${filter}`)).toMatchObject({ status: 200, text: '[]\n' })
    expect((await call('GET', `/api/v2/alerts?filter=${encodeURIComponent('a=~"(a)\\\\1"')}`)).status).toBe(400)
    expect(performance.now() - sinceMs).toBeLessThan(10_000)
  })

  test('contact points of any name are kept, found and removed', async () => {
    const integrations = [{ type: 'webhook', settings: { url: `${sink.url}/odd` } }]
    const names = [
      'a/b',
      '...',
      '%2e%2e',
      '<script>',
      '__proto__',
      'constructor',
      '한국어 😀',
      'a\nb',
      '"',
      '- a: b',
      'null',
      '~',
    ]
    for (const name of names) {
      expect((await call('POST', `${BASE}/contact-points`, { name, integrations })).status, name).toBe(201)
    }
    const listed = JSON.parse((await call('GET', `${BASE}/contact-points`)).text).contactPoints
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(names))
    // It stands in addresses, where it means something else.
    expect((await call('POST', `${BASE}/contact-points`, { name: '..', integrations })).status).toBe(400)
    for (const name of names) {
      const path = `${BASE}/contact-points/${encodeURIComponent(name)}?version=1`
      expect((await call('DELETE', path)).status, name).toBe(204)
    }
    const settings = { url: 'http://127.0.0.1/', payload: JSON.parse(nested('{"a":', '}', 3_000)) }
    const deep = await call('POST', `${BASE}/contact-points`, {
      name: 'deep',
      integrations: [{ type: 'webhook', settings }],
    })
    expect([deep.status, deep.text]).toEqual([400, expect.stringContaining('nested more than 100 levels')])
  })

  test.each([
    [
      'recursion',
      '{{define "a"}}{{template "a" .}}{{template "a" .}}{{end}}{{template "a" .}}',
      'maximum template depth',
    ],
    ['doubling', `{{$x := "0123456789"}}${'{{$x = print $x $x}}'.repeat(40)}{{$x}}`, 'exceeds 4194304 characters'],
    [
      'loops in loops',
      `{{$l := stringSlice ${'"a" '.repeat(200)}}}${nested('{{range $l}}', '{{end}}', 4)}`,
      'exceeds 4194304 characters',
    ],
  ])('templates without end: %s', async (what, template, message) => {
    const name = what.replaceAll(' ', '-')
    sink.answer((_, response) => response.end('ok'))
    const settings = { api_url: `${sink.url}/${name}`, text: template }
    const sinceMs = performance.now()
    const { status, text } = await call('POST', `${BASE}/contact-points/test`, {
      integrations: [{ type: 'slack', settings }],
    })
    expect([status, text]).toEqual([200, expect.stringContaining(message)])
    expect(performance.now() - sinceMs).toBeLessThan(15_000)
    // Slack is sent what is left of a message, as by Alertmanager.
    const [sent, ...more] = sink.requests.filter(({ path }) => path === `/${name}`)
    expect(more).toEqual([])
    expect(sent?.body.length).toBeLessThan(10_000)
  })
})

describe('rules', () => {
  test('that are too many, too long, too deep or YAML that is none', async () => {
    const record = (i: number) => ({ record: `r${i}`, expr: `vector(${i})` })
    for (const [rules, message] of [
      [Array.from({ length: 30_000 }, (_, i) => record(i)), 'has 30000 rules, at most 2000 are kept'],
      [[{ alert: 'A', expr: '1', annotations: { a: 'y'.repeat(2 * MIB) } }], 'at most 2097152 are kept'],
      [[{ alert: 'A', expr: nested('(', ')', 50_000) }], 'nested more than 200 levels'],
      [[{ alert: 'A', expr: '1', annotations: { a: `{{${nested('(', ')', 50_000)}}}` } }], 'max expression depth'],
      [JSON.parse(nested('[', ']', 2_000)), 'nested more than 100 levels'],
    ] as const) {
      const { status, text } = await putGroup('g', rules)
      expect([status, text]).toEqual([400, expect.stringContaining(message)])
    }
    for (const path of ['/loki/api/v1/rules/hostile', '/prometheus/config/v1/rules/hostile']) {
      for (const text of [
        `${bomb}\nname: x\nrules: *h\n`,
        'name: x\nrules: &r\n  - *r\n',
        'name: x\nlabels: &l\n  a: *l\nrules: []\n',
        `name: x\nrules: ${nested('[', ']', 100_000)}\n`,
        `name: x\nrules:\n  ${'- '.repeat(20_000)}a\n`,
      ]) {
        expect((await yaml(path, text)).status, text.slice(0, 60)).toBe(400)
      }
    }
  })

  test('names that look like paths are names', async () => {
    for (const [namespace, name] of [
      ['..%2F..%2Fetc%2Fpasswd', 'g'],
      ['__proto__', 'constructor'],
    ] as const) {
      expect((await putGroup(name, [], namespace)).status).toBe(201)
      expect((await call('DELETE', `${BASE}/rule-groups/promql/${namespace}/${name}`)).status).toBe(204)
    }
    for (const [namespace, status] of [
      ['a%00b', 400],
      ['%ff%fe', 400],
      ['n'.repeat(201), 400],
    ] as const) {
      expect((await putGroup('g', [], namespace)).status, namespace).toBe(status)
    }
    expect((await call('GET', '/prometheus/config/v1/rules/toString/valueOf')).status).toBe(404)
  })

  interface Group {
    readonly name: string
    readonly lastEvaluation: string
    readonly rules: readonly {
      readonly lastError?: string
      readonly health: string
      readonly alerts?: { annotations: Record<string, string> }[]
    }[]
  }
  const groups = async (): Promise<Group[]> => JSON.parse((await call('GET', '/api/v1/rules')).text).data.groups

  test('costly queries and templates without end fail by themselves; other groups go on', async () => {
    await putGroup('costly', [{ alert: 'Costly', expr: 'max_over_time((vector(1))[5y:1ms]) > 0' }])
    const a = '{{define "a"}}{{template "a" .}}{{template "a" .}}{{end}}{{template "a" .}}'
    await putGroup('endless', [{ alert: 'Endless', expr: 'vector(1)', annotations: { a } }])
    await putGroup('plain', [{ alert: 'Plain', expr: 'vector(1)' }])
    await eventually(
      async () => (await groups()).every(({ rules }) => rules.every(({ health }) => health !== 'unknown')),
      30_000,
    )
    const of = new Map((await groups()).map((group) => [group.name, group]))
    expect(of.get('costly')?.rules[0]?.lastError).toContain('too many samples')
    expect(of.get('endless')?.rules[0]?.alerts?.[0]?.annotations.a).toContain('exceeded maximum template depth')
    const since = Date.now()
    await eventually(
      async () => (await groups()).filter(({ lastEvaluation }) => Date.parse(lastEvaluation) > since).length === 3,
    )
  })
})
