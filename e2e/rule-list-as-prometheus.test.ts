/**
 * The same rules in Prometheus and in Girok: `/api/v1/rules` tells the same of them, queries as they are printed, labels,
 * templates as they were expanded, faults.
 * What depends on the moment is left out. Where there is no Prometheus 3 (PROMETHEUS names another than that of the PATH) its
 * recorded answers stand in for it; GIROK_RECORD_TRACE=1 records them.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { versionOf } from './alertmanager.ts'
import { startPrometheus } from './prometheus.ts'
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

const QUERIES = [
  '',
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
]

interface Recording {
  readonly version: readonly number[]
  readonly rules: string
  readonly answers: Readonly<Record<string, unknown>>
}

const RECORDED = join(import.meta.dirname, 'testdata', 'rule-list.json')
const folder = temporaryFolder()
let girok: TestServer
let recording: Recording

beforeAll(async () => {
  const file = join(folder, 'rules.yml')
  writeFileSync(file, RULES)
  girok = await startServer({ args: [...QUIET, '--set', `rules.promql=${file}`] })
  recording = HAS_PROMETHEUS ? await recorded(file) : (JSON.parse(readFileSync(RECORDED, 'utf8')) as Recording)
  if (HAS_PROMETHEUS && process.env.GIROK_RECORD_TRACE === '1') {
    writeFileSync(RECORDED, `${JSON.stringify(recording, undefined, 1)}\n`)
  }
  await evaluated(girok.url)
}, 120_000)
afterAll(async () => {
  await girok?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

/** What the Prometheus that is here answers. */
async function recorded(file: string): Promise<Recording> {
  const prometheus = await startPrometheus(JSON.stringify({ rule_files: [file] }))
  try {
    await evaluated(prometheus.url)
    const answers: Record<string, unknown> = {}
    for (const query of QUERIES) answers[query] = await listOf(prometheus.url, query)
    return { version: versionOf(PROMETHEUS), rules: RULES, answers }
  } finally {
    await prometheus.dispose()
  }
}

/** Every rule was evaluated, twice: the first time knows nothing of the others. */
async function evaluated(url: string): Promise<void> {
  const lastOf = async (): Promise<string[]> => {
    const { data } = (await (await fetch(`${url}/api/v1/rules`)).json()) as { data: Listed }
    expect(JSON.stringify(data)).not.toContain('"unknown"')
    return data.groups.map(({ lastEvaluation }) => lastEvaluation)
  }
  const first = await vi.waitFor(lastOf, { timeout: 30_000, interval: 200 })
  await vi.waitFor(async () => expect((await lastOf()).every((time, i) => time > (first[i] as string))).toBe(true), {
    timeout: 30_000,
    interval: 200,
  })
}

interface Listed {
  readonly groups: readonly {
    readonly lastEvaluation: string
    readonly rules: readonly { readonly health: string }[]
  }[]
}

async function listOf(url: string, query: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v1/rules?${query}`)
  const { status, errorType, data } = (await response.json()) as { status: string; errorType?: string; data?: Listed }
  return { code: response.status, status, errorType, data: lasting(data, '') }
}

/** What does not depend on the moment; alerts, which come in any order, in one. */
function lasting(value: unknown, key: string): unknown {
  if (key === 'evaluationTime') return typeof value
  if (key === 'file') return (value as string).replace(folder, '')
  if (key === 'lastEvaluation' || key === 'activeAt') return Number.isNaN(Date.parse(value as string))
  if (Array.isArray(value)) {
    const list = value.map((one) => lasting(one, ''))
    return key === 'alerts' ? list.map((one) => JSON.stringify(one)).sort() : list
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))
  return Object.fromEntries(entries.map(([name, one]) => [name, lasting(one, name)]))
}

test('the recording is of these rules', () => {
  expect(recording.rules).toBe(RULES)
  expect(Object.keys(recording.answers)).toEqual(QUERIES)
})

test.each(QUERIES)('rules are told as Prometheus tells them: %s', async (query) => {
  expect(await listOf(girok.url, query)).toEqual(recording.answers[query])
})
