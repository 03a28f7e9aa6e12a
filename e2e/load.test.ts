import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, lines, push, QUIET, startServer, type TestServer, UNLIMITED } from './server.ts'

/**
 * What is asked while four long queries run. Another program on the machine costs these figures more than the queries do,
 * so each may be missed by as much as the same request took longer than usual without the queries.
 */
const PUSH_P99_MS = 200
const NEWEST_P90_MS = 100
const GONE_MS = 1000
/** What a push takes on an idle machine of two cores, and the newest lines, at the 99th percentile. */
const USUAL_MS = 30

let server: TestServer
const now = Date.now()
/** A capture that every line must be searched for, evaluated by rows. */
const SLOW = 'sum by (x) (count_over_time({app="big"} | regexp "(?P<x>[a-f]+[0-9]+[a-f]+)" [7d]))'

beforeAll(async () => {
  server = await startServer({ args: [...QUIET, ...UNLIMITED, '--set', 'query.maxSeries=1000000'] })
  let seed = 1
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed
  }
  for (let batch = 0; batch < 60; batch++) {
    const batchLines = Array.from({ length: 10_000 }, (_, i) => {
      const text = Array.from({ length: 24 }, () => random().toString(16)).join(' ')
      return [now - 3_600_000 + batch * 60_000 + i, text] as const
    })
    expect(await push(server, { app: 'big' }, batchLines)).toBe(204)
  }
}, 240_000)
afterAll(() => server.dispose())

const slow = (signal: AbortSignal) => {
  const params = new URLSearchParams({
    query: SLOW,
    start: `${now - 3_600_000}000000`,
    end: `${now}000000`,
    step: '60',
    pushdown: 'off',
  })
  return server.fetch(`/loki/api/v1/query_range?${params}`, { signal }).then(
    (response) => response.text(),
    () => 'aborted',
  )
}
const runningQueries = async () =>
  ((await (await server.fetch('/girok/v1/queries')).json()) as { queries: { query: string }[] }).queries.filter(
    ({ query }) => query === SLOW,
  ).length

/** Pushes a line and reads the newest hundred, for some time; milliseconds of each, sorted. */
async function measure(forMs: number): Promise<{ push: number[]; newest: number[] }> {
  const taken = { push: [] as number[], newest: [] as number[] }
  const end = performance.now() + forMs
  while (performance.now() < end) {
    const line = `line ${performance.now()}`
    const a = performance.now()
    expect(await push(server, { app: 'small' }, [[Date.now(), line]])).toBe(204)
    const b = performance.now()
    const newest = await lines(server, '{app="small"}', { limit: '100' })
    taken.push.push(b - a)
    taken.newest.push(performance.now() - b)
    expect(newest).toContain(line)
    await new Promise((done) => setTimeout(done, 50))
  }
  for (const times of Object.values(taken)) times.sort((x, y) => x - y)
  return taken
}
const quantile = (sorted: readonly number[], q: number) => sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN
const shown = (sorted: readonly number[]) =>
  `p50 ${quantile(sorted, 0.5).toFixed(0)} p90 ${quantile(sorted, 0.9).toFixed(0)} p99 ${quantile(sorted, 0.99).toFixed(0)} ms`

test('while four long queries run, pushes and the newest lines are not kept waiting; closed clients end their queries', {
  timeout: 120_000,
  retry: 2,
}, async () => {
  const before = await measure(2_000)
  const clients = Array.from({ length: 4 }, () => new AbortController())
  const answers = clients.map((client) => slow(client.signal))
  await eventually(async () => (await runningQueries()) === 4)
  const loaded = await measure(8_000)
  const stillRunning = await runningQueries()
  const gone = performance.now()
  for (const client of clients) client.abort()
  await eventually(async () => (await runningQueries()) === 0, 10 * GONE_MS)
  const goneMs = performance.now() - gone
  await Promise.all(answers)
  const after = await measure(2_000)
  const idle = {
    push: [...before.push, ...after.push].sort((x, y) => x - y),
    newest: [...before.newest, ...after.newest].sort((x, y) => x - y),
  }
  console.log(
    `idle: push ${shown(idle.push)}, newest 100 ${shown(idle.newest)}; ` +
      `with 4 long queries (${loaded.push.length} tries): push ${shown(loaded.push)}, newest 100 ${shown(loaded.newest)}; ` +
      `queries gone ${goneMs.toFixed(0)} ms after their clients`,
  )
  const allowed = (goal: number, idleTimes: readonly number[]) =>
    goal * Math.max(1, quantile(idleTimes, 0.99) / USUAL_MS)
  expect(stillRunning).toBe(4)
  expect(quantile(loaded.push, 0.99)).toBeLessThan(allowed(PUSH_P99_MS, idle.push))
  expect(quantile(loaded.newest, 0.9)).toBeLessThan(allowed(NEWEST_P90_MS, idle.newest))
  expect(goneMs).toBeLessThan(allowed(GONE_MS, idle.newest))
})

test('a query that the engine evaluates is gone from it when its client is gone', async () => {
  const client = new AbortController()
  // Nothing can be cut short here: every line is read and none is found.
  const query = `{app="big"} |~ "(a.*){12}(b.*){12}x"`
  const params = new URLSearchParams({ query, start: `${now - 3_600_000}000000`, end: `${now}000000`, limit: '10' })
  const answer = server.fetch(`/loki/api/v1/query_range?${params}`, { signal: client.signal }).then(
    () => 'answered',
    () => 'aborted',
  )
  const running = async () => {
    const { queries } = (await (await server.fetch('/girok/v1/queries')).json()) as { queries: { query: string }[] }
    return queries.some((one) => one.query === query)
  }
  await eventually(running)
  client.abort()
  expect(await answer).toBe('aborted')
  const gone = performance.now()
  await eventually(async () => !(await running()), 10 * GONE_MS)
  console.log(`a query in the engine is gone ${(performance.now() - gone).toFixed(0)} ms after its client`)
  expect(performance.now() - gone).toBeLessThan(2 * GONE_MS)
}, 60_000)
