/** Rules of the guides that Girok follows, over data that shows what each says as written and what was meant. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRow } from '@girok/query'
import { expect, test } from 'vitest'
import type { RuleLanguage } from '../../model/rules.ts'
import type { AlertingRule } from '../rules/rule.ts'
import { readRuleFile } from '../rules/rule-file.ts'
import { type BackTestResult, backTest } from './back-test.ts'
import { type MemoryData, memoryQueries } from './testing/memory-queries.ts'

const MINUTE = 60_000

/** What a rule of a file does over the first hour. */
function run(
  file: string,
  language: RuleLanguage,
  group: string,
  alert: string,
  data: MemoryData,
): Promise<BackTestResult> {
  const { groups, problems } = readRuleFile(
    readFileSync(join(import.meta.dirname, 'testdata', file), 'utf8'),
    file,
    language,
  )
  expect(problems).toEqual([])
  const rule = groups.find(({ name }) => name === group)?.rules.find(({ name }) => name === alert) as AlertingRule
  const ofGroup = { labels: new Map(), limit: 0, queryOffsetMs: 0 }
  const request = { rule, group: ofGroup, startMs: 0, endMs: 60 * MINUTE, intervalMs: MINUTE }
  return backTest({ ...request, externalLabels: new Map(), externalUrl: '' }, memoryQueries(data))
}

const metrics = (group: string, alert: string, data: MemoryData) =>
  run('guide-metrics.rules.yaml', 'promql', group, alert, data)
const logs = (group: string, alert: string, data: MemoryData) =>
  run('guide-logs.rules.yaml', 'logql', group, alert, data)

/** A counter that grows by so much each minute. */
const counter = (labels: Record<string, string>, perMinute: (minute: number) => number) => {
  let value = 0
  const samples = Array.from({ length: 61 }, (_, minute) => {
    value += perMinute(minute)
    return [minute * MINUTE, value] as const
  })
  return { labels, samples }
}

/** Lines of JSON of one stream, each [seconds, fields]. */
const rows = (job: string, lines: readonly (readonly [number, object])[]): LogRow[] => {
  const stream = new Map([['job', job]])
  return lines.map(([seconds, fields]) => ({
    timeNs: BigInt(seconds) * 1_000_000_000n,
    stream,
    metadata: [],
    line: JSON.stringify(fields),
  }))
}

const firedMinutes = ({ alerts }: BackTestResult) =>
  alerts.flatMap(({ spans }) =>
    spans.filter(({ state }) => state === 'firing').map(({ startMs, endMs }) => [startMs / MINUTE, endMs / MINUTE]),
  )

test('response time: as written a slow spell is never over, as meant it is', async () => {
  const isSlow = (minute: number) => minute > 5 && minute <= 20
  const series = ['1', '2.5', '+Inf'].map((le, at) =>
    counter({ __name__: 'api_request_duration_seconds_bucket', le }, (minute) =>
      isSlow(minute) && at === 0 ? 0 : 100,
    ),
  )
  const [written, meant] = [
    await metrics('as written', 'HighResponseTime', { series }),
    await metrics('as meant', 'HighResponseTime', { series }),
  ]
  expect(firedMinutes(written)).toEqual([[12, 60]])
  const [[from, to] = []] = firedMinutes(meant)
  expect(from).toBeGreaterThan(10)
  expect(to).toBeLessThan(27)
  expect(Object.fromEntries(written.alerts[0]?.annotations ?? [])).toMatchObject({ summary: 'High API response time' })
})

test('error rate: as written it counts errors a second, as meant it is a share', async () => {
  const traffic = (errors: number, requests: number) => ({
    series: [
      counter({ __name__: 'api_errors_total', error_type: 'timeout' }, () => errors),
      counter({ __name__: 'api_requests_total' }, () => requests),
    ],
  })
  // 0.4 % fail, at 0.2 a second.
  expect((await metrics('as written', 'HighErrorRate', traffic(12, 3000))).fired).toBe(1)
  expect((await metrics('as meant', 'HighErrorRate', traffic(12, 3000))).fired).toBe(0)
  // All fail, at 0.067 a second.
  expect((await metrics('as written', 'HighErrorRate', traffic(4, 4))).fired).toBe(0)
  expect((await metrics('as meant', 'HighErrorRate', traffic(4, 4))).fired).toBe(1)
})

test('GPU memory: as written it is the mean of all GPUs, as meant that of each', async () => {
  const percent = (first: number, second: number) => ({
    rows: rows(
      'system',
      Array.from({ length: 60 }, (_, minute) => [
        [minute * 60 + 1, { gpu_id: 0, gpu_memory_percent: first }] as const,
        [minute * 60 + 2, { gpu_id: 1, gpu_memory_percent: second }] as const,
      ]).flat(),
    ),
  })
  const uneven = percent(45.2, 95.5)
  const written = await logs('as written', 'GpuMemory', uneven)
  expect(written.fired).toBe(0)
  expect(written.drawn?.threshold).toEqual({ op: '>', value: 90 })
  expect(written.drawn?.series[0]?.points[30]?.[1]).toBeCloseTo(70.35)
  const meant = await logs('as meant', 'GpuMemory', uneven)
  expect(meant.alerts.map(({ labels }) => labels.get('gpu_id'))).toEqual(['1'])
  expect((await logs('as written', 'GpuMemory', percent(91, 95.5))).fired).toBe(1)
})

test('inference latency: as written it is a sum a second, as meant a mean', async () => {
  const latency = (ms: number) => ({
    rows: rows(
      'inference',
      Array.from(
        { length: 60 },
        (_, minute) => [minute * 60 + 1, { request_id: `r${minute}`, latency_ms: ms }] as const,
      ),
    ),
  })
  const written = await logs('as written', 'SlowInference', latency(1500))
  expect(written.fired).toBe(0)
  expect(written.drawn?.series[0]?.points[30]?.[1]).toBeCloseTo(1500 / 300)
  expect((await logs('as written', 'SlowInference', latency(310_000))).fired).toBe(1)
  expect((await logs('as meant', 'SlowInference', latency(1500))).fired).toBe(1)
  expect((await logs('as meant', 'SlowInference', latency(314.68))).fired).toBe(0)
})
