import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Alertmanager, ListedAlert } from '../../alerting/alertmanager/alertmanager.ts'
import { openSilences } from '../../alerting/alertmanager/silences/create-silences.ts'
import { createHandClock } from '../../alerting/alertmanager/testing/hand-clock.ts'
import type { ReportedAlert } from '../../model/alert.ts'
import { createMemoryState } from '../../store/testing/memory-state.ts'
import type { ApiContext, ApiRequest } from '../route.ts'
import { alertmanagerAlerts } from './alertmanager-alerts.ts'
import { alertmanagerSilences } from './alertmanager-silences.ts'
import { alertmanagerStatus } from './alertmanager-status.ts'

const alert: ListedAlert = {
  fingerprint: '0123456789abcdef',
  labels: new Map([
    ['b', '2'],
    ['alertname', 'x'],
  ]),
  annotations: new Map([['summary', 's']]),
  startsAtMs: 0,
  endsAtMs: 60_000,
  updatedAtMs: 1,
  generatorUrl: 'http://h/graph',
  receivers: ['default'],
  status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [], acknowledgedBy: 'kim' },
}

async function setUp() {
  const clock = createHandClock()
  const store = createMemoryState(clock.now)
  const reported: ReportedAlert[] = []
  const seen = { failure: undefined as Error | undefined }
  const alertmanager = {
    silences: await openSilences({ tenant: 'default', store, clock, retentionMs: 3_600_000 }),
    config: () => ({ resolveTimeoutMs: 300_000, shownYaml: 'route:\n', contactPoints: [{ name: 'default' }] }),
    alerts: () => [alert],
    groups: () => [],
    async report(alerts: readonly ReportedAlert[]) {
      if (seen.failure) throw seen.failure
      reported.push(...alerts)
    },
  } as unknown as Alertmanager
  const alerting = { alertmanager, tenant: 'default' }

  async function ask(method: string, path: string, body?: unknown, tenant = 'default') {
    const context = { alerting, now: clock.now, startedMs: 0, version: '9.9.9' }
    const url = new URL(path, 'http://x')
    const parts = url.pathname.split('/')
    const fits = (pattern: string) =>
      pattern.split('/').length === parts.length &&
      pattern.split('/').every((part, i) => part.startsWith(':') || part === parts[i])
    const route = [alertmanagerAlerts, alertmanagerSilences, alertmanagerStatus]
      .flatMap((family) => family(context as unknown as ApiContext))
      .find((one) => one.methods.includes(method as 'GET') && fits(one.path))
    const response = await route?.handle({
      tenant,
      params: url.searchParams,
      path: { id: parts.at(-1) ?? '' },
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    } as unknown as ApiRequest)
    const text = response?.body
    return {
      scope: route?.scope,
      status: response?.status,
      answer: text === undefined ? undefined : JSON.parse(String(text)),
    }
  }
  return { clock, reported, seen, ask }
}

const silence = {
  matchers: [{ name: 'a', value: 'b', isRegex: false }],
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2026-01-02T00:00:00Z',
  createdBy: 'kim',
  comment: 'c',
}

test('an alert tells who acknowledged it, beside what Alertmanager tells', async () => {
  const { ask } = await setUp()
  expect(JSON.stringify((await ask('GET', '/api/v2/alerts')).answer)).toBe(
    '[{"annotations":{"summary":"s"},"endsAt":"1970-01-01T00:01:00.000Z","fingerprint":"0123456789abcdef",' +
      '"receivers":[{"name":"default"}],"startsAt":"1970-01-01T00:00:00.000Z","status":{"inhibitedBy":[],"mutedBy":[],' +
      '"silencedBy":[],"state":"active","acknowledgedBy":"kim"},"updatedAt":"1970-01-01T00:00:00.001Z",' +
      '"generatorURL":"http://h/graph","labels":{"alertname":"x","b":"2"}}]',
  )
})

