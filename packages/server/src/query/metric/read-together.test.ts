import { afterAll, beforeAll, expect, test } from 'vitest'
import { createQueryEngine } from '../create-engine.ts'
import type { QueryEngine } from '../engine.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../testing/embedded-store.ts'
import { generateMetricQuery } from '../testing/generate-queries.ts'
import { generateRecords } from '../testing/generate-records.ts'
import { type Random, seededRandom } from '../testing/random.ts'

/** GIROK_TEST_SEED repeats a run that failed. */
const SEED = Number(process.env.GIROK_TEST_SEED ?? Date.now() % 1_000_000)
const SECOND = 1_000_000_000n
const START = 1_700_006_400n * SECOND - 400n * SECOND
const SPAN_SECONDS = 900

let store: EmbeddedStore
let engine: QueryEngine
let random: Random
const statements: string[] = []

beforeAll(async () => {
  console.log(`seed ${SEED}`)
  random = seededRandom(SEED)
  store = await openEmbeddedStore()
  await store.put(generateRecords(random, 1200, START, SPAN_SECONDS))
  const driver: typeof store.driver = {
    ...store.driver,
    query(text, format, options) {
      statements.push(text)
      return store.driver.query(text, format, options)
    },
  }
  engine = createQueryEngine({ store: { ...store, driver }, limits: { maxSeries: 0 } })
})
afterAll(() => store.close())

async function ask(query: string, timeNs: bigint, readings?: Awaited<ReturnType<QueryEngine['metricReadings']>>) {
  const times = { startNs: timeNs, endNs: timeNs, stepNs: SECOND }
  return engine.metric({ tenant: 'default', query, ...times, readings }).then(
    ({ value }) => value,
    (error: unknown) => String(error),
  )
}

test('queries answer alike whether their lines were counted together or for each', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 12; round++) {
    const timeNs = START + BigInt(random.below(SPAN_SECONDS)) * SECOND
    const queries = Array.from({ length: 12 }, () => generateMetricQuery(random))
    const readings = await engine.metricReadings({
      tenant: 'default',
      queries: queries.map((query) => ({ query, timeNs })),
    })
    for (const query of queries) {
      expect(await ask(query, timeNs, readings), `${query} at ${timeNs}, seed ${SEED}`).toEqual(
        await ask(query, timeNs),
      )
    }
  }
})

test('what is counted of different streams, lines and times takes two statements', async () => {
  const timeNs = START + 600n * SECOND
  const queries = [
    'sum by (app) (count_over_time({app="api"} |= "error" [5m]))',
    'sum(rate({app="api"} |= "error" [1m])) / sum(rate({app="api"}[5m]))',
    'sum(count_over_time({app=~".+"} != "error" [5m])) > 1',
    'sum by (app) (rate({app!="api"} |~ "(?i)ERROR|warn" [2m]))',
    'sum(bytes_over_time({app=~".+"} |= "a" [5m]))',
    'absent_over_time({app="api"}[10m])',
    'absent_over_time({app="api"} |= "nowhere" [10m])',
    'sum by (app) (count_over_time({app=~".+"}[10m]))',
  ]
  statements.length = 0
  const readings = await engine.metricReadings({
    tenant: 'default',
    queries: queries.map((query) => ({ query, timeNs })),
  })
  expect(statements).toHaveLength(2)
  const together = await Promise.all(queries.map((query) => ask(query, timeNs, readings)))
  expect(statements).toHaveLength(2)
  const alone = await Promise.all(queries.map((query) => ask(query, timeNs)))
  expect(together).toEqual(alone)
  expect(
    alone.some((answer) => typeof answer === 'object' && answer.kind === 'vector' && answer.series.length > 0),
  ).toBe(true)
})

test('a query that cannot be read hinders no other, and is told when it is asked', async () => {
  const timeNs = START + 600n * SECOND
  const queries = ['sum(count_over_time({app="api"}[5m]', 'sum(count_over_time({app="api"}[5m]))', '{app="api"}']
  const readings = await engine.metricReadings({
    tenant: 'default',
    queries: queries.map((query) => ({ query, timeNs })),
  })
  expect(await ask(queries[0] as string, timeNs, readings)).toContain('syntax error')
  expect(await ask(queries[1] as string, timeNs, readings)).toEqual(await ask(queries[1] as string, timeNs))
})
