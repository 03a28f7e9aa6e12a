import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labelSet } from '../../model/labels.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../testing/embedded-store.ts'
import { createPromEngine } from './create-prom-engine.ts'
import type { PromAnswer } from './prom-engine.ts'
import { sampleBatch, type TestSample } from './testing/generate-samples.ts'

const T0 = Date.UTC(2026, 5, 1)
const MINUTE = 60_000

let store: EmbeddedStore

beforeAll(async () => {
  store = await openEmbeddedStore()
  const samples: TestSample[] = []
  for (let i = 0; i <= 60; i++) {
    for (const [n, job] of ['api', 'api', 'db'].entries()) {
      samples.push([{ __name__: 'requests_total', job, instance: `${n}` }, T0 + i * MINUTE, i * 60 * (n + 1)])
    }
    samples.push([{ __name__: 'up', job: 'api' }, T0 + i * MINUTE, i === 30 ? 'stale' : 1])
  }
  // The first hours of 1970.
  for (let i = 0; i <= 10; i++) samples.push([{ __name__: 'old' }, i * MINUTE, i])
  await store.samples.write(sampleBatch('default', samples))
  await store.samples.write(sampleBatch('other', [[{ __name__: 'up', job: 'else' }, T0, 7]]))
  const exemplar = { series: 0, timeMs: T0, value: 0.5, labels: labelSet([['trace_id', 'abc']]) }
  const batch = sampleBatch('default', [[{ __name__: 'latency', job: 'api' }, T0, 1]])
  await store.samples.write({
    ...batch,
    exemplars: [exemplar],
    metadata: [{ metric: 'latency', type: 'gauge', help: 'How long it takes.', unit: 'seconds' }],
  })
})
afterAll(() => store.close())

/** Series by their labels, values by seconds after the start. */
function shown({ value, grid }: PromAnswer): unknown {
  if (value.kind === 'string') return value.text
  if (value.kind === 'scalar') return [...value.values]
  if (value.kind === 'matrix') {
    return value.series.map(({ labels, times, values }) => [Object.fromEntries(labels), [...times], [...values]])
  }
  return value.series.map(({ labels, values, present }) => [
    Object.fromEntries(labels),
    Array.from({ length: grid.count }, (_, k) => (present[k] === 0 ? null : values[k])),
  ])
}

