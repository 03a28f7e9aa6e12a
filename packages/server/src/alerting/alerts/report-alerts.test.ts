import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { ReportedAlert } from '../../model/alert.ts'
import type { Relabelling } from '../../model/scraping.ts'
import { createOutgoing } from '../../notify/outgoing/create-outgoing.ts'
import { httpOptions } from '../../notify/outgoing/http-options.ts'
import type { AlertmanagerTarget } from './alertmanager-client.ts'
import { createReporter, type Reporter } from './report-alerts.ts'

const servers: Server[] = []
const outgoing = createOutgoing({ guard: undefined, now: Date.now })
const http = httpOptions.parse({})
afterEach(() => {
  outgoing.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Handler = (body: string, response: ServerResponse, request: IncomingMessage) => void

async function alertmanager(handle: Handler): Promise<AlertmanagerTarget> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => handle(body, response, request))
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/api/v2/alerts`
  return { key: url, url, timeoutMs: 10_000, http, relabel: undefined }
}

function reporter(
  alertmanagers: readonly AlertmanagerTarget[] | (() => readonly AlertmanagerTarget[]),
  inside?: (count: number) => Promise<void>,
  relabel: Relabelling = (labels) => labels,
) {
  const counts = new Map<string, number>()
  const logged: string[] = []
  const made = createReporter({
    inside: inside && ((alerts) => inside(alerts.length)),
    alertmanagers: typeof alertmanagers === 'function' ? alertmanagers : () => alertmanagers,
    outgoing,
    relabel,
    log: (level, message, { reason }) => logged.push(`${level} ${message}${reason === undefined ? '' : `: ${reason}`}`),
    count: (what, receiver, alerts) => {
      const key = `${what} ${receiver}`
      counts.set(key, (counts.get(key) ?? 0) + alerts)
    },
  })
  return { reporter: made, counts, logged }
}

const alert = (n: number): ReportedAlert => ({
  labels: new Map([
    ['alertname', 'Down'],
    ['n', String(n)],
  ]),
  annotations: new Map([['summary', 'gone']]),
  startsAtMs: 1_000,
  endsAtMs: 61_000,
  generatorUrl: 'http://girok/x',
})
const alerts = (count: number, from = 0) => Array.from({ length: count }, (_, i) => alert(from + i))

/** Waits until nothing is on its way. */
const settled = (one: Reporter) => one.close()

test('alerts are sent as postable alerts, at most 64 at once, with the authorization', async () => {
  const bodies: unknown[][] = []
  const seen: (string | undefined)[] = []
  const target = await alertmanager((body, response, request) => {
    bodies.push(JSON.parse(body))
    seen.push(request.headers.authorization)
    response.end()
  })
  const { reporter: made, counts } = reporter([
    { ...target, http: { ...http, authorization: { type: 'Bearer', credentials: 's3cret' } } },
  ])
  made.report(alerts(1))
  made.report(alerts(149, 1))
  await settled(made)
  expect(bodies.map((body) => body.length)).toEqual([1, 64, 64, 21])
  expect(bodies[0]?.[0]).toEqual({
    labels: { alertname: 'Down', n: '0' },
    annotations: { summary: 'gone' },
    startsAt: '1970-01-01T00:00:01.000Z',
    endsAt: '1970-01-01T00:01:01.000Z',
    generatorURL: 'http://girok/x',
  })
  expect(new Set(seen)).toEqual(new Set(['Bearer s3cret']))
  expect(counts).toEqual(new Map([[`sent ${target.url}`, 150]]))
})

test('one that hangs delays neither the others nor who reports; beyond 10,000 the oldest go, and are counted', async () => {
  const bodies: string[] = []
  let hold: (response: ServerResponse) => void
  const held = new Promise<ServerResponse>((done) => {
    hold = done
  })
  const slow = await alertmanager((body, response) => {
    if (bodies.push(body) > 1) response.end()
    else hold(response)
  })
  let taken = 0
  let everything: () => void
  const all = new Promise<void>((done) => {
    everything = done
  })
  const { reporter: made, counts } = reporter([slow], async (count) => {
    taken += count
    if (taken === 10_100) everything()
  })
  made.report(alerts(64))
  made.report(alerts(10_036, 64))
  await all
  expect(made.waiting()).toBe(10_000)
  expect(counts.get(`dropped ${slow.url}`)).toBe(36)
  ;(await held).end()
  await settled(made)
  expect(JSON.parse(bodies[1] ?? '')[0].labels.n).toBe('100')
  expect(counts.get('sent inside')).toBe(10_100)
  expect(counts.get(`sent ${slow.url}`)).toBe(10_064)
})

test('what could not be sent is told once, without trying again, until it works', async () => {
  let status = 503
  const target = await alertmanager((_, response) => {
    response.statusCode = status
    response.end(status === 200 ? '' : 'away')
  })
  const { reporter: made, counts, logged } = reporter([target])
  made.report(alerts(65))
  await settled(made)
  expect(made.alertmanagers()).toEqual([{ url: target.url, error: 'it answered 503 away' }])
  expect(counts).toEqual(new Map([[`failed ${target.url}`, 65]]))
  status = 200
  made.report(alerts(1))
  await settled(made)
  expect(made.alertmanagers()).toEqual([{ url: target.url, error: undefined }])
  expect(logged).toEqual(['warning alerts could not be sent: it answered 503 away', 'info alerts can be sent again'])
})

test('no answer in time and no connection are told as such', async () => {
  const hanging = await alertmanager(() => undefined)
  const closed = await alertmanager(() => undefined)
  const [server] = servers.splice(1, 1)
  await new Promise((done) => server?.close(done))
  const { reporter: made } = reporter([{ ...hanging, timeoutMs: 50 }, closed])
  made.report(alerts(1))
  await settled(made)
  const [first, second] = made.alertmanagers()
  expect(first?.error).toBe('no answer within 0.05 s')
  expect(second?.error).toBe('the far end refuses connections')
})

const without =
  (...names: string[]): Relabelling =>
  (labels) =>
    new Map([...labels].filter(([name]) => !names.includes(name)))

test('labels are changed for all, then for one; what is dropped goes nowhere', async () => {
  const bodies = new Map<string, { labels: Record<string, string> }[]>()
  const take = (name: string): Handler => {
    return (body, response) => {
      bodies.set(name, JSON.parse(body))
      response.end()
    }
  }
  const all = await alertmanager(take('all'))
  const one = { ...(await alertmanager(take('one'))), relabel: without('alertname') }
  const none = { ...(await alertmanager(take('none'))), relabel: () => undefined }
  let inside = 0
  const { reporter: made, counts } = reporter(
    [all, one, none],
    async (count) => {
      inside += count
    },
    (labels) => (labels.get('n') === '1' ? undefined : new Map([...labels, ['zone', 'a']])),
  )
  made.report(alerts(3))
  await settled(made)
  const labels = (name: string) => bodies.get(name)?.map((alert) => alert.labels)
  expect(labels('all')).toEqual(['0', '2'].map((n) => ({ alertname: 'Down', n, zone: 'a' })))
  expect(labels('one')).toEqual(['0', '2'].map((n) => ({ n, zone: 'a' })))
  expect(bodies.has('none')).toBe(false)
  expect(inside).toBe(2)
  expect(counts.get(`sent ${none.url}`)).toBeUndefined()
})

test('alerts that relabelling makes alike are all sent, as Prometheus sends them', async () => {
  const sent: unknown[] = []
  const target = await alertmanager((body, response) => {
    sent.push(...JSON.parse(body))
    response.end()
  })
  const { reporter: made } = reporter([target], undefined, without('n'))
  made.report(alerts(2))
  await settled(made)
  expect(sent).toHaveLength(2)
})

test('Alertmanagers come and go; one that goes still gets what was its own', async () => {
  const seen: string[] = []
  let answer: () => void = () => undefined
  const first = await alertmanager((body, response) => {
    seen.push(`first ${JSON.parse(body).length}`)
    answer = () => response.end()
    if (seen.length > 1) response.end()
    else reached()
  })
  let reached: () => void = () => undefined
  const atFirst = new Promise<void>((done) => {
    reached = done
  })
  const second = await alertmanager((body, response) => {
    seen.push(`second ${JSON.parse(body).length}`)
    response.end()
  })
  let targets = [first]
  const { reporter: made } = reporter(() => targets)
  made.report(alerts(1))
  await atFirst
  made.report(alerts(2))
  targets = [second]
  made.report(alerts(3))
  expect(made.alertmanagers()).toEqual([{ url: second.url, error: undefined }])
  answer()
  await settled(made)
  expect(seen.sort()).toEqual(['first 1', 'first 2', 'second 3'])
})
