import { type PromExpr, parsePromQL } from '@girok/query/promql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedStore, openEmbeddedStore } from '../testing/embedded-store.ts'
import { createPromEngine } from './create-prom-engine.ts'
import type { Evaluator } from './evaluation.ts'
import { inlineEvaluator } from './inline-evaluator.ts'
import { sampleBatch, type TestSample } from './testing/generate-samples.ts'

const T0 = Date.UTC(2026, 5, 1)
const STEP = 15_000
const TIME = T0 + 240 * STEP

let store: EmbeddedStore
beforeAll(async () => {
  store = await openEmbeddedStore()
  const samples: TestSample[] = []
  for (let i = 0; i <= 240; i++) {
    for (let n = 0; n < 5; n++) {
      samples.push([{ __name__: 'requests_total', instance: `${n}`, job: 'api' }, T0 + i * STEP, i * n])
      samples.push([{ __name__: 'temperature', instance: `${n}` }, T0 + i * STEP, 20 + n])
    }
  }
  await store.samples.write(sampleBatch('default', samples))
})
afterAll(() => store.close())

const QUERIES = [
  'temperature > 22',
  'rate(requests_total[5m]) > 0.1',
  'sum by (job) (rate(requests_total[5m]))',
  'avg_over_time(temperature[30m])',
  'temperature offset 10m',
  'max_over_time(rate(requests_total[1m])[10m:1m])',
  'absent(nothing)',
  'scalar(temperature{instance="1"}) + 1',
  'temperature * on (instance) group_left () requests_total',
  'label_replace(temperature, "a", "$1", "instance", "(.*)")',
  '1 + 1',
]

const atTime = (...trees: readonly PromExpr[]) => trees.map((query) => ({ query, timeMs: TIME }))

/** An engine whose reads of the store are counted. */
function counted(evaluator: Evaluator = inlineEvaluator) {
  const reads: { startMs: number; endMs: number; ids: number }[] = []
  const samples: typeof store.samples = {
    ...store.samples,
    stream(range) {
      reads.push({ startMs: range.startMs, endMs: range.endMs, ids: range.ids.length })
      return store.samples.stream(range)
    },
  }
  return { reads, engine: createPromEngine({ store: { ...store, samples }, evaluator }) }
}

test('several queries have the answers that each has by itself, out of one read', async () => {
  const { engine, reads } = counted()
  const trees = QUERIES.map((query) => parsePromQL(query))
  const together = await engine.together({ tenant: 'default', queries: atTime(...trees) })
  expect(reads.map(({ ids }) => ids)).toEqual([10])
  reads.length = 0
  for (const query of trees) {
    const { value } = await together.answer(query)
    expect(reads).toEqual([])
    const alone = await engine.instant({ tenant: 'default', query, timeMs: TIME })
    reads.length = 0
    expect(value).toEqual(alone.value)
  }
})

test('queries on grids are read with those of one time, and answered as by themselves', async () => {
  const { engine, reads } = counted()
  const grid = { startMs: TIME - 570_000, endMs: TIME, stepMs: 30_000 }
  const onGrid = QUERIES.map((query) => ({ query: parsePromQL(query), ...grid }))
  const instants = atTime(...QUERIES.map((query) => parsePromQL(query)))
  const together = await engine.together({ tenant: 'default', queries: [...onGrid, ...instants] })
  expect(reads.map(({ ids }) => ids)).toEqual([10])
  for (const one of onGrid) {
    reads.length = 0
    const { value, grid: answered } = await together.answer(one.query)
    expect(reads).toEqual([])
    const alone = await engine.range({ tenant: 'default', ...one })
    expect(answered).toEqual(alone.grid)
    expect(value).toEqual(alone.value)
  }
  for (const one of instants) {
    const alone = await engine.instant({ tenant: 'default', ...one })
    expect((await together.answer(one.query)).value).toEqual(alone.value)
  }
})

test('one that would hold too much is read by itself; one that was not among them is refused', async () => {
  const { engine, reads } = counted()
  const long = parsePromQL('sum(rate(requests_total[52w]))')
  const small = parsePromQL('temperature')
  const together = await engine.together({ tenant: 'default', queries: atTime(long, small) })
  expect(reads).toHaveLength(1)
  await together.answer(long)
  expect(reads.length).toBeGreaterThanOrEqual(2)
  await expect(together.answer(parsePromQL('temperature'))).rejects.toThrow('temperature was not among the queries')
})

test('a fault of one is told to whoever asks for it alone', async () => {
  const { engine } = counted()
  const broken = parsePromQL('temperature * on () requests_total')
  const fine = parsePromQL('count(temperature)')
  const together = await engine.together({ tenant: 'default', queries: atTime(broken, fine) })
  await expect(together.answer(broken)).rejects.toThrow('many-to-many')
  const { value } = await together.answer(fine)
  expect(value).toMatchObject({ kind: 'vector' })
})

test('what a thread evaluates is a copy, because it takes the columns away', async () => {
  const away: Evaluator = {
    ...inlineEvaluator,
    async evaluate(evaluation, signal) {
      const answer = await inlineEvaluator.evaluate(evaluation, signal)
      for (const series of evaluation.data.values()) for (const { values } of series) values.fill(Number.NaN)
      return answer
    },
  }
  const { engine } = counted(away)
  // Many steps of a subquery are much work over few samples.
  const heavy = parsePromQL('sum(max_over_time(temperature[1h:100ms]))')
  const light = parsePromQL('sum(avg_over_time(temperature[1h]))')
  const together = await engine.together({ tenant: 'default', queries: atTime(heavy, light) })
  await together.answer(heavy)
  expect((await together.answer(light)).value).toMatchObject({ series: [{ values: Float64Array.of(110) }] })
})

test('ends with its signal', async () => {
  const { engine } = counted()
  const signal = AbortSignal.abort()
  await expect(
    engine.together({ tenant: 'default', queries: atTime(parsePromQL('temperature')), signal }),
  ).rejects.toMatchObject({ code: 'cancelled' })
})