describe('the engine of PromQL', () => {
  it('answers instant queries', async () => {
    const engine = createPromEngine({ store })
    const instant = async (query: string, timeMs = T0 + 10 * MINUTE) =>
      shown(await engine.instant({ tenant: 'default', query, timeMs }))
    expect(await instant('1 + 1')).toEqual([2])
    expect(await instant('"text"')).toBe('text')
    expect(await instant('requests_total{job="db"}')).toEqual([
      [{ __name__: 'requests_total', job: 'db', instance: '2' }, [1800]],
    ])
    expect(await instant('sum by (job) (rate(requests_total{job=~"a.*"}[5m]))')).toEqual([[{ job: 'api' }, [3]]])
    expect(await instant('old', 4 * MINUTE)).toEqual([[{ __name__: 'old' }, [4]]])
    expect(await instant('up[3m]')).toEqual([
      [{ __name__: 'up', job: 'api' }, [8, 9, 10].map((i) => T0 + i * MINUTE), [1, 1, 1]],
    ])
    expect(await instant('nothing')).toEqual([])
  })

  it('answers range queries, also of the first minutes of 1970', async () => {
    const engine = createPromEngine({ store })
    const range = async (query: string, startMs: number, endMs: number, stepMs = MINUTE) =>
      shown(await engine.range({ tenant: 'default', query, startMs, endMs, stepMs }))
    expect(await range('old', 0, 4 * MINUTE)).toEqual([[{ __name__: 'old' }, [0, 1, 2, 3, 4]]])
    expect(await range('rate(old[2m])', 0, 4 * MINUTE, 2 * MINUTE)).toEqual([[{}, [null, 1 / 60, 1 / 60]]])
    expect(await range('up', T0 + 29 * MINUTE, T0 + 31 * MINUTE, 30_000)).toEqual([
      [{ __name__: 'up', job: 'api' }, [1, 1, null, null, 1]],
    ])
    expect(await range('vector(time())', T0, T0 + MINUTE)).toEqual([[{}, [T0 / 1000, T0 / 1000 + 60]]])
  })

  it('reads a series once, whatever asks for it, and only windows of what is far apart', async () => {
    const engine = createPromEngine({ store })
    const plan = async (query: string, stepMs: number) =>
      engine.explain({ tenant: 'default', query, startMs: T0, endMs: T0 + 30 * MINUTE, stepMs })
    const one = await plan('sum(rate(requests_total{job="api"}[5m])) / sum(increase(requests_total[20m]))', MINUTE)
    expect(one.sql).toHaveLength(1)
    expect(one.pushed).toEqual([])
    const sparse = await plan('sum(rate(requests_total[2m]))', 10 * MINUTE)
    expect(sparse.sql).toHaveLength(1)
    expect(sparse.sql[0]).toMatch(/% 600000 < 120000/)
    expect(sparse.pushed).toEqual(['windows of requests_total'])
  })

  it('refuses what is too much, in the words of Prometheus', async () => {
    const engine = createPromEngine({ store, limits: { maxSamples: 50, maxQueryBytes: 1000 } })
    const range = (query: string, stepMs: number, endMs = T0 + 60 * MINUTE) =>
      engine.range({ tenant: 'default', query, startMs: T0, endMs, stepMs })
    await expect(range('up', 100)).rejects.toMatchObject({
      code: 'limit_exceeded',
      message:
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    })
    await expect(range('up', 0)).rejects.toMatchObject({ code: 'bad_request' })
    await expect(range('up', 1, T0 - 1)).rejects.toMatchObject({ code: 'bad_request' })
    await expect(range('requests_total[5m]', MINUTE)).rejects.toMatchObject({
      code: 'bad_query',
      message: 'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    })
    await expect(range('rate(requests_total[1h])', MINUTE)).rejects.toMatchObject({
      phase: 'evaluate',
      message: expect.stringContaining('query processing would load too many samples into memory in query execution'),
    })
    await expect(range('requests_total{', MINUTE)).rejects.toMatchObject({ phase: 'parse' })
    await expect(range(`up ${' '.repeat(1000)}`, MINUTE)).rejects.toMatchObject({ code: 'limit_exceeded' })
  })

  it('ends a query whose client is gone or whose time is up', async () => {
    const engine = createPromEngine({
      store,
      evaluator: {
        evaluate: (_, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
        close: async () => {},
      },
    })
    const stop = new AbortController()
    const gone = engine.instant({ tenant: 'default', query: 'up', timeMs: T0, signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    await expect(gone).rejects.toMatchObject({
      code: 'cancelled',
      message: 'query was canceled in expression evaluation',
    })
    await expect(engine.instant({ tenant: 'default', query: 'up', timeMs: T0, timeoutMs: 20 })).rejects.toMatchObject({
      code: 'timeout',
      message: 'query timed out in expression evaluation',
    })
  })

  it('cuts off series beyond the limit, and says so', async () => {
    const engine = createPromEngine({ store })
    const answer = await engine.instant({ tenant: 'default', query: 'requests_total', timeMs: T0, limit: 2 })
    expect(shown(answer)).toHaveLength(2)
    expect(answer.warnings).toEqual(['results truncated due to limit'])
  })

  it('lists series, labels and values of a range', async () => {
    const engine = createPromEngine({ store })
    const range = { tenant: 'default', startMs: T0, endMs: T0 + MINUTE }
    const named = (value: string) => [{ name: '__name__', op: '=' as const, value, at: { start: 0, end: 0 } }]
    expect(await engine.labels({ ...range, matchers: [] })).toEqual(['__name__', 'instance', 'job'])
    expect(await engine.labelValues({ ...range, matchers: [], name: '__name__' })).toEqual([
      'latency',
      'requests_total',
      'up',
    ])
    expect(await engine.labelValues({ ...range, matchers: [named('up')], name: 'job' })).toEqual(['api'])
    const series = await engine.series({ ...range, matchers: [named('requests_total'), named('up')], limit: 3 })
    expect(series.map((labels) => Object.fromEntries(labels))).toEqual([
      { __name__: 'requests_total', instance: '0', job: 'api' },
      { __name__: 'requests_total', instance: '1', job: 'api' },
      { __name__: 'requests_total', instance: '2', job: 'db' },
    ])
    expect(await engine.labelValues({ ...range, startMs: 0, endMs: 1, matchers: [], name: '__name__' })).toEqual([
      'old',
    ])
  })

  it('keeps tenants apart, and tells whose a series is when several are asked', async () => {
    const engine = createPromEngine({ store })
    const of = async (tenant: string) => shown(await engine.instant({ tenant, query: 'up', timeMs: T0 }))
    expect(await of('other')).toEqual([[{ __name__: 'up', job: 'else' }, [7]]])
    expect(await of('default|other')).toEqual([
      [{ __name__: 'up', __tenant_id__: 'default', job: 'api' }, [1]],
      [{ __name__: 'up', __tenant_id__: 'other', job: 'else' }, [7]],
    ])
  })

  it('finds exemplars and what metrics are', async () => {
    const engine = createPromEngine({ store })
    const found = await engine.exemplars({
      tenant: 'default',
      query: 'histogram_quantile(0.9, rate(latency[5m])) + up',
      startMs: T0 - 1,
      endMs: T0 + 1,
    })
    expect(
      found.map(({ series, exemplars }) => [Object.fromEntries(series), exemplars.map(({ value }) => value)]),
    ).toEqual([[{ __name__: 'latency', job: 'api' }, [0.5]]])
    expect(engine.metadata('default').get('latency')?.help).toBe('How long it takes.')
  })
})
