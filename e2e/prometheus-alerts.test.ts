/** Debian's Prometheus sends its alerts to Girok as to an Alertmanager: they appear, are told, resolve, and are told again. */
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { remoteWrite, startPrometheus, type TestPrometheus } from './prometheus.ts'
import { eventually, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

interface Told {
  readonly status: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly alerts: readonly {
    readonly status: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly startsAt: string
    readonly endsAt: string
    readonly generatorURL: string
  }[]
}

/** Where Alertmanagers are reached, by the external label of the Prometheus that uses it. */
const PREFIXES = { root: '', prefix: '/alertmanager' } as const
type Way = keyof typeof PREFIXES
const WAYS = Object.keys(PREFIXES) as Way[]

const folder = temporaryFolder()
const told: Told[] = []
let sink: Server
let girok: TestServer
let prometheis: ReadonlyMap<Way, TestPrometheus>

beforeAll(async () => {
  sink = createServer((request, response) => {
    void json(request).then((body) => {
      told.push(body as Told)
      response.end()
    })
  })
  await new Promise<void>((done) => sink.listen(0, '127.0.0.1', done))
  const rules = join(folder, 'rules.yml')
  writeFileSync(
    rules,
    `
groups:
- name: load
  interval: 1s
  rules:
  - alert: HighLoad
    expr: load > 5
    labels: {severity: critical}
    annotations: {summary: 'load of {{ $labels.instance }} is {{ $value }}'}
`,
  )
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(
    file,
    `
route: {receiver: sink, group_by: [via], group_wait: 1s, group_interval: 1s}
receivers:
- name: sink
  webhook_configs: [{url: 'http://127.0.0.1:${(sink.address() as AddressInfo).port}/'}]
`,
  )
  girok = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
  const start = (via: Way) =>
    startPrometheus(
      `
global: {evaluation_interval: 1s, external_labels: {via: ${via}}}
rule_files: ['${rules}']
alerting:
  alertmanagers:
  - path_prefix: '${PREFIXES[via]}'
    static_configs: [{targets: ['${new URL(girok.url).host}']}]
`,
      ['--web.enable-remote-write-receiver', '--rules.alert.resend-delay=1s'],
    )
  prometheis = new Map(await Promise.all(WAYS.map(async (via) => [via, await start(via)] as const)))
})

afterAll(async () => {
  for (const prometheus of prometheis?.values() ?? []) await prometheus.dispose()
  await girok?.dispose()
  sink?.close()
  rmSync(folder, { recursive: true })
})

async function load(value: number): Promise<void> {
  const labels: [string, string][] = [
    ['__name__', 'load'],
    ['instance', 'a'],
  ]
  const body = encodeSnappyBlock(encodeWriteV1([{ labels, samples: [[Date.now(), value]] }]))
  await Promise.all([...prometheis.values()].map(({ url }) => remoteWrite(url, body)))
}

async function alerts(): Promise<readonly Told['alerts'][number][]> {
  const response = await girok.fetch('/api/v2/alerts?filter=alertname%3DHighLoad')
  expect(response.status).toBe(200)
  return response.json()
}

test('both find their Alertmanager', async () => {
  for (const [via, prometheus] of prometheis) {
    const found = () => prometheus.get('alertmanagers') as Promise<{ activeAlertmanagers: readonly { url: string }[] }>
    await eventually(async () => (await found()).activeAlertmanagers.length > 0)
    expect(await found()).toMatchObject({
      activeAlertmanagers: [{ url: `${girok.url}${PREFIXES[via]}/api/v2/alerts` }],
    })
  }
})

test('alerts appear, are told, resolve and are told again', async () => {
  await load(9)
  await eventually(async () => (await alerts()).length === WAYS.length, 30_000)
  const firing = await alerts()
  expect(firing.map(({ labels }) => labels.via).sort()).toEqual([...WAYS].sort())
  expect(firing[0]).toMatchObject({
    labels: { alertname: 'HighLoad', instance: 'a', severity: 'critical' },
    annotations: { summary: 'load of a is 9' },
    status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
    generatorURL: expect.stringContaining('/graph?g0.expr=load'),
  })
  const toldOf = (via: string, status: string) =>
    told.find((one) => one.groupLabels.via === via && one.status === status)?.alerts[0]
  await eventually(() => WAYS.every((via) => toldOf(via, 'firing')), 30_000)

  await load(1)
  await eventually(() => WAYS.every((via) => toldOf(via, 'resolved')), 30_000)
  expect(await alerts()).toEqual([])
  for (const via of WAYS) {
    const [before, after] = [toldOf(via, 'firing'), toldOf(via, 'resolved')]
    expect(before?.endsAt).toBe('0001-01-01T00:00:00Z')
    expect(after).toMatchObject({ status: 'resolved', startsAt: before?.startsAt })
    expect(Date.parse(after?.endsAt ?? '')).toBeGreaterThan(Date.parse(before?.startsAt ?? ''))
  }
})

test('nothing that was sent was refused', async () => {
  for (const { url } of prometheis.values()) {
    const text = await (await fetch(`${url}/metrics`)).text()
    const of = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:{.*})? (.+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0)
    expect(of('prometheus_notifications_sent_total')).toBeGreaterThan(0)
    expect(of('prometheus_notifications_errors_total')).toBe(0)
    expect(of('prometheus_notifications_dropped_total')).toBe(0)
  }
})
