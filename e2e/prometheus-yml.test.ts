/**
 * One prometheus.yml, read by Prometheus and by `girok serve`: the same series, alerts and Alertmanagers, and to each of these
 * the same requests with the same alerts, before and after the file is changed. Girok is held to what Prometheus 3.5 was
 * recorded to do, and to the program when it is here (PROMETHEUS names another than that of the PATH); with
 * GIROK_RECORD_TRACE=1 it is recorded.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AlertSink, startSink } from './alert-sink.ts'
import { versionOf } from './alertmanager.ts'
import { startPrometheus } from './prometheus.ts'
import { PHASES, PROMETHEUS_YML, RULES, SERIES } from './prometheus-yml-scenario.ts'
import { eventually, QUIET, startServer, temporaryFolder } from './server.ts'

const PROMETHEUS = process.env.PROMETHEUS ?? 'prometheus'
const TRACE = join(import.meta.dirname, 'testdata/prometheus-yml.json')

type Labels = Readonly<Record<string, string>>

interface Seen {
  /** What a query of all series of the target gives. */
  readonly series: readonly Labels[]
  /** What other systems get of them. */
  readonly federated: readonly Labels[]
  readonly alerts: readonly Labels[]
  readonly alertmanagers: unknown
  /** Groups with their intervals in seconds. */
  readonly groups: Readonly<Record<string, number>>
  /** By path: what its requests say besides, and all of its alerts. */
  readonly sent: Readonly<Record<string, Told>>
}

interface Told {
  readonly authorization?: string
  readonly team?: string | string[]
  readonly alerts: readonly SentAlert[]
}

interface SentAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Before and after the file is changed. */
type Outcome = readonly [Seen, Seen]

interface Reader {
  readonly url: string
  readonly file: string
  readonly sink: AlertSink
}

const folder = temporaryFolder()
const scenario = { rules: RULES, series: SERIES, files: PROMETHEUS_YML('$SINK', '$EXPORTER') }
let exporter: Server
let own: Outcome
let theirs: Outcome | undefined

beforeAll(async () => {
  exporter = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(SERIES)
  })
  await new Promise<void>((ready) => exporter.listen(0, '127.0.0.1', ready))
  const version = spawnSync(PROMETHEUS, ['--version']).status === 0 ? versionOf(PROMETHEUS) : [0]
  // http_headers and the relabelling of label names are of 3.
  const hasOriginal = (version[0] ?? 0) >= 3
  ;[own, theirs] = await Promise.all([ofGirok(), hasOriginal ? ofPrometheus() : undefined])
  if (process.env.GIROK_RECORD_TRACE !== undefined && theirs !== undefined) {
    const trace = { prometheus: version.join('.'), scenario, outcome: theirs }
    writeFileSync(TRACE, `${JSON.stringify(trace, undefined, 1)}\n`)
  }
})
afterAll(() => {
  exporter?.close()
  exporter?.closeAllConnections()
  rmSync(folder, { recursive: true, force: true })
})

function filesFor(name: string, sink: AlertSink): { readonly file: string; readonly next: string } {
  const { port } = exporter.address() as AddressInfo
  const [first, second, ams] = PROMETHEUS_YML(new URL(sink.url).host, `127.0.0.1:${port}`)
  mkdirSync(join(folder, name))
  for (const [path, text] of Object.entries({ ...RULES, password: 's3cret\n', 'ams.json': ams })) {
    writeFileSync(join(folder, name, path), text)
  }
  const file = join(folder, name, 'prometheus.yml')
  writeFileSync(file, first)
  return { file, next: second }
}

async function ofGirok(): Promise<Outcome> {
  const sink = await startSink()
  const { file, next } = filesFor('girok', sink)
  const args = [...QUIET, '--prometheus-config', file, '--set', 'alerting.resendDelay=1s']
  const girok = await startServer({ args })
  try {
    return await follow({ url: girok.url, file, sink }, next)
  } finally {
    await girok.dispose()
    await sink.close()
  }
}

async function ofPrometheus(): Promise<Outcome> {
  const sink = await startSink()
  const { file, next } = filesFor('prometheus', sink)
  const flags = ['--web.enable-lifecycle', '--rules.alert.resend-delay=1s']
  const prometheus = await startPrometheus(readFileSync(file, 'utf8'), flags, dirname(file))
  try {
    return await follow({ url: prometheus.url, file, sink }, next)
  } finally {
    await prometheus.dispose()
    await sink.close()
  }
}

async function follow(reader: Reader, next: string): Promise<Outcome> {
  const before = await seen(reader, 0)
  writeFileSync(reader.file, next)
  const reloaded = await fetch(`${reader.url}/-/reload`, { method: 'POST' })
  if (!reloaded.ok) throw new Error(await reloaded.text())
  return [before, await seen(reader, 1)]
}

