/**
 * Girok's own routes of alerting as the web app uses them: contact points and routes that are kept in the store, tests of
 * receivers, acknowledgements, the history, monitors; and an alertmanager.yml that is read again when it changes.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AlertSink, startSink } from './alert-sink.ts'
import { eventually, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const BASE = '/girok/v1/alerting'
let folder: string
let sink: AlertSink
beforeAll(async () => {
  folder = temporaryFolder()
  sink = await startSink()
})
afterAll(async () => {
  await sink.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly body: never
  readonly text: string
}

async function call(server: TestServer, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await server.fetch(path, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    text,
    body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined) as never,
  }
}

async function fire(server: TestServer, labels: Record<string, string>, minutes = 60): Promise<void> {
  const endsAt = new Date(Date.now() + minutes * 60_000).toISOString()
  const { status, text } = await call(server, 'POST', '/api/v2/alerts', [{ labels, endsAt }])
  expect(status, text).toBe(200)
}

const hook = (path: string, settings: object = {}) => ({
  type: 'webhook',
  settings: { url: `${sink.url}${path}`, ...settings },
})

describe('configuration that is kept in the store', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ args: [...QUIET, '--set', 'outgoing.allow=127.0.0.1'] })
  })
  afterAll(() => server.dispose())

  test('at first there is a contact point that tells nobody, and one of its name takes its place', async () => {
    expect(await call(server, 'GET', BASE)).toMatchObject({
      status: 200,
      body: { config: { origin: 'default' }, groups: [] },
    })
    expect((await call(server, 'GET', `${BASE}/contact-points`)).body).toEqual({
      contactPoints: [{ name: 'default', origin: 'file', version: 0, integrations: [], usedByRoutes: true }],
    })
    const created = await call(server, 'POST', `${BASE}/contact-points`, {
      name: 'default',
      integrations: [hook('/first')],
    })
    expect(created.status, created.text).toBe(201)
    expect((await call(server, 'GET', `${BASE}/contact-points`)).body).toEqual({
      contactPoints: [
        {
          name: 'default',
          origin: 'stored',
          version: 1,
          integrations: [{ type: 'webhook', settings: { url: '<secret>' } }],
          usedByRoutes: true,
        },
      ],
    })
  })

  test('its test tells what became of each integration', async () => {
    const good = await call(server, 'POST', `${BASE}/contact-points/test`, { name: 'default', labels: { team: 'ml' } })
    expect(good.body).toMatchObject({ outcomes: [{ integration: 'webhook[0]', sent: true }] })
    const [body] = sink.webhooks('/first')
    expect(body?.alerts[0]?.labels).toMatchObject({ team: 'ml' })
    sink.answer((_, response) => {
      response.statusCode = 404
      response.end('no such hook')
    })
    const bad = await call(server, 'POST', `${BASE}/contact-points/test`, { integrations: [hook('/secret-path')] })
    sink.answer((_, response) => {
      response.end()
    })
    expect(bad.body).toMatchObject({ outcomes: [{ integration: 'webhook[0]', sent: false }] })
    expect(bad.text).toContain('404')
    expect(bad.text).not.toContain('secret-path')
    expect(await call(server, 'POST', `${BASE}/contact-points/test`, { name: 'none' })).toMatchObject({ status: 404 })
  })

  test('forms are drawn from declarations', async () => {
    const { body } = await call(server, 'GET', `${BASE}/notifiers`)
    const { notifiers } = body as { notifiers: { name: string; configKey: string; options: { name: string }[] }[] }
    expect(notifiers.map(({ name }) => name).sort()).toEqual([
      'discord',
      'email',
      'msteams',
      'msteamsv2',
      'opsgenie',
      'pagerduty',
      'slack',
      'telegram',
      'webhook',
    ])
    const slack = notifiers.find(({ name }) => name === 'slack')
    expect(slack?.configKey).toBe('slack_configs')
    expect(slack?.options.find(({ name }) => name === 'api_url')).toMatchObject({ secret: true })
  })

  test('faults are told with their place, and a private address is not sent to', async () => {
    const create = (integrations: unknown) =>
      call(server, 'POST', `${BASE}/contact-points`, { name: 'x', integrations })
    expect(await create([])).toMatchObject({ status: 400 })
    expect((await create([{ type: 'pager', settings: {} }])).text).toContain('pager')
    const unknown = await create([{ type: 'webhook', settings: { url: 'http://127.0.0.1/', chanel: 'a' } }])
    expect(unknown.status).toBe(400)
    expect(unknown.text).toContain('chanel')
    const private_ = await call(server, 'POST', `${BASE}/contact-points/test`, {
      integrations: [{ type: 'webhook', settings: { url: 'http://169.254.169.254/latest/meta-data' } }],
    })
    expect(private_.body).toMatchObject({ outcomes: [{ sent: false }] })
    expect(private_.text).toContain('outgoing.allow')
  })

  test('a change keeps the secrets that it does not tell, and needs the version that was read', async () => {
    const integrations = [{ type: 'webhook', settings: { url: '<secret>', max_alerts: 2 } }]
    expect(await call(server, 'PUT', `${BASE}/contact-points/default`, { integrations, version: 9 })).toMatchObject({
      status: 409,
    })
    const changed = await call(server, 'PUT', `${BASE}/contact-points/default`, { integrations, version: 1 })
    expect(changed.status, changed.text).toBe(204)
    const before = sink.webhooks('/first').length
    await call(server, 'POST', `${BASE}/contact-points/test`, { name: 'default' })
    expect(sink.webhooks('/first')).toHaveLength(before + 1)
  })

  test('routes are edited as alertmanager.yml, and say where an alert would go', async () => {
    const yaml = `route:
  receiver: default
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 3s
  routes:
    - {matchers: ['team="ml"'], receiver: ml, group_by: [gpu]}
receivers:
  - {name: ml, webhook_configs: [{url: '${sink.url}/ml'}]}
`
    expect(await call(server, 'PUT', `${BASE}/config`, { yaml: `${yaml}nonsense: 1\n`, version: 0 })).toMatchObject({
      status: 400,
    })
    const wrong = await call(server, 'PUT', `${BASE}/config`, {
      yaml: yaml.replace('receiver: ml,', 'receiver: lm,'),
      version: 0,
    })
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('lm')
    expect(wrong.text).toMatch(/:8:\d+/)
    const put = await call(server, 'PUT', `${BASE}/config`, { yaml, version: 0 })
    expect(put.status, put.text).toBe(204)
    const { body } = await call(server, 'GET', `${BASE}/config`)
    const shown = body as { origin: string; version: number; yaml: string }
    expect(shown).toMatchObject({ origin: 'stored', version: 1 })
    expect(shown.yaml).toBe(yaml.replace(`'${sink.url}/ml'`, '<secret>'))
    // What is shown can be given back: the secret stays.
    expect(await call(server, 'PUT', `${BASE}/config`, { yaml: shown.yaml, version: 1 })).toMatchObject({ status: 204 })
    expect(await call(server, 'PUT', `${BASE}/config`, { yaml, version: 1 })).toMatchObject({ status: 409 })
    const tested = await call(server, 'POST', `${BASE}/routes/test`, { labels: { team: 'ml', gpu: '3' } })
    expect(tested.body).toMatchObject({
      routes: [
        {
          path: ['{}', '{team="ml"}'],
          receiver: 'ml',
          groupBy: ['gpu'],
          groupLabels: { gpu: '3' },
          groupKey: '{}/{team="ml"}:{gpu="3"}',
          groupWaitMs: 0,
          mutedBy: [],
        },
      ],
      silencedBy: [],
      inhibitedBy: [],
    })
    expect((await call(server, 'GET', `${BASE}/routes`)).body).toMatchObject({
      root: { receiver: 'default', routes: [{ receiver: 'ml', matchers: ['team="ml"'] }] },
    })
    // A contact point that a route names cannot go.
    const removed = await call(server, 'DELETE', `${BASE}/contact-points/default?version=2`)
    expect(removed.status).toBe(409)
  })

  test('an alert is told, repeated until somebody acknowledges it, and its end is told', async () => {
    await fire(server, { alertname: 'hot', team: 'ml', gpu: '1' })
    await eventually(() => sink.webhooks('/ml').length >= 2)
    const [listed] = (await call(server, 'GET', '/api/v2/alerts')).body as { fingerprint: string }[]
    const acknowledge = `${BASE}/alerts/${listed?.fingerprint}/acknowledgement`
    expect(await call(server, 'PUT', acknowledge, { by: 'kim', comment: 'looking' })).toMatchObject({ status: 204 })
    await new Promise((done) => setTimeout(done, 1_500))
    const repeated = sink.webhooks('/ml').length
    await new Promise((done) => setTimeout(done, 6_000))
    expect(sink.webhooks('/ml')).toHaveLength(repeated)
    expect((await call(server, 'GET', '/api/v2/alerts')).body).toMatchObject([{ status: { acknowledgedBy: 'kim' } }])
    await call(server, 'POST', '/api/v2/alerts', [
      { labels: { alertname: 'hot', team: 'ml', gpu: '1' }, endsAt: new Date().toISOString() },
    ])
    await eventually(() => sink.webhooks('/ml').at(-1)?.status === 'resolved')
  })

  test('the history tells of notifications and of alerts', async () => {
    await eventually(async () => {
      const { body } = await call(server, 'GET', `${BASE}/notifications?receiver=ml`)
      const { notifications } = body as { notifications: { status: string; outcome: string }[] }
      return notifications[0]?.status === 'resolved' && notifications.every(({ outcome }) => outcome === 'sent')
    })
    await eventually(async () => {
      const { body } = await call(server, 'GET', `${BASE}/history`)
      const changes = (body as { changes: { change: string; by?: string; labels: Record<string, string> }[] }).changes
        .filter(({ labels }) => labels.alertname === 'hot')
        .map(({ change, by }) => `${change}${by === undefined ? '' : ` by ${by}`}`)
      return changes.join() === 'resolved,acknowledged by kim,firing'
    })
    expect(await call(server, 'GET', `${BASE}/history?limit=0`)).toMatchObject({ status: 400 })
    expect(await call(server, 'GET', `${BASE}/notifications?start=x`)).toMatchObject({ status: 400 })
  })

  test('all of it is there after a restart', async () => {
    const before = await call(server, 'GET', `${BASE}/config`)
    const dataDir = server.dataDir
    await server.stop()
    const again = await startServer({ dataDir, args: [...QUIET, '--set', 'outgoing.allow=127.0.0.1'] })
    expect(await call(again, 'GET', `${BASE}/config`)).toEqual(before)
    const sent = sink.webhooks('/first').length
    await call(again, 'POST', `${BASE}/contact-points/test`, { name: 'default' })
    expect(sink.webhooks('/first')).toHaveLength(sent + 1)
    await again.stop()
  })
})

describe('an alertmanager.yml', () => {
  test('is read again when it changes; a broken one changes nothing and is told', async () => {
    const file = join(folder, 'am.yml')
    const yamlOf = (path: string, more = '') =>
      `route: {receiver: hook, group_wait: 0s, group_by: ['...']}\nreceivers:\n  - {name: hook, webhook_configs: [{url: '${sink.url}${path}'}]}\n${more}`
    writeFileSync(file, yamlOf('/one'))
    const server = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
    try {
      await fire(server, { alertname: 'one' })
      await eventually(() => sink.webhooks('/one').length === 1)
      writeFileSync(file, yamlOf('/two', 'rubbish: 1\n'))
      const refused = await call(server, 'POST', '/-/reload')
      expect(refused.status).toBe(422)
      expect(refused.text).toContain('rubbish')
      expect((await call(server, 'GET', BASE)).body).toMatchObject({
        config: { origin: 'file', fault: expect.stringContaining('rubbish') },
      })
      await fire(server, { alertname: 'two' })
      await eventually(() => sink.webhooks('/one').length === 2)
      writeFileSync(file, yamlOf('/two'))
      // By itself, within seconds.
      await eventually(async () => !(await call(server, 'GET', BASE)).text.includes('"fault"'), 20_000)
      await fire(server, { alertname: 'three' })
      await eventually(() => sink.webhooks('/two').length === 1)
      expect(await call(server, 'PUT', `${BASE}/config`, { yaml: yamlOf('/x'), version: 0 })).toMatchObject({
        status: 403,
      })
      const change = { integrations: [hook('/x')], version: 0 }
      expect(await call(server, 'PUT', `${BASE}/contact-points/hook`, change)).toMatchObject({ status: 403 })
      expect((await call(server, 'GET', `${BASE}/contact-points`)).text).not.toContain(sink.url)
    } finally {
      await server.dispose()
    }
  })

  test('a start with a broken one is refused with the place', async () => {
    const file = join(folder, 'broken.yml')
    writeFileSync(file, 'route:\n  reciever: x\nreceivers: []\n')
    await expect(startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })).rejects.toThrow(
      /broken\.yml:2:3.*reciever/,
    )
  })

  test('a receiver that hangs, or answers 429 or 500, or closes delays no other', async () => {
    const file = join(folder, 'hostile.yml')
    const kinds = ['hang', 'slow-down', 'broken', 'closed', 'good']
    writeFileSync(
      file,
      `route:
  receiver: good
  group_by: ['...']
  group_wait: 0s
  group_interval: 30s
  routes:
${kinds.map((kind) => `    - {matchers: ['kind="all"'], receiver: ${kind}, continue: true}`).join('\n')}
receivers:
${kinds.map((kind) => `  - {name: ${kind}, webhook_configs: [{url: '${sink.url}/${kind}'}]}`).join('\n')}
`,
    )
    const times = new Map<string, number[]>()
    sink.answer((request, response) => {
      const seen = times.get(request.path) ?? []
      times.set(request.path, [...seen, request.atMs])
      if (request.path === '/hang') return
      if (request.path === '/closed' && seen.length === 0) response.socket?.destroy()
      else if (request.path === '/slow-down' && seen.length === 0) response.writeHead(429, { 'retry-after': '3' }).end()
      else if (request.path === '/broken' && seen.length < 2) response.writeHead(500).end()
      else response.end()
    })
    const server = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
    try {
      const firedMs = Date.now()
      for (const name of ['a', 'b', 'c']) await fire(server, { alertname: name, kind: 'all' })
      await eventually(() => (times.get('/good') ?? []).length === 3)
      expect(Math.max(...(times.get('/good') ?? [])) - firedMs).toBeLessThan(3_000)
      // Each of the three comes through in the end, the refused ones once more, after as long as was asked for.
      const requests = (path: string) => (times.get(path) ?? []).length
      await eventually(
        () => requests('/slow-down') === 4 && requests('/broken') === 5 && requests('/closed') === 4,
        30_000,
      )
      const [first = 0] = times.get('/slow-down') ?? []
      const last = (times.get('/slow-down') ?? []).at(-1) ?? 0
      expect(last - first).toBeGreaterThanOrEqual(2_900)
    } finally {
      sink.answer((_, response) => {
        response.end()
      })
      await server.dispose()
    }
  })
})

describe('monitors', () => {
  test('a critical alert of a module is told at once, and one can be switched off', async () => {
    const module = join(folder, 'monitors.mjs')
    writeFileSync(
      module,
      `export default [
  {
    name: 'fraud',
    selector: '{job="ads"}',
    check: ({ fields }) =>
      fields?.type === 'fraud' ? { type: 'fraud', severity: 'critical', message: fields.who, labels: { who: fields.who } } : undefined,
  },
  { name: 'broken', check: () => { throw new Error('oops') } },
]
`,
    )
    const file = join(folder, 'monitors.yml')
    writeFileSync(
      file,
      `route: {receiver: hook, group_wait: 10m, group_by: ['...']}\nreceivers:\n  - {name: hook, webhook_configs: [{url: '${sink.url}/monitors'}]}\n`,
    )
    const server = await startServer({
      args: [...QUIET, '--set', `alerting.configFile=${file}`, '--set', `alerting.monitors=${module}`],
    })
    try {
      const pushedMs = Date.now()
      await push(server, { job: 'ads' }, [[pushedMs, '{"type":"fraud","who":"mallory"}']])
      await eventually(() => sink.webhooks('/monitors').length === 1)
      expect(Date.now() - pushedMs).toBeLessThan(5_000)
      expect(sink.webhooks('/monitors')[0]?.alerts[0]).toMatchObject({
        labels: { alertname: 'fraud', severity: 'critical', monitor: 'fraud', who: 'mallory' },
        annotations: { summary: 'mallory' },
      })
      const { body } = await call(server, 'GET', `${BASE}/monitors`)
      expect(body).toMatchObject({
        monitors: [
          { name: 'fraud', active: true, records: 1, alerts: 1, errors: 0, lastAlert: { severity: 'critical' } },
          { name: 'broken', records: 1, errors: 1, lastError: 'Monitor error: broken - oops' },
        ],
        dropped: 0,
      })
      expect(server.output()).toContain('Monitor error: broken - oops')
      expect(await call(server, 'POST', `${BASE}/monitors/fraud`, { active: false })).toMatchObject({ status: 204 })
      await push(server, { job: 'ads' }, [[Date.now(), '{"type":"fraud","who":"trudy"}']])
      await eventually(async () => (await call(server, 'GET', `${BASE}/monitors`)).text.includes('"records":2'))
      expect((await call(server, 'GET', '/api/v2/alerts')).text).not.toContain('trudy')
    } finally {
      await server.dispose()
    }
  })

  test('a module that is none is told at the start', async () => {
    const module = join(folder, 'none.mjs')
    writeFileSync(module, 'export default { name: "x" }\n')
    await expect(startServer({ args: [...QUIET, '--set', `alerting.monitors=${module}`] })).rejects.toThrow(
      'monitor 1 of its default export has no function check',
    )
  })
})
