import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { METRIC_NAME, type SampleBatch } from '../model/sample-batch.ts'
import { createRegistry, type Registry } from '../telemetry/registry.ts'
import { type OwnMetrics, startOwnMetrics } from './own-metrics.ts'
import { routeClass } from './own-metrics-http.ts'
import { measureProcess } from './own-metrics-process.ts'
import { measureQueries } from './own-metrics-queries.ts'

const texts = ({ count, series, seriesList, timeMs, value }: SampleBatch): string[] =>
  Array.from({ length: count }, (_, i) => {
    const labels = new Map(seriesList[series[i] as number]?.labels)
    const name = labels.get(METRIC_NAME)
    labels.delete(METRIC_NAME)
    const pairs = [...labels].map(([label, text]) => `${label}=${text}`).join(',')
    return `${name}{${pairs}} ${value[i]} @${timeMs[i]}`
  })

describe('own metrics', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.setSystemTime(1_000_000)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const start = (registry: Registry, submitSamples: (batch: SampleBatch) => Promise<{ stored: boolean }>) => {
    const said: string[] = []
    const metrics: OwnMetrics = startOwnMetrics({
      registry,
      tenant: 't',
      instance: 'host:1',
      intervalMs: 15_000,
      submitSamples,
      refresh: async () => undefined,
      log: (_message, { error }) => void said.push(String(error)),
      now: Date.now,
    })
    return { metrics, said }
  }

  test('are stored at once and then every interval, with what they are told the first time', async () => {
    const registry = createRegistry()
    const counter = registry.counter('girok_things_total', 'Things.')
    registry.histogram('girok_wait_seconds', 'Waits.', [1]).observe({ of: 'a' }, 0.5)
    counter.add({ kind: 'x' })
    const batches: SampleBatch[] = []
    const { metrics } = start(registry, async (batch) => {
      batches.push(batch)
      return { stored: true }
    })
    await vi.advanceTimersByTimeAsync(1)
    counter.add({ kind: 'x' }, 2)
    await vi.advanceTimersByTimeAsync(15_000)
    await metrics.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(batches.map(texts)).toEqual(
      [
        [1, 1_000_000],
        [3, 1_015_000],
      ].map(([count, at]) => [
        `girok_things_total{instance=host:1,job=girok,kind=x} ${count} @${at}`,
        `girok_wait_seconds_bucket{instance=host:1,job=girok,le=1,of=a} 1 @${at}`,
        `girok_wait_seconds_bucket{instance=host:1,job=girok,le=+Inf,of=a} 1 @${at}`,
        `girok_wait_seconds_sum{instance=host:1,job=girok,of=a} 0.5 @${at}`,
        `girok_wait_seconds_count{instance=host:1,job=girok,of=a} 1 @${at}`,
      ]),
    )
    expect(batches[0]?.metadata).toEqual([
      { metric: 'girok_things_total', type: 'counter', help: 'Things.', unit: '' },
      { metric: 'girok_wait_seconds', type: 'histogram', help: 'Waits.', unit: 'seconds' },
    ])
    expect(batches[1]?.metadata).toEqual([])
    expect(batches[1]?.seriesList[0]).toBe(batches[0]?.seriesList[0])
  })

  test('that cannot be stored are told once until they can be again', async () => {
    const registry = createRegistry()
    registry.counter('c_total', 'C.').add({})
    let works = false
    const { metrics, said } = start(registry, async () => {
      if (!works) throw new Error('the disk is full')
      return { stored: true }
    })
    await vi.advanceTimersByTimeAsync(45_001)
    expect(said).toEqual(['the disk is full'])
    works = true
    await vi.advanceTimersByTimeAsync(15_000)
    works = false
    await vi.advanceTimersByTimeAsync(15_000)
    expect(said).toEqual(['the disk is full', 'the disk is full'])
    await metrics.stop()
  })

  test('wait for a store that is slow: one reading at a time', async () => {
    const registry = createRegistry()
    registry.counter('c_total', 'C.').add({})
    let finish: (() => void) | undefined
    let calls = 0
    const { metrics } = start(registry, async () => {
      calls++
      await new Promise<void>((done) => {
        finish = done
      })
      return { stored: true }
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls).toBe(1)
    finish?.()
    await metrics.stop()
  })
})

test('the process tells its memory, CPU, event loop and garbage collections', () => {
  const registry = createRegistry()
  const stop = measureProcess(registry)
  const readings = new Map(
    [...registry.families()].flatMap(({ readings }) => [...readings()].map(({ name, value }) => [name, value])),
  )
  stop()
  expect(readings.get('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20)
  expect(readings.get('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(readings.get('process_start_time_seconds')).toBeGreaterThan(1.6e9)
  expect(readings.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(2 ** 20)
  expect(readings.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
  expect(readings.has('nodejs_gc_duration_seconds_count')).toBe(true)
})

test('queries are timed by language, those that fail too', async () => {
  const registry = createRegistry()
  const timed = measureQueries(registry)
  const engine = timed.logql({
    logs: async () => {
      throw new Error('no')
    },
    metric: async () => ({}) as never,
  } as unknown as Parameters<typeof timed.logql>[0])
  await expect(engine.logs({} as never)).rejects.toThrow('no')
  await engine.metric({} as never)
  expect(registry.text()).toContain('girok_query_duration_seconds_count{language="logql"} 2\n')
  expect(registry.text()).toContain('girok_query_duration_seconds_count{language="promql"} 0\n')
})

test.for([
  ['/loki/api/v1/push', 'loki', 'ingest'],
  ['/loki/api/v1/query_range', undefined, 'query'],
  ['/api/v1/query', undefined, 'query'],
  ['/prometheus/api/v1/query_range', undefined, 'query'],
  ['/loki/api/v1/labels', undefined, 'catalogue'],
  ['/api/v1/label/:name/values', undefined, 'catalogue'],
  ['/girok/v1/dashboards/:id', undefined, 'dashboards'],
  ['/girok/v1/sources', undefined, 'girok'],
  ['/metrics', undefined, 'health'],
  ['/healthz', undefined, 'health'],
  [undefined, undefined, 'web'],
] as const)('requests of %s are of the class %s %s', ([route, receiver, name]) => {
  expect(routeClass(route, receiver)).toBe(name)
})
