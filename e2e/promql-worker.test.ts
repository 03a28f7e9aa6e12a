/** The threads that evaluate PromQL: what they give is what the process itself would give, and they can be ended at any time. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { evaluatePromQL, type PromResult, parsePromQL, resolveDurations, selectorsOf } from '@girok/query/promql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1, type PlainSeries } from '../packages/server/src/ingest/testing/remote-write.ts'
import type { Evaluation, Evaluator } from '../packages/server/src/query/promql/evaluation.ts'
import { createWorkerEvaluator } from '../packages/server/src/query/promql/worker-evaluator.ts'
import { QUIET, ROOT, startServer, type TestServer, UNLIMITED } from './server.ts'

const FILE = pathToFileURL(join(ROOT, 'packages/server/dist/query/promql/worker.js'))
const T0 = Date.UTC(2026, 5, 1)
const OPTIONS = { lookbackMs: 300_000, defaultStepMs: 60_000, maxSamples: 50_000_000, delayedNameRemoval: false }

/** Counters of `series` series, a sample each second. */
function evaluation(query: string, series: number, samples: number, count = 60): Evaluation {
  const expr = resolveDurations(parsePromQL(query), { stepMs: 60_000, rangeMs: 60_000 * count })
  const made = Array.from({ length: series }, (_, n) => ({
    labels: new Map([
      ['__name__', 'x_total'],
      ['job', `${n % 7}`],
      ['instance', `${n}`],
    ]),
    times: Float64Array.from({ length: samples }, (_, i) => T0 + i * 1000),
    values: Float64Array.from({ length: samples }, (_, i) => (i % 50 === 49 ? Number.NaN : i * (n + 1))),
  }))
  const data = new Map(selectorsOf(expr).map((selector) => [selector, made]))
  return { expr, grid: { startMs: T0 + 60_000, stepMs: 60_000, count }, options: OPTIONS, data, answers: new Map() }
}

function inline({ expr, grid, options, data, answers }: Evaluation): PromResult {
  return evaluatePromQL(expr, grid, options, data, answers)
}

const never = new AbortController().signal

