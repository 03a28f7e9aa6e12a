/**
 * The same rules in Prometheus (PROMETHEUS names another program than that of the PATH; before 3.0 nothing is compared) and in
 * Girok: `/api/v1/rules` tells the same of them, queries as they are printed, labels, templates as they were expanded, faults.
 * What depends on the moment is left out.
 */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { versionOf } from './alertmanager.ts'
import { startPrometheus, type TestPrometheus } from './prometheus.ts'
import { QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const PROMETHEUS = process.env.PROMETHEUS ?? 'prometheus'
const HAS_PROMETHEUS = spawnSync(PROMETHEUS, ['--version']).status === 0 && (versionOf(PROMETHEUS)[0] ?? 0) >= 3
const SEVERAL = 'label_replace(vector(1), "a", "b", "", "") or label_replace(vector(0.25), "a", "c", "", "")'
const RULES = `groups:
  - name: recording
    interval: 1s
    rules:
      - record: one
        expr: |
          sum   by(job)  (
            vector(1) # about it
          )
      - {record: two, expr: 'vector(NaN)', labels: {team: x, empty: "", template: "{{ $value }}"}, for: 0s, annotations: {}}
      - {record: scalar, expr: 1+1}
      - {record: same, expr: '${SEVERAL}', labels: {a: z}}
  - name: alerting
    interval: 1s
    rules:
      - &base
        alert: Fires
        expr: label_replace(vector(1.5),"a","b","","")>1
        keep_firing_for: 5m
        labels: &labels {severity: '{{ $labels.a }}', empty: "", alertname: other}
        annotations: {summary: 'at {{ $value }}', broken: '{{ query "none" | first }}', also: '{{ humanize nil }}', nothing: '{{ $labels.nope }}'}
      - <<: *base
        alert: Pends
        for: 1h30m
        labels: {<<: *labels, severity: page}
      - {alert: NaNs, expr: vector(NaN)}
      - {alert: Infs, expr: vector(-Inf)}
      - {alert: Never, expr: vector(1)>2}
      - {alert: Several, expr: '${SEVERAL}'}
      - {alert: Same, expr: '${SEVERAL}', labels: {a: z}}
      - {alert: ManyToMany, expr: 'vector(1)+on()(${SEVERAL})'}
  - name: bounded
    interval: 1s
    limit: 1
    rules:
      - {record: many, expr: '${SEVERAL}'}
      - {alert: Many, expr: '${SEVERAL}'}
  - {name: empty, rules: []}
---
`

const folder = temporaryFolder()
let prometheus: TestPrometheus
let girok: TestServer

beforeAll(async () => {
  if (!HAS_PROMETHEUS) return
  const file = join(folder, 'rules.yml')
  writeFileSync(file, RULES)
  prometheus = await startPrometheus(JSON.stringify({ rule_files: [file] }))
  girok = await startServer({ args: [...QUIET, '--set', `rules.promql=${file}`] })
}, 60_000)
afterAll(async () => {
  await prometheus?.dispose()
  await girok?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

interface Listed {
  readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[]
}

async function listOf(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/rules?${query}`)
  const { status, errorType, data } = (await response.json()) as { status: string; errorType?: string; data?: Listed }
  return { code: response.status, status, errorType, data: lasting(data, '') }
}

/** What does not depend on the moment; alerts, which come in any order, in one. */
function lasting(value: unknown, key: string): unknown {
  if (key === 'evaluationTime') return typeof value
  if (key === 'lastEvaluation' || key === 'activeAt') return Number.isNaN(Date.parse(value as string))
  if (Array.isArray(value)) {
    const list = value.map((one) => lasting(one, ''))
    return key === 'alerts' ? list.map((one) => JSON.stringify(one)).sort() : list
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))
  return Object.fromEntries(entries.map(([name, one]) => [name, lasting(one, name)]))
}

test.runIf(HAS_PROMETHEUS)(
  'all rules are told alike',
  async () => {
    const theirs = await vi.waitFor(
      async () => {
        const [a, b] = (await Promise.all([prometheus.url, girok.url].map((url) => listOf(url, '')))) as {
          data: Listed
        }[]
        for (const one of [a, b]) expect(JSON.stringify(one)).not.toContain('"unknown"')
        return [a, b]
      },
      { timeout: 30_000, interval: 200 },
    )
    expect(theirs[1]).toEqual(theirs[0])
  },
  40_000,
)

test
  .runIf(HAS_PROMETHEUS)
  .each([
    'type=record',
    'type=ALERT',
    'type=alerting',
    'rule_name[]=Fires&rule_name[]=two',
    'rule_group[]=bounded',
    'file[]=nowhere',
    'exclude_alerts=true&match[]={severity="page"}',
    'match[]={severity="page"}&match[]={team="x"}',
    'group_limit=0',
    'group_limit=x',
    'group_limit=1&group_next_token=x',
    'group_next_token=x',
  ])('%s', async (query) => {
  expect(await listOf(girok.url, query)).toEqual(await listOf(prometheus.url, query))
})
