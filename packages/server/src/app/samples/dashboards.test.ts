import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { builtInDashboards } from '../../dashboards/built-in/index.ts'
import { filled, firstValues, queriesOf } from '../../dashboards/built-in/testing/fill.ts'
import type { RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream } from '../../model/labels.ts'
import { batchOfRecords } from '../../model/line-batch.ts'
import type { SampleBatch } from '../../model/sample-batch.ts'
import { createQueryEngine } from '../../query/create-engine.ts'
import type { QueryEngine } from '../../query/engine.ts'
import { createPromEngine } from '../../query/promql/create-prom-engine.ts'
import type { PromEngine } from '../../query/promql/prom-engine.ts'
import { openStore } from '../../store/open.ts'
import type { LogStore } from '../../store/store.ts'
import { ingestCounters } from '../../telemetry/counters.ts'
import { createRegistry } from '../../telemetry/registry.ts'
import { measureRequests } from '../own-metrics-http.ts'
import { measureProcess } from '../own-metrics-process.ts'
import { measureQueries } from '../own-metrics-queries.ts'
import { measureStore } from '../own-metrics-store.ts'
import { createRegistrySamples } from '../registry-samples.ts'
import { hasNoSamples } from './control.ts'
import { createPlayer } from './player.ts'

const TENANT = 'default'
const STEP_MS = 15_000
/** As long as the samples may take until no panel is empty. */
const PLAYED_MS = 120_000

let dataDir: string
let store: LogStore
let logql: QueryEngine
let prom: PromEngine & { close(): Promise<void> }
let endMs: number

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'girok-dashboards-'))
  store = await openStore({ dataDir, minFreeDiskBytes: 0, batch: { maxRows: 20_000, maxBytes: 2 ** 23, maxAgeMs: 0 } })
  logql = createQueryEngine({ store })
  prom = createPromEngine({ store })
  await playSamples()
  await storeOwn()
}, 120_000)

afterAll(async () => {
  await prom?.close()
  await store?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function playSamples(): Promise<void> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  try {
    const faults: unknown[] = []
    const records: RecordBatch[] = []
    const samples: SampleBatch[] = []
    let seed = 11
    const player = createPlayer({
      tenant: TENANT,
      random() {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
        return seed / 2_147_483_648
      },
      // A part of what a server plays, to be done sooner.
      linesPerSecond: 3,
      needsHistory: () => hasNoSamples(store, TENANT, Date.now()),
      submit: async (batch) => void records.push(batch),
      submitSamples: async (batch) => void samples.push(batch),
      onError: (error) => void faults.push(error),
    })
    player.start()
    vi.advanceTimersByTime(PLAYED_MS)
    endMs = Date.now()
    const isPlayed = () => samples.some(({ timeMs, count }) => timeMs.subarray(0, count).includes(endMs))
    while (!isPlayed()) await new Promise((done) => setImmediate(done))
    await player.stop()
    // All at once: a server that plays stores each second by itself.
    await Promise.all([...records.map((batch) => store.write(batch)), ...samples.map(store.samples.write)])
    expect(faults).toEqual([])
    expect(hasNoSamples(store, TENANT, endMs)).toBe(false)
  } finally {
    vi.useRealTimers()
  }
}

/** What a server tells of itself in two minutes. */
async function storeOwn(): Promise<void> {
  const registry = createRegistry()
  const counters = ingestCounters(registry)
  const { refresh } = measureStore(registry, store)
  const endMeasuring = measureProcess(registry)
  const answered = measureRequests(registry)
  const timed = measureQueries(registry)
  registry.gauge('girok_uptime_seconds', 'Uptime.', () => 1)
  await refresh()
  const samples = createRegistrySamples({
    tenant: TENANT,
    receiver: 'girok',
    labels: { job: 'girok', instance: 'x:1' },
  })
  const range = { tenant: TENANT, startMs: endMs - STEP_MS, endMs, stepMs: STEP_MS }
  for (let timeMs = endMs - PLAYED_MS; timeMs <= endMs; timeMs += STEP_MS) {
    counters.received.add({ receiver: 'loki', tenant: TENANT }, 10)
    counters.receivedBytes.add({ receiver: 'loki', tenant: TENANT }, 1000)
    await timed.promql(prom).range({ ...range, query: 'up' })
    answered({ route: '/api/v1/query_range', receiver: undefined, seconds: 0.01 })
    samples.read(registry, timeMs)
  }
  endMeasuring()
  await store.samples.write(samples.finish())
  const stream = makeStream(TENANT, labelSet([['service_name', 'girok']]))
  await store.write(batchOfRecords(TENANT, 'girok', [{ stream, timeMs: endMs - 1000, line: 'ready', level: 3 }]))
}

/** Numbers of an answer, or lines. */
async function answersOf(language: 'promql' | 'logql', query: string, isLogs: boolean): Promise<number> {
  const startMs = endMs - 15 * 60_000
  const [startNs, endNs] = [BigInt(startMs) * 1_000_000n, BigInt(endMs) * 1_000_000n]
  if (language === 'promql') {
    const { value } = await prom.range({ tenant: TENANT, query, startMs, endMs, stepMs: STEP_MS })
    if (value.kind !== 'vector') throw new Error(`the answer is a ${value.kind}`)
    return value.series.filter((series) => series.values.some((number) => Number.isFinite(number))).length
  }
  if (isLogs) {
    const request = { tenant: TENANT, query, startNs, endNs, limit: 10, direction: 'backward' } as const
    return (await logql.logs(request)).entries.length
  }
  const stepNs = BigInt(STEP_MS) * 1_000_000n
  const { value } = await logql.metric({ tenant: TENANT, query, startNs, endNs, stepNs })
  return value.kind === 'scalar' ? 1 : value.series.length
}

describe.for(Object.entries(builtInDashboards))('%s', ([, dashboard]) => {
  test('every query finds something in what a first start has after two minutes', async () => {
    const filling = firstValues(dashboard)
    const kinds = new Map(dashboard.panels.map(({ title, kind }) => [title, kind]))
    const empty: string[] = []
    for (const { panel, query } of queriesOf(dashboard)) {
      const text = filled(query.expr, filling)
      if ((await answersOf(query.language, text, kinds.get(panel) === 'logs')) === 0) empty.push(`${panel}: ${text}`)
    }
    expect(empty).toEqual([])
  }, 60_000)
})