describe('a thread', () => {
  let workers: Evaluator
  beforeAll(() => {
    workers = createWorkerEvaluator({ file: FILE, threads: 1 })
  })
  afterAll(() => workers.close())

  test.each([
    'sum by (job) (rate(x_total[5m]))',
    'rate(x_total[5m]) / ignoring (job) rate(x_total[10m])',
    'time() * 2',
    'topk(3, x_total)',
    'histogram_quantile(0.9, x_total)',
    '{__name__=~"x.*", job="none"}',
  ])('answers %s as the process itself does', async (query) => {
    const expected = inline(evaluation(query, 20, 1000))
    expect(await workers.evaluate(evaluation(query, 20, 1000), never)).toEqual(expected)
  })

  test('gives raw samples and texts', async () => {
    const single = { startMs: T0 + 60_000, stepMs: 1, count: 1 }
    for (const query of ['x_total[30s]', '"text"', 'sort(x_total)']) {
      const made = () => ({ ...evaluation(query, 3, 100), grid: single })
      expect(await workers.evaluate(made(), never)).toEqual(inline(made()))
    }
  })

  test('uses what was calculated before', async () => {
    const made = evaluation('sum(rate(x_total[5m]))', 0, 0, 2)
    if (made.expr.kind !== 'aggregate') throw new Error('not an aggregation')
    const answer = { labels: new Map([['a', 'b']]), values: Float64Array.of(3, 4), present: Uint8Array.of(1, 0) }
    const answers = new Map([[made.expr.expr, [answer]]])
    const { value } = await workers.evaluate({ ...made, answers }, never)
    expect(value).toMatchObject({
      series: [{ labels: new Map(), values: Float64Array.of(3, 0), present: Uint8Array.of(1, 0) }],
    })
  })

  test('tells what is wrong with the query or its data, with the place', async () => {
    const query = 'x_total / ignoring (instance) x_total'
    await expect(workers.evaluate(evaluation(query, 20, 100), never)).rejects.toMatchObject({
      name: 'QueryError',
      phase: 'evaluate',
      message: expect.stringMatching(/duplicate series/),
    })
  })

  test('is ended with the query that it works on, and another one takes its place', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const long = workers.evaluate(
      evaluation('max_over_time(quantile_over_time(0.5, x_total[50m])[50m:1s])', 50, 3600),
      stop.signal,
    )
    const started = performance.now()
    const waiting = workers.evaluate(evaluation('count(x_total)', 5, 100, 1), never)
    setTimeout(() => stop.abort(reason), 300)
    await expect(long).rejects.toBe(reason)
    expect((await waiting).value).toMatchObject({ series: [{ values: Float64Array.of(5) }] })
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  test('is ended after some time without work, and started anew', async () => {
    const brief = createWorkerEvaluator({ file: FILE, threads: 2, idleMs: 50 })
    const ask = async () => (await brief.evaluate(evaluation('count(x_total)', 4, 100, 1), never)).value
    expect(await ask()).toEqual(await ask())
    await new Promise((later) => setTimeout(later, 300))
    expect(await Promise.all([ask(), ask(), ask()])).toHaveLength(3)
    await brief.close()
    await expect(ask()).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

describe('a server', () => {
  let server: TestServer
  const SERIES = 200
  const SAMPLES = 1440

  beforeAll(async () => {
    server = await startServer({ args: [...QUIET, ...UNLIMITED, '--set', 'retention.maxAge=0'] })
    for (let from = 0; from < SERIES; from += 20) {
      const series: PlainSeries[] = Array.from({ length: 20 }, (_, n) => ({
        labels: [
          ['__name__', 'x_total'],
          ['instance', `${from + n}`],
          ['job', `${n % 4}`],
        ],
        samples: Array.from({ length: SAMPLES }, (_, i) => [T0 + i * 30_000, i * 3] as const),
      }))
      const response = await server.fetch('/api/v1/write', {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
        body: new Uint8Array(encodeSnappyBlock(encodeWriteV1(series))),
      })
      expect(response.status).toBe(204)
    }
  })
  afterAll(() => server.dispose())

  const range = (query: string, more: Record<string, string> = {}) => {
    const times = { start: `${T0 / 1000 + 3600}`, end: `${T0 / 1000 + 40_000}`, step: '60' }
    return `/api/v1/query_range?${new URLSearchParams({ query, ...times, ...more })}`
  }

  test('answers what is not small from a thread, the same with and without push-down', async () => {
    const query = 'sum by (job) (rate(x_total[5m]))'
    const answers = await Promise.all(
      ['on', 'off'].map(async (pushdown) => {
        const response = await server.fetch(range(query, { pushdown }))
        expect(response.status).toBe(200)
        return ((await response.json()) as { data: { result: { values: unknown[] }[] } }).data
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.result).toHaveLength(4)
    expect(answers[0]?.result[0]?.values).toHaveLength(607)
  })

  test('goes on answering while a thread works, and when its client has gone', async () => {
    const stop = new AbortController()
    const heavy = 'max_over_time(sum(quantile_over_time(0.5, x_total[1h]))[3h:5s])'
    const long = server.fetch(range(heavy), { signal: stop.signal })
    const failed = expect(long).rejects.toThrow()
    await new Promise((later) => setTimeout(later, 300))
    const started = performance.now()
    expect((await server.fetch('/api/v1/query?query=vector(1)')).status).toBe(200)
    expect(performance.now() - started).toBeLessThan(2000)
    stop.abort()
    await failed
    expect((await server.fetch(range('count(rate(x_total[5m]))'))).status).toBe(200)
  })

  test('ends a query at its time limit', async () => {
    const heavy = 'max_over_time(sum(quantile_over_time(0.5, x_total[1h]))[3h:5s])'
    const response = await server.fetch(range(heavy, { timeout: '500ms' }))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      errorType: 'timeout',
      error: 'query timed out in expression evaluation',
    })
  })
})
