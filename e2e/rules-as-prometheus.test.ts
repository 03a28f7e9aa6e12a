/**
 * The same rules over the same samples in Prometheus (2.42 or later; PROMETHEUS names another program) and in Girok, both of
 * which report to one receiver: the same alerts with the same labels, annotations and states, at the same steps. With
 * GIROK_RECORD_TRACE=FILE what Prometheus did is written down: rules are held to that where the program is absent.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { remoteWrite, startPrometheus, type TestPrometheus } from './prometheus.ts'
import {
  EXTERNAL_LABELS,
  ordered,
  RESEND_DELAY_MS,
  RULES,
  type ScenarioOutcome,
  type ScenarioReport,
  STEP_MS,
  STEPS,
  scriptSamples,
  stepOf,
  VALID_MS,
} from './rule-scenario.ts'
import { QUIET, startServer, type TestServer, temporaryFolder, UNLIMITED } from './server.ts'

const STALE = 0x7ff0000000000002n
/** Steps before the first sample: Prometheus writes no ALERTS in its first evaluations. */
const LEAD_STEPS = 4
const ATTEMPTS = 3
/** What happens from here on may not have arrived. */
const LAST_STEP = STEPS - 1

interface Posted {
  readonly labels: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly startsAt: string
  readonly endsAt: string
  readonly receivedMs: number
}

const folder = temporaryFolder()
const posted = new Map<string, Posted[]>([
  ['/prometheus', []],
  ['/girok', []],
])
let receiver: Server
let prometheus: TestPrometheus
let girok: TestServer
let startMs: number

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const whose = (request.url ?? '').replace('/api/v2/alerts', '')
      for (const alert of JSON.parse(body)) posted.get(whose)?.push({ ...alert, receivedMs: Date.now() })
      response.end('{}')
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const address = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
  // Where a machine is so busy that an evaluation is left out there is nothing to compare.
  for (let attempt = 1; ; attempt++) {
    await play(address)
    if (attempt === ATTEMPTS || (await missedEvaluations()) === 0) break
    await Promise.all([prometheus.dispose(), girok.dispose()])
  }
}, ATTEMPTS * 150_000)

/** Lets both run the script, reporting to a receiver. */
async function play(address: string): Promise<void> {
  for (const alerts of posted.values()) alerts.length = 0
  const rules = join(folder, 'rules.yml')
  writeFileSync(rules, RULES)
  prometheus = await startPrometheus(
    JSON.stringify({
      global: { external_labels: EXTERNAL_LABELS },
      rule_files: [rules],
      alerting: { alertmanagers: [{ path_prefix: '/prometheus', static_configs: [{ targets: [address] }] }] },
    }),
    ['--web.enable-remote-write-receiver', `--rules.alert.resend-delay=${RESEND_DELAY_MS}ms`],
  )
  const settings = [
    `rules.promql=${rules}`,
    `alerting.alertmanagers=http://${address}/girok/`,
    `alerting.resendDelay=${RESEND_DELAY_MS}ms`,
    `alerting.externalLabels=${Object.entries(EXTERNAL_LABELS)
      .map(([name, value]) => `${name}=${value}`)
      .join(',')}`,
    'query.promql.delayedNameRemoval=false',
  ]
  girok = await startServer({ args: [...QUIET, ...UNLIMITED, ...settings.flatMap((one) => ['--set', one])] })
  startMs = Math.ceil(Date.now() / STEP_MS) * STEP_MS + LEAD_STEPS * STEP_MS
  const series = scriptSamples(startMs).map(({ labels, samples }) => ({
    labels: Object.entries(labels),
    samples: samples.map(([ms, value]) => [ms, value ?? STALE] as const),
  }))
  const body = encodeSnappyBlock(encodeWriteV1(series))
  await Promise.all([remoteWrite(prometheus.url, body), remoteWrite(girok.url, body)])
  // The script runs by the clock.
  await sleep(startMs + STEPS * STEP_MS - Date.now() + 500)
}

async function missedEvaluations(): Promise<number> {
  const texts = await Promise.all([prometheus, girok].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))
  const counters = /^(?:prometheus_rule_group_iterations_missed_total|girok_rule_group_missed_total)\{.*\} (\d+)$/gm
  return [...texts.join('\n').matchAll(counters)].reduce((sum, [, count]) => sum + Number(count), 0)
}

