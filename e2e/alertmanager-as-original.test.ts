/**
 * Girok and the original Alertmanager get the same alerts at the same times, with the same alertmanager.yml, and tell
 * contact points the same: the same notifications of each group in the same order, with equal bodies, within a moment.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AlertSink, startSink } from './alert-sink.ts'
import { ALERTMANAGER, startAlertmanager, versionOf } from './alertmanager.ts'
import { QUIET, startServer, temporaryFolder } from './server.ts'

const MOMENT_MS = 1_900
const DURATION_MS = 27_000

const configuration = (sink: string): string => `
route:
  receiver: ops
  group_by: [alertname, cluster]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 7s
  routes:
    - {matchers: [severity="page"], receiver: pager, continue: true, repeat_interval: 1h}
    - matchers: [team=~"db|store"]
      receiver: db
      group_by: ['...']
      routes:
        - {matchers: [env="test"], receiver: quiet}
        - {match: {host: a}, group_by: [host], receiver: host-a}
inhibit_rules:
  - {source_matchers: [severity="page"], target_matchers: [severity="warn"], equal: [cluster]}
receivers:
${['ops', 'pager', 'db', 'host-a'].map((name) => `  - {name: ${name}, webhook_configs: [{url: '${sink}/${name}'}]}`).join('\n')}
  - {name: quiet, webhook_configs: [{url: '${sink}/quiet', send_resolved: false}]}
`

type Labels = Readonly<Record<string, string>>
interface Reported {
  readonly labels: Labels
  readonly startsAtMs: number
  readonly endsAtMs?: number
}

const alert = (labels: Labels, startsAtMs: number, endsAtMs?: number): Reported => ({
  labels,
  startsAtMs,
  ...(endsAtMs !== undefined && { endsAtMs }),
})
const DOWN = { alertname: 'Down', cluster: 'eu' }
const SLOW = { alertname: 'Slow', cluster: 'us', severity: 'warn' }
const DEAD = { alertname: 'Dead', cluster: 'us', severity: 'page' }
const DB_A = { alertname: 'Full', team: 'db', host: 'a' }
const DB_B = { alertname: 'Full', team: 'db', host: 'b' }
const TEST = { alertname: 'Full', team: 'store', env: 'test' }

/** What is posted when; times are milliseconds since the start. */
const STEPS: readonly { readonly atMs: number; readonly alerts?: readonly Reported[]; readonly silence?: string }[] = [
  { atMs: 0, silence: 'c' },
  {
    atMs: 200,
    alerts: [
      alert({ ...DOWN, host: 'b', job: 'node', instance: '2' }, 100),
      alert({ ...DOWN, host: 'a', job: 'node', instance: '10' }, 100),
      alert({ ...DOWN, host: 'c' }, 100),
      alert(SLOW, 100),
      alert(DEAD, 100),
      alert(DB_A, 100),
      alert(DB_B, 100),
      alert(TEST, 100),
    ],
  },
  { atMs: 4_200, alerts: [alert({ ...DOWN, host: 'd' }, 4_100), alert(DB_B, 100, 4_100)] },
  {
    atMs: 6_200,
    alerts: [alert({ ...DOWN, host: 'a', job: 'node', instance: '10' }, 100, 6_100), alert(DEAD, 100, 6_100)],
  },
  { atMs: 12_200, alerts: [alert(TEST, 100, 12_100), alert(DB_A, 100, 12_100)] },
  { atMs: 16_200, alerts: [alert(DB_A, 16_100)] },
  { atMs: 20_200, alerts: [alert({ ...DOWN, host: 'd' }, 4_100, 20_100), alert(SLOW, 100, 20_100)] },
]
const SILENCE_ENDS_MS = 10_100

let sinks: { readonly original: AlertSink; readonly girok: AlertSink }

beforeAll(async () => {
  sinks = { original: await startSink(), girok: await startSink() }
})
afterAll(async () => {
  await Promise.all(Object.values(sinks).map((sink) => sink.close()))
})

test('the same notifications as the original', async () => {
  const file = join(temporaryFolder(), 'alertmanager.yml')
  writeFileSync(file, configuration(sinks.girok.url))
  const girok = await startServer({ args: [...QUIET, '--set', `alerting.configFile=${file}`] })
  const original = await startAlertmanager(configuration(sinks.original.url))
  try {
    const startMs = Date.now() + 500
    await Promise.all([girok.url, original.url].map((url) => runSteps(url, startMs)))
    const hasReasons = versionOf(ALERTMANAGER).some((number, i) => i < 2 && number >= (i === 0 ? 1 : 33))
    const told = (sink: AlertSink) => byGroup(sink, startMs, hasReasons)
    const expected = told(sinks.original)
    const given = told(sinks.girok)
    expect(given.map(withoutTimes)).toEqual(expected.map(withoutTimes))
    const apart = expected.flatMap(([, told], i) =>
      told.map(({ atMs }, j) => Math.abs(atMs - (given[i]?.[1][j]?.atMs ?? Number.NaN))),
    )
    expect(apart.length).toBeGreaterThan(15)
    expect(apart.filter((ms) => !(ms < MOMENT_MS))).toEqual([])
  } finally {
    await Promise.all([girok.dispose(), original.dispose()])
    rmSync(dirname(file), { recursive: true })
  }
})

async function runSteps(url: string, startMs: number): Promise<void> {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(startMs + ms).toISOString())
  for (const { atMs, alerts, silence } of STEPS) {
    await sleep(startMs + atMs - Date.now())
    if (alerts !== undefined) {
      const body = alerts.map(({ labels, startsAtMs, endsAtMs }) => ({
        labels,
        annotations: { summary: `${labels.alertname} at ${labels.host}` },
        startsAt: time(startsAtMs),
        endsAt: time(endsAtMs),
      }))
      await post(`${url}/api/v2/alerts`, body)
    }
    if (silence !== undefined) {
      const matchers = [{ name: 'host', value: silence, isRegex: false, isEqual: true }]
      const body = { matchers, startsAt: time(0), endsAt: time(SILENCE_ENDS_MS), createdBy: 'ann', comment: 'planned' }
      await post(`${url}/api/v2/silences`, body)
    }
  }
  await sleep(startMs + DURATION_MS - Date.now())
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status, await response.text()).toBe(200)
}

interface Told {
  readonly atMs: number
  readonly body: unknown
}

/** Groups know nothing of one another: what is told of several within a moment comes in any order. */
function byGroup(
  sink: AlertSink,
  startMs: number,
  hasReasons: boolean,
): readonly (readonly [string, readonly Told[]])[] {
  const groups = new Map<string, Told[]>()
  for (const { path, body, atMs } of sink.requests) {
    const { externalURL: _, notification_reason: reason, ...rest } = JSON.parse(body)
    const key = `${path} ${rest.groupKey}`
    const told = groups.get(key) ?? []
    told.push({ atMs: atMs - startMs, body: hasReasons ? { ...rest, reason } : rest })
    groups.set(key, told)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}

function withoutTimes([group, told]: readonly [string, readonly Told[]]): unknown {
  return [group, told.map(({ body }) => body)]
}