test('a silence may recur, and say that ends are not told', async () => {
  const { ask, clock } = await setUp()
  const own = { recurrence: [{ weekdays: ['saturday'], location: 'Asia/Seoul' }], notifyResolved: false }
  const { answer } = await ask('POST', '/api/v2/silences', { ...silence, ...own })
  const path = `/alertmanager/api/v2/silence/${answer.silenceID}`
  expect((await ask('GET', path)).answer).toMatchObject({ ...own, comment: 'c', status: { state: 'active' } })
  // As amtool changes it, which knows of neither.
  await clock.advance(1_000)
  await ask('POST', '/api/v2/silences', { ...silence, id: answer.silenceID, comment: 'd' })
  expect((await ask('GET', path)).answer).toMatchObject({ ...own, comment: 'd' })
  for (const recurrence of ['x', [1], [null], [{ weekdays: ['never'] }], [{ day: 1 }]]) {
    const refused = await ask('POST', '/api/v2/silences', { ...silence, recurrence })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(refused.answer)).toContain('recurrence')
  }
})

test('what is reported is what was posted, as far as it is good', async () => {
  const { ask, reported, clock } = await setUp()
  const sent = [
    { labels: { alertname: 'a', none: '' }, annotations: { s: '' }, generatorURL: '/g', startsAt: silence.startsAt },
    { labels: {} },
    { labels: { alertname: 'late' }, startsAt: '2026-01-01T00:05:01Z' },
    { labels: { alertname: 'b' }, endsAt: '2026-01-01T09:00:00+09:00' },
  ]
  const { status, answer, scope } = await ask('POST', '/api/v2/alerts', sent)
  expect([status, answer, scope]).toEqual([
    400,
    'at least one label pair required\nstart time must be before end time',
    'ingest',
  ])
  const annotations = new Map([['s', '']])
  const startsAtMs = clock.now()
  expect(reported).toEqual([
    { labels: new Map([['alertname', 'a']]), annotations, startsAtMs, endsAtMs: undefined, generatorUrl: '/g' },
    {
      labels: new Map([['alertname', 'b']]),
      annotations: new Map(),
      startsAtMs,
      endsAtMs: startsAtMs,
      generatorUrl: '',
    },
  ])
})

test('the state of the server', async () => {
  const { ask } = await setUp()
  expect((await ask('GET', '/api/v2/status')).answer).toMatchObject({
    cluster: { peers: [], status: 'disabled' },
    config: { original: 'route:\n' },
    uptime: '1970-01-01T00:00:00.000Z',
    versionInfo: { version: '9.9.9' },
  })
})

test('alerts are of one tenant', async () => {
  const { ask } = await setUp()
  await expect(ask('GET', '/api/v2/alerts', undefined, 'other')).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('a fault of the server is no answer to the client’s request', async () => {
  const { ask, seen } = await setUp()
  seen.failure = new Error('disk')
  await expect(ask('POST', '/api/v2/alerts', [{ labels: { a: 'b' } }])).rejects.toThrow('disk')
})

test('whatever JSON is posted is taken or refused', async () => {
  const { ask } = await setUp()
  const text = fc.oneof(fc.string(), fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02', '', '(', 'a=b', '__proto__'))
  const any = fc.oneof({ weight: 3, arbitrary: text }, fc.jsonValue({ maxDepth: 2 }))
  const some = (...names: string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, any])), { requiredKeys: [] })
  const labels = fc.oneof(any, fc.dictionary(text, any, { maxKeys: 3 }))
  const alerts = fc.array(
    fc.tuple(some('startsAt', 'endsAt', 'generatorURL'), labels, labels).map(([rest, of, annotations]) => ({
      ...rest,
      labels: of,
      annotations,
    })),
    { maxLength: 3 },
  )
  const matchers = fc.array(some('name', 'value', 'isRegex', 'isEqual'), { maxLength: 2 })
  const silenceOf = fc
    .tuple(some('id', 'startsAt', 'endsAt', 'createdBy', 'comment', 'recurrence', 'notifyResolved'), matchers)
    .map(([rest, of]) => ({ ...silence, ...rest, ...(of.length > 0 && { matchers: of }) }))
  const answers = async (path: string, body: unknown) => {
    const { status } = await ask('POST', path, body)
    expect([200, 400, 404, 422]).toContain(status)
  }
  await fc.assert(fc.asyncProperty(fc.oneof(any, alerts), (body) => answers('/api/v2/alerts', body)))
  await fc.assert(fc.asyncProperty(fc.oneof(any, silenceOf), (body) => answers('/api/v2/silences', body)))
})
