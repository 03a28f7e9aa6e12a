/**
 * The alerts of the founding documents: the rules as they are written and as they are meant, over what the documents' loggers
 * write, and the log monitor of the ad guide. Rules, routes and monitors are the files of examples/alerting, as users copy them.
 */
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createHierarchy } from '@girok/sdk'
import { GPUMonitor, InferenceLogger } from '@girok/sdk/domains'
import { girokHandler } from '@girok/sdk/handlers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { BackTestResponse } from '../packages/server/src/api/contract.ts'
import { type MailSink, openMailSink } from '../packages/server/src/notify/testing/mail-sink.ts'
import { type AlertSink, startSink } from './alert-sink.ts'
import { writeSeries } from './prometheus.ts'
import { CLI, eventually, push, QUIET, ROOT, startServer, type TestServer, temporaryFolder } from './server.ts'

const EXAMPLES = join(ROOT, 'examples/alerting')
const MINUTE = 60_000

let server: TestServer
let slack: AlertSink
let mails: MailSink
const folder = temporaryFolder()

beforeAll(async () => {
  slack = await startSink()
  mails = await openMailSink()
  const broken = join(folder, 'broken.mjs')
  writeFileSync(broken, "export default { name: 'broken', check() { throw new Error('no such field') } }\n")
  server = await startServer({
    args: [
      ...QUIET,
      ...[
        `rules.logql=${EXAMPLES}/log-rules.yaml,${EXAMPLES}/as-written/log-rules.yaml`,
        `rules.promql=${EXAMPLES}/metric-rules.yaml,${EXAMPLES}/as-written/metric-rules.yaml`,
        'rules.evaluationInterval=1s',
        `alerting.configFile=${filledIn()}`,
        `alerting.monitors=${broken},${EXAMPLES}/monitors.mjs`,
      ].flatMap((setting) => ['--set', setting]),
    ],
  })
})
afterAll(async () => {
  await server?.dispose()
  await slack?.close()
  await mails?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The alertmanager.yml of the examples with the addresses of this test in it. */
function filledIn(): string {
  let text = readFileSync(join(EXAMPLES, 'alertmanager.yml'), 'utf8')
  for (const [theirs, ours] of [
    ['https://hooks.slack.com', slack.url],
    ['smtp.example.com:587', `127.0.0.1:${mails.port}\n  smtp_require_tls: false`],
  ] as const) {
    expect(text).toContain(theirs)
    text = text.replace(theirs, ours)
  }
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, text)
  return file
}

/** What was sent to Slack so far: title and text of each message. */
function told(): { readonly title: string; readonly text: string }[] {
  return slack.requests.flatMap(({ body }) => JSON.parse(body).attachments)
}

/** Alerts of rules by their name and file, with the state of each. */
async function alertsOf(name: string, file: string): Promise<{ labels: Record<string, string>; state: string }[]> {
  const { data } = (await (await server.fetch('/api/v1/rules?type=alert')).json()) as {
    data: { groups: { file: string; rules: { name: string; lastError?: string; alerts: never[] }[] }[] }
  }
  const rules = data.groups
    .filter((group) => group.file.endsWith(`alerting/${file}`))
    .flatMap((group) => group.rules.filter((rule) => rule.name === name))
  expect(rules, `${name} of ${file}`).toHaveLength(1)
  expect(rules[0]?.lastError ?? '').toBe('')
  return rules[0]?.alerts ?? []
}

const firing = async (name: string, file: string) =>
  (await alertsOf(name, file)).filter(({ state }) => state === 'firing').map(({ labels }) => labels)

/** Waits until all rules were evaluated again, over all that was stored before. */
async function evaluated(): Promise<void> {
  const times = async () => {
    const { data } = (await (await server.fetch('/api/v1/rules')).json()) as {
      data: { groups: { file: string; lastEvaluation: string }[] }
    }
    return data.groups.map(({ lastEvaluation }) => Date.parse(lastEvaluation))
  }
  const since = Date.now()
  await eventually(async () => (await times()).every((time) => time > since), 20_000)
}

async function value(query: string): Promise<string | undefined> {
  const response = await server.fetch(`/loki/api/v1/query?${new URLSearchParams({ query })}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return data.result[0]?.value[1]
}

/** A rule of a file of the examples. */
function ruleOf(file: string, alert: string): Readonly<Record<string, unknown>> & { readonly expr: string } {
  const { groups } = parse(readFileSync(join(EXAMPLES, file), 'utf8')) as {
    groups: { rules: ({ alert: string; expr: string } & Record<string, unknown>)[] }[]
  }
  const found = groups.flatMap(({ rules }) => rules).find((rule) => rule.alert === alert)
  if (found === undefined) throw new Error(`${file} has no rule ${alert}`)
  return found
}

test('the files as written are the documents, word by word', () => {
  expect(ruleOf('as-written/log-rules.yaml', 'GpuMemory')).toEqual({
    alert: 'GpuMemory',
    expr: 'avg(max_over_time({job="system"} | json | unwrap gpu_memory_percent [1m]))',
    condition: 'WHEN last() > 90',
    annotations: { summary: 'GPU memory usage is above 90%' },
  })
  expect(ruleOf('as-written/log-rules.yaml', 'InferenceLatency')).toEqual({
    alert: 'InferenceLatency',
    expr: 'avg(rate({job="inference"} | json | unwrap latency_ms [5m]))',
    condition: 'WHEN last() > 1000',
    annotations: { summary: 'Average inference latency is above 1000ms' },
  })
  expect(ruleOf('as-written/metric-rules.yaml', 'HighResponseTime')).toEqual({
    alert: 'HighResponseTime',
    expr: 'histogram_quantile(0.95, api_request_duration_seconds_bucket) > 2',
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'High API response time',
      description: '95th percentile response time is above 2 seconds',
    },
  })
  expect(ruleOf('as-written/metric-rules.yaml', 'HighErrorRate')).toEqual({
    alert: 'HighErrorRate',
    expr: 'rate(api_errors_total[5m]) > 0.1',
    for: '5m',
    labels: { severity: 'critical' },
    annotations: { summary: 'High error rate', description: 'Error rate is above 10%' },
  })
})

describe('the log monitor of the ad guide', () => {
  test('critical is told to Slack and by mail at once; a warning waits for its group; who throws disturbs nobody', async () => {
    const event = (type: string) => [Date.now(), JSON.stringify({ type, timestamp: new Date().toISOString() })] as const
    const sinceMs = Date.now()
    expect(await push(server, { job: 'ads' }, [event('impression'), event('error'), event('error')])).toBe(204)
    const line = JSON.stringify({ level: 'ERROR', message: 'CUDA out of memory' })
    expect(await push(server, { job: 'training' }, [[Date.now(), line]])).toBe(204)
    await eventually(() => told().length > 0 && mails.mails.length > 0, 15_000)
    // `group_wait` is 30 s.
    expect(Date.now() - sinceMs).toBeLessThan(15_000)
    expect(told()).toMatchObject([
      { title: 'FIRING: out_of_memory', text: expect.stringContaining('CUDA out of memory') },
    ])
    expect(JSON.parse(slack.requests[0]?.body ?? '')).toMatchObject({ channel: '#alerts' })
    expect(mails.mails).toHaveLength(1)
    expect(mails.mails[0]).toMatchObject({ from: 'girok@example.com', to: ['on-call@example.com'] })
    expect(mails.mails[0]?.headers.get('subject')).toContain('out_of_memory')
    expect(mails.mails[0]?.parts.get('text/html')).toContain('CUDA out of memory')
    // The warning is in the list of alerts, and told when its group has waited.
    const held = (await (await server.fetch('/api/v2/alerts')).json()) as {
      labels: Record<string, string>
      annotations: Record<string, string>
    }[]
    expect(held.find(({ labels }) => labels.alertname === 'high_error_rate')).toMatchObject({
      labels: { severity: 'warning', monitor: 'error_rate' },
      annotations: { summary: 'Error rate exceeded threshold' },
    })
    await eventually(() => told().some(({ title }) => title === 'FIRING: high_error_rate'), 45_000)
    expect(mails.mails).toHaveLength(1)
    const { monitors } = (await (await server.fetch('/girok/v1/alerting/monitors')).json()) as {
      monitors: { name: string; active: boolean; records: number; alerts: number; errors: number; lastError?: string }[]
    }
    expect(monitors).toMatchObject([
      {
        name: 'broken',
        active: true,
        records: 4,
        alerts: 0,
        errors: 4,
        lastError: 'Monitor error: broken - no such field',
      },
      { name: 'error_rate', active: true, records: 4, alerts: 2, errors: 0 },
      { name: 'out_of_memory', active: true, records: 1, alerts: 1, errors: 0 },
    ])
    expect(server.output().split('Monitor error: broken - no such field')).toHaveLength(2)
  })
})

describe('the alerts of the ML guide', () => {
  const hierarchies: ReturnType<typeof createHierarchy>[] = []
  const sending = (job: string) => {
    const hierarchy = createHierarchy()
    hierarchy.root.addHandler(girokHandler({ url: server.url, labels: { job, service: 'mlops' }, intervalMs: 10 }))
    hierarchies.push(hierarchy)
    return { hierarchy, logDirectory: folder }
  }
  afterAll(() => Promise.all(hierarchies.map((hierarchy) => hierarchy.close())))

  test('GPUs at 45.2 and 95.5 %: as written nothing fires, as meant the full one does', async () => {
    let used = [45.2, 95.5]
    const readGpus = async () =>
      used.map((gpu_memory_percent, gpu_id) => ({
        gpu_id,
        gpu_memory_used: Math.round(317.44 * gpu_memory_percent),
        gpu_memory_total: 31_744,
        gpu_memory_percent,
        gpu_utilization: 78.5,
        temperature: 65,
        power_watts: 280.5,
        gpu_name: 'V100',
      }))
    const { hierarchy, logDirectory } = sending('system')
    const monitor = new GPUMonitor('gpu_monitor', { hierarchy, logDirectory, readGpus })
    await monitor.logAllMetrics()
    await hierarchy.flush()
    await eventually(async () => (await firing('GpuMemoryHigh', 'log-rules.yaml')).length > 0)
    expect(await firing('GpuMemoryHigh', 'log-rules.yaml')).toEqual([
      { alertname: 'GpuMemoryHigh', gpu_id: '1', severity: 'warning' },
    ])
    await evaluated()
    expect(Number(await value(ruleOf('as-written/log-rules.yaml', 'GpuMemory').expr))).toBeCloseTo(70.35)
    expect(await alertsOf('GpuMemory', 'as-written/log-rules.yaml')).toEqual([])
    // When all of them are full, the mean over the lines comes to be above 90 as well.
    for (let i = 0; i < 6; i++) {
      used = [96 + i / 2, 96 + i / 2]
      await monitor.logAllMetrics()
    }
    await monitor.close()
    await hierarchy.flush()
    await eventually(async () => (await firing('GpuMemory', 'as-written/log-rules.yaml')).length > 0)
    expect(await firing('GpuMemory', 'as-written/log-rules.yaml')).toEqual([{ alertname: 'GpuMemory' }])
  })

  test('answers of 1.5 s in the mean: as written nothing fires, as meant it does', async () => {
    const { hierarchy, logDirectory } = sending('inference')
    const inference = new InferenceLogger('llm', { hierarchy, logDirectory })
    const answered = async (...latencies: number[]) => {
      for (const [i, latency_ms] of latencies.entries()) {
        const request_id = `req_${latency_ms}_${i}`
        inference.logRequest({ request_id, prompt: 'Write a sort', model_name: 'llama-3-8b' })
        inference.logResponse({ request_id, latency_ms, tokens_generated: 50, model_name: 'llama-3-8b' })
      }
      await hierarchy.flush()
    }
    await answered(1_200, 1_500, 1_800)
    await eventually(async () => (await firing('InferenceSlow', 'log-rules.yaml')).length > 0)
    expect(await firing('InferenceSlow', 'log-rules.yaml')).toEqual([
      { alertname: 'InferenceSlow', job: 'inference', severity: 'warning' },
    ])
    await evaluated()
    expect(Number(await value(ruleOf('as-written/log-rules.yaml', 'InferenceLatency').expr))).toBeCloseTo(5)
    expect(await alertsOf('InferenceLatency', 'as-written/log-rules.yaml')).toEqual([])
    // It fires once the mean is five minutes: as many milliseconds as the range has, times 1000.
    await answered(900_000, 900_000, 900_000)
    await inference.close()
    await eventually(async () => (await firing('InferenceLatency', 'as-written/log-rules.yaml')).length > 0)
  })

  test('Slack is told what the guide wants told', async () => {
    const texts = () => told().map(({ text }) => text)
    const of = (summary: string) => texts().filter((text) => text.includes(summary))
    await eventually(
      () =>
        of('GPU memory usage is above 90% (GPU 1: 95.5 %)').length > 0 &&
        of('Average inference latency is above 1000ms').length > 0,
      60_000,
    )
  })
})

describe('the alerts of the backend guide', () => {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE
  const at = (minute: number) => now - (60 - minute) * MINUTE

  /** Writes a counter that is stepped once a minute for an hour. */
  async function count(name: string, labels: Record<string, string>, perMinute: (minute: number) => number) {
    let total = 0
    const samples = Array.from({ length: 60 }, (_, minute) => {
      total += perMinute(minute)
      return [at(minute), total] as const
    })
    await writeSeries(server, { __name__: name, ...labels }, samples)
  }

  /** When a rule of a file would have fired: minutes of the hour, from and until. */
  async function firedAt(file: string, alert: string): Promise<(readonly [from: number, until: number])[]> {
    const response = await server.fetch('/girok/v1/alerting/backtest', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ language: 'promql', rule: ruleOf(file, alert), startMs: at(0), endMs: at(59) }),
    })
    const body = (await response.json()) as BackTestResponse
    expect(response.status, JSON.stringify(body)).toBe(200)
    expect(body.failures.count).toBe(0)
    return body.alerts
      .flatMap(({ spans }) => spans)
      .filter(({ state }) => state === 'firing')
      .map(({ startMs, endMs }) => [(startMs - at(0)) / MINUTE, (endMs - at(0)) / MINUTE] as const)
  }

  test('response times: as written the alert stays although all is fast again, as meant it ends', async () => {
    // Twenty minutes of answers between 1 and 2.5 s, then three of four below 0.75 s and the fourth below 1 s.
    const slow = (minute: number) => (minute < 20 ? 50 : 0)
    const fast = (minute: number) => (minute < 20 ? 0 : 3)
    const quick = (minute: number) => (minute < 20 ? 0 : 4)
    for (const [le, below] of [
      ['0.5', () => 0],
      ['0.75', fast],
      ['1.0', quick],
      ['2.5', (minute: number) => quick(minute) + slow(minute)],
      ['+Inf', (minute: number) => quick(minute) + slow(minute)],
    ] as const) {
      await count('api_request_duration_seconds_bucket', { le, instance: 'a:8000', job: 'hapa-backend' }, below)
    }
    const [last] = await firedAt('as-written/metric-rules.yaml', 'HighResponseTime')
    expect(last?.[1]).toBe(59)
    const meant = await firedAt('metric-rules.yaml', 'HighResponseTime')
    expect(meant).toHaveLength(1)
    // From five minutes after the first rate until the last slow answer is five minutes old.
    expect(meant[0]?.[0]).toBeLessThanOrEqual(8)
    expect(meant[0]?.[1]).toBeGreaterThanOrEqual(20)
    expect(meant[0]?.[1]).toBeLessThanOrEqual(26)
    const quantile = async (selector: string) => {
      const query = `histogram_quantile(0.95, ${selector})`
      const params = new URLSearchParams({ query, time: String(at(59) / 1_000) })
      const { data } = (await (await server.fetch(`/api/v1/query?${params}`)).json()) as {
        data: { result: { value: [number, string] }[] }
      }
      return Number(data.result[0]?.value[1])
    }
    expect(await quantile('api_request_duration_seconds_bucket')).toBeCloseTo(2.41, 2)
    expect(await quantile('sum by (le) (rate(api_request_duration_seconds_bucket[5m]))')).toBeCloseTo(0.95, 2)
  })

  test('errors: as written they are counted per second, as meant they are a share', async () => {
    // 0.4 % of 50 requests a second fail, then all is well, then all of 0.13 a second fail, of two reasons.
    const phase = (first: number, calm: number, last: number) => (minute: number) =>
      minute < 25 ? first : minute < 35 ? calm : last
    await count('api_requests_total', { method: 'POST', endpoint: '/generate', status: '200' }, phase(3_000, 100, 8))
    await count('api_errors_total', { error_type: 'ValueError' }, phase(12, 0, 4))
    await count('api_errors_total', { error_type: 'TimeoutError' }, phase(0, 0, 4))
    const written = await firedAt('as-written/metric-rules.yaml', 'HighErrorRate')
    expect(written).toHaveLength(1)
    expect(written[0]?.[1]).toBeLessThanOrEqual(30)
    const meant = await firedAt('metric-rules.yaml', 'HighErrorRate')
    expect(meant).toHaveLength(1)
    expect(meant[0]?.[0]).toBeGreaterThanOrEqual(40)
    expect(meant[0]?.[1]).toBe(59)
  })

  test.each(['metric-rules.test.yaml', 'log-rules.test.yaml'])('the unit tests of %s pass', async (file) => {
    const args = [CLI, 'rules', 'test', join(EXAMPLES, file)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    expect(stdout).toContain('SUCCESS: 2 tests passed')
  })
})