/** As it is once everyone was told of all alerts, and those of rules that have gone are over. */
async function seen({ url, sink }: Reader, phase: 0 | 1): Promise<Seen> {
  const { alerts, told } = PHASES[phase] as (typeof PHASES)[number]
  let sent: Seen['sent'] = {}
  let now: Omit<Seen, 'sent'> | undefined
  await eventually(async () => {
    now = await sight(url, sink)
    sent = sentTo(sink, told, alerts)
    const written = new Set(now.series.flatMap(({ alertname }) => alertname ?? []))
    return (
      isSame(written, alerts) &&
      Object.keys(sent).length === told.length &&
      Object.values(sent).every((one) => isSame(new Set(one.alerts.map(({ labels }) => labels.alertname)), alerts))
    )
  }, 60_000)
  return { ...(now as Omit<Seen, 'sent'>), sent }
}

function isSame(names: ReadonlySet<string | undefined>, wanted: readonly string[]): boolean {
  return names.size === wanted.length && wanted.every((name) => names.has(name))
}

/** What was sent to those places of these alerts, each once. */
function sentTo(sink: AlertSink, told: readonly string[], names: readonly string[]): Seen['sent'] {
  const sent: Record<string, Told> = {}
  for (const { path, headers, body } of sink.requests) {
    if (!told.some((prefix) => path.startsWith(prefix))) continue
    const { authorization, 'x-team': team } = headers
    const alerts = (JSON.parse(body) as SentAlert[])
      .filter(({ labels }) => names.includes(labels.alertname ?? ''))
      .map(({ labels, annotations }) => JSON.stringify({ labels: sorted(labels), annotations }))
    const known = (sent[path]?.alerts ?? []).map((one) => JSON.stringify(one))
    sent[path] = {
      ...(authorization && { authorization }),
      ...(team && { team }),
      alerts: [...new Set([...known, ...alerts])].sort().map((one) => JSON.parse(one)),
    }
  }
  return sorted(sent)
}

async function sight(url: string, sink: AlertSink): Promise<Omit<Seen, 'sent'>> {
  const query = encodeURIComponent('{job="racks"}')
  const [vector, alerts, found, rules, federated] = await Promise.all([
    ask<{ result: { metric: Labels }[] }>(`${url}/api/v1/query?query=${query}`),
    ask<{ alerts: { labels: Labels }[] }>(`${url}/api/v1/alerts`),
    ask<Record<string, { url: string }[]>>(`${url}/api/v1/alertmanagers`),
    ask<{ groups: { name: string; interval: number }[] }>(`${url}/api/v1/rules`),
    fetch(`${url}/federate?match[]=${query}`).then((response) => response.text()),
  ])
  const urls = (list: readonly { url: string }[] = []) =>
    list.map((one) => one.url.replace(new URL(sink.url).host, '$SINK')).sort()
  return {
    series: inOrder(vector.result.map(({ metric }) => sorted(metric))),
    federated: inOrder(federated.split('\n').flatMap(labelsOfLine)),
    alerts: inOrder(alerts.alerts.map(({ labels }) => sorted(labels))),
    alertmanagers: { active: urls(found.activeAlertmanagers), dropped: urls(found.droppedAlertmanagers) },
    groups: Object.fromEntries(rules.groups.map(({ name, interval }) => [name, interval])),
  }
}

async function ask<T>(url: string): Promise<T> {
  return ((await (await fetch(url)).json()) as { data: T }).data
}

/** Labels of a line of an exposition; names and values are plain here. */
function labelsOfLine(line: string): Labels[] {
  const [, name, inside = ''] = /^(\w+)\{(.*)\} /.exec(line) ?? []
  if (name === undefined) return []
  const pairs = [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value] as const)
  return [sorted({ __name__: name, ...(Object.fromEntries(pairs) as Labels) })]
}

function sorted<T>(all: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function inOrder<T>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

test('the recording is of this scenario', () => {
  expect(JSON.parse(readFileSync(TRACE, 'utf8')).scenario).toEqual(JSON.parse(JSON.stringify(scenario)))
})

const PARTS = ['series', 'federated', 'alerts', 'alertmanagers', 'groups', 'sent'] as const

test.each(PARTS)('%s are as recorded of Prometheus, before and after a change', (part) => {
  const { outcome } = JSON.parse(readFileSync(TRACE, 'utf8')) as { outcome: Outcome }
  expect(own.map((seen) => seen[part])).toEqual(outcome.map((seen) => seen[part]))
})

test.each(PARTS)('%s are as those of the Prometheus that is here', (part) => {
  if (theirs === undefined) return
  expect(own.map((seen) => seen[part])).toEqual(theirs.map((seen) => seen[part]))
})

test('there is something to compare', () => {
  const [before, after] = own
  expect(before.series.some((labels) => 'site' in labels)).toBe(false)
  expect(before.federated.every(({ site }) => site === 'east')).toBe(true)
  expect(before.alerts).toHaveLength(6)
  expect(before.sent['/plain/api/v2/alerts']?.alerts).toHaveLength(4)
  expect(after.sent['/fresh/api/v2/alerts']?.alerts).toHaveLength(2)
})
