import { readFileSync } from 'node:fs'
import { alertFingerprint } from '../../model/alert-fingerprint.ts'
import type { Notification } from '../notification.ts'

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly authorization?: string
  readonly body: unknown
}

/** Options of a notifier and what Alertmanager 0.33.1 sent for them, when the two alerts fired and when they were over. */
export interface RecordedCase {
  readonly config: Readonly<Record<string, unknown>>
  readonly firing: readonly RecordedRequest[]
  readonly resolved: readonly RecordedRequest[]
}

const LARGE = 'y'.repeat(300_000)

/** What was recorded of a notifier, by name of the case, and the notifications that it was recorded with. */
export function recordedCases(notifier: string) {
  const text = readFileSync(new URL(`../testdata/${notifier}.json`, import.meta.url), 'utf8').replaceAll(
    '$LARGE',
    LARGE,
  )
  const { endsAt, cases } = JSON.parse(text) as {
    readonly endsAt: string
    readonly cases: Readonly<Record<string, RecordedCase>>
  }
  return Object.entries(cases).map(([name, recorded]) => ({
    name,
    recorded,
    firing: diskFull(name),
    resolved: diskFull(name, Date.parse(endsAt)),
  }))
}

/** Two disks are full. `case` is one of their labels, and the group's. */
export function diskFull(name: string, endsAtMs?: number): Notification {
  const runbook = 'https://run.example/disk?a=1&b=2'
  const common = { alertname: 'DiskFull', case: name, severity: 'critical', team: 'storage' }
  const status = endsAtMs === undefined ? 'firing' : 'resolved'
  const alert = (host: string, summary: string, startsAt: string, query: string) => {
    const labels = new Map(Object.entries({ ...common, host }))
    return {
      status,
      labels,
      annotations: new Map([
        ['runbook', runbook],
        ['summary', summary],
      ]),
      startsAtMs: Date.parse(startsAt),
      endsAtMs,
      generatorUrl: `https://prom.example/graph?g0.expr=${query}`,
      fingerprint: alertFingerprint(labels),
    } as const
  }
  const groupLabels = { alertname: 'DiskFull', case: name }
  return {
    receiver: name,
    groupKey: `{}/{case="${name}"}:{alertname="DiskFull", case="${name}"}`,
    status,
    groupLabels: new Map(Object.entries(groupLabels)),
    commonLabels: new Map(Object.entries(common)),
    commonAnnotations: new Map([['runbook', runbook]]),
    routeLabels: new Map(),
    reason: status === 'firing' ? 'first notification' : 'all alerts resolved',
    alerts: [
      alert('db-1', '디스크 <b>95%</b> & "more"', '2026-01-02T03:04:05.678Z', 'up%3D%3D0'),
      alert('db-2', 'ディスク 97%', '2026-01-02T03:05:05.678Z', 'up'),
    ],
    externalUrl: 'https://alerts.example/am',
    nowMs: Date.parse('2026-01-02T04:00:00Z'),
  }
}