afterAll(async () => {
  await prometheus?.dispose()
  await girok?.dispose()
  receiver?.closeAllConnections()
  receiver?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Row {
  readonly metric: Record<string, string>
  readonly values: readonly (readonly [number, string])[]
}

interface ListedAlert {
  readonly labels: Record<string, string>
  readonly state: string
  readonly activeAt: string
  readonly keepFiringSince?: string
  readonly value: string
}

async function ask<T>(url: string, path: string, params: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params)}`)
  const body = (await response.json()) as { data: T }
  expect(response.status).toBe(200)
  return body.data
}

function reportsOf(alerts: readonly Posted[]): ScenarioReport[] {
  return ordered(
    alerts.flatMap(({ labels, annotations = {}, startsAt, endsAt, receivedMs }) => {
      const endMs = Date.parse(endsAt)
      // The end of a firing one lies ahead.
      const resolved = endMs <= receivedMs
      const at = stepOf(startMs, resolved ? endMs : endMs - VALID_MS)
      const report = { labels, annotations, startsAt: stepOf(startMs, Date.parse(startsAt)), at, resolved }
      return at < LAST_STEP ? [report] : []
    }),
  )
}

async function outcomeOf(url: string, whose: string): Promise<ScenarioOutcome> {
  // Each step as it is just before the next one.
  const range = {
    query: '{__name__=~"ALERTS|ALERTS_FOR_STATE|room:.*"}',
    start: String((startMs + STEP_MS - 1) / 1000),
    end: String((startMs + LAST_STEP * STEP_MS - 1) / 1000),
    step: String(STEP_MS / 1000),
  }
  const { result } = await ask<{ result: Row[] }>(url, 'query_range', range)
  const series = result.map(({ metric, values }) => {
    const steps: (number | null)[] = Array.from({ length: LAST_STEP }, () => null)
    for (const [seconds, value] of values) {
      const number = Number(value)
      const isTime = metric.__name__ === 'ALERTS_FOR_STATE'
      steps[stepOf(startMs, seconds * 1000)] = isTime ? stepOf(startMs, number * 1000) : number
    }
    return [JSON.stringify(Object.fromEntries(Object.entries(metric).sort())), steps] as const
  })
  const { alerts } = await ask<{ alerts: ListedAlert[] }>(url, 'alerts')
  return {
    reports: reportsOf(posted.get(whose) ?? []),
    series: Object.fromEntries(series.sort(([a], [b]) => (a < b ? -1 : 1))),
    alerts: alerts
      .map(({ labels, state, activeAt, keepFiringSince, value }) =>
        JSON.stringify([
          Object.entries(labels).sort(),
          state,
          stepOf(startMs, Date.parse(activeAt)),
          keepFiringSince === undefined ? null : stepOf(startMs, Date.parse(keepFiringSince)),
          value,
        ]),
      )
      .sort(),
  }
}

test('the same reports, series and alerts', async () => {
  const [theirs, own] = await Promise.all([outcomeOf(prometheus.url, '/prometheus'), outcomeOf(girok.url, '/girok')])
  const trace = process.env.GIROK_RECORD_TRACE
  if (trace !== undefined) writeFileSync(trace, `${JSON.stringify(theirs, undefined, 1)}\n`)
  expect(await missedEvaluations()).toBe(0)
  // All parts of the scenario have happened.
  expect(new Set(theirs.reports.map(({ labels }) => labels.alertname))).toEqual(
    new Set(['Hot', 'Scorching', 'StaysHot', 'RoomHot', 'Gone', 'Twice', 'Busy', 'ManyFire', 'Broken']),
  )
  expect(own.series).toEqual(theirs.series)
  expect(own.reports).toEqual(theirs.reports)
  expect(own.alerts).toEqual(theirs.alerts)
})

interface ListedRule {
  readonly name: string
  readonly type: string
  readonly state?: string
  readonly health: string
  readonly duration?: number
  readonly keepFiringFor?: number
  readonly labels: Record<string, string>
  readonly annotations?: Record<string, string>
}

test('the same rules', async () => {
  const rulesOf = async (url: string) => {
    const { groups } = await ask<{ groups: { name: string; interval: number; limit: number; rules: ListedRule[] }[] }>(
      url,
      'rules',
      { exclude_alerts: 'true' },
    )
    return groups.map(({ name, interval, limit, rules }) => ({
      name,
      interval,
      limit,
      // The exact form of a query and of errors is not the same.
      rules: rules.map(({ name: rule, type, state, health, duration, keepFiringFor, labels, annotations }) => ({
        rule,
        type,
        state,
        health,
        duration,
        keepFiringFor,
        labels,
        annotations,
      })),
    }))
  }
  const theirs = await rulesOf(prometheus.url)
  expect(theirs[0]?.rules).toHaveLength(10)
  expect(await rulesOf(girok.url)).toEqual(theirs)
})

test('the same Alertmanagers', async () => {
  const urlOf = async (url: string) => {
    const { activeAlertmanagers } = await ask<{ activeAlertmanagers: { url: string }[] }>(url, 'alertmanagers')
    return activeAlertmanagers.map((one) => one.url.replace(/prometheus|girok/, ''))
  }
  const theirs = await urlOf(prometheus.url)
  expect(theirs).toHaveLength(1)
  expect(await urlOf(girok.url)).toEqual(theirs)
})
