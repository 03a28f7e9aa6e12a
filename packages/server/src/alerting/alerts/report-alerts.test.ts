import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { ReportedAlert } from '../../model/alert.ts'
import type { AlertmanagerTarget } from './alertmanager-client.ts'
import { createReporter, type Reporter } from './report-alerts.ts'

const servers: Server[] = []
afterEach(() => {
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
  return { url: `http://127.0.0.1:${port}/api/v2/alerts`, authorization: undefined, timeoutMs: 10_000 }
}

function reporter(alertmanagers: readonly AlertmanagerTarget[], inside?: (count: number) => Promise<void>) {
  const counts = new Map<string, number>()
  const logged: string[] = []
  const made = createReporter({
    inside: inside && ((alerts) => inside(alerts.length)),
    alertmanagers,
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
  const { reporter: made, counts } = reporter([{ ...target, authorization: 'Bearer s3cret' }])
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
  expect(made.waiting(slow.url)).toBe(10_000)
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
  expect(second?.error).toMatch(/ECONNREFUSED/)
})
