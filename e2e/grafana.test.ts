/**
 * The calls that Grafana's Loki data source makes: to test itself, to list labels, to run a query, to draw the volume
 * histogram, to look up context. Only what its front end reads of the answers is asserted.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { push, QUIET, type StreamResult, startServer, type TestServer, UNLIMITED } from './server.ts'

/** What Grafana reads of Loki's answers. */
interface Answer {
  readonly status: string
  readonly version: string
  readonly bytes: number
  readonly data: {
    readonly resultType: string
    readonly encodingFlags?: readonly string[]
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly stream: Readonly<Record<string, string>>
      readonly values: StreamResult['values']
    }[]
    readonly stats: { readonly summary: unknown }
  }
}

let server: TestServer
const now = Date.now()
const minute = 60_000
const ns = (ms: number) => `${ms}000000`
const range = { start: ns(now - 60 * minute), end: ns(now + 1_000) }

beforeAll(async () => {
  server = await startServer({ args: [...QUIET, ...UNLIMITED] })
  const line = (i: number) => JSON.stringify({ level: i % 5 === 0 ? 'error' : 'info', message: `m${i}`, ms: i })
  await push(
    server,
    { app: 'shop', env: 'prod' },
    Array.from({ length: 50 }, (_, i) => [now - (50 - i) * minute, line(i)] as const),
  )
  await push(server, { app: 'bank', env: 'prod' }, [[now - 5 * minute, 'level=warn msg="low funds"']])
})
afterAll(() => server.dispose())

async function get(path: string, params: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await server.fetch(`/loki/api/v1/${path}?${new URLSearchParams(params)}`, { headers })
  return { status: response.status, body: (await response.json()) as Answer }
}

test('the health check asks for a time in the year 2096 and wants one sample of 2', async () => {
  const { status, body } = await get('query', { query: 'vector(1)+vector(1)', time: '4000000000' })
  expect(status).toBe(200)
  expect(body.data).toMatchObject({ resultType: 'vector', result: [{ metric: {}, value: [4_000_000_000, '2'] }] })
})

test('the version is found', async () => {
  const { body } = await get('status/buildinfo', {})
  expect(body.version).toMatch(/^\d+\.\d+\.\d+/)
})

test('labels and values, also restricted by a selector', async () => {
  expect((await get('labels', range)).body).toEqual({ status: 'success', data: ['app', 'env', 'service_name'] })
  expect((await get('label/app/values', range)).body.data).toEqual(['bank', 'shop'])
  expect((await get('label/app/values', { ...range, query: '{service_name="bank"}' })).body.data).toEqual(['bank'])
  expect((await get('label/none/values', range)).body).toEqual({ status: 'success' })
})

test('series, with match[] as the label browser sends it', async () => {
  const { body } = await get('series', { ...range, 'match[]': '{env="prod",app=~"s.*"}' })
  expect(body.data).toEqual([{ app: 'shop', env: 'prod', service_name: 'shop' }])
})

test('index statistics before a query runs', async () => {
  const { body } = await get('index/stats', { ...range, query: '{app="shop"}' })
  expect(body).toMatchObject({ streams: 1, entries: 50 })
  expect(body.bytes).toBeGreaterThan(1_000)
})

test('a log query with categorized labels', async () => {
  const { body } = await get(
    'query_range',
    { ...range, query: '{app="shop"} | json | ms >= 48', limit: '1000', direction: 'backward', step: '2000ms' },
    { 'x-loki-response-encoding-flags': 'categorize-labels', 'x-query-tags': 'Source=explore' },
  )
  expect(body.data.encodingFlags).toEqual(['categorize-labels'])
  const [stream, ...others] = body.data.result as readonly StreamResult[]
  expect(others).toEqual([])
  expect(stream?.stream).toEqual({ app: 'shop', env: 'prod', service_name: 'shop' })
  expect(stream?.values.map(([time]) => time)).toEqual([ns(now - minute), ns(now - 2 * minute)])
  expect(stream?.values[0]?.[2]).toEqual({
    structuredMetadata: { detected_level: 'info' },
    parsed: { level: 'info', message: 'm49', ms: '49' },
  })
  expect(body.data.stats.summary).toMatchObject({ totalEntriesReturned: 2 })
})

test('the same query without the flag merges all labels into the stream', async () => {
  const { body } = await get('query_range', { ...range, query: '{app="bank"} | logfmt' })
  expect(body.data.result).toEqual([
    {
      stream: {
        app: 'bank',
        detected_level: 'warn',
        env: 'prod',
        level: 'warn',
        msg: 'low funds',
        service_name: 'bank',
      },
      values: [[ns(now - 5 * minute), 'level=warn msg="low funds"']],
    },
  ])
})

test('the volume histogram', async () => {
  const query = 'sum by (level, detected_level) (count_over_time({app="shop"} | drop __error__[1m]))'
  const { body } = await get(
    'query_range',
    { ...range, query, step: '60000ms' },
    { 'x-query-tags': 'Source=logvolhist' },
  )
  const totals = Object.fromEntries(
    body.data.result.map((series) => [
      series.metric.detected_level,
      series.values.reduce((sum, [, value]) => sum + Number(value), 0),
    ]),
  )
  expect(totals).toEqual({ error: 10, info: 40 })
})

test('the volume of labels', async () => {
  const { body } = await get('index/volume', { ...range, query: '{env="prod"}', targetLabels: 'app', limit: '10' })
  expect(body.data.result.map((one) => one.metric)).toEqual([{ app: 'shop' }, { app: 'bank' }])
})

test('context: two queries in opposite directions from one line', async () => {
  const at = now - 25 * minute
  const before = await get('query_range', {
    query: '{app="shop"}',
    start: ns(at - 120 * minute),
    end: ns(at),
    limit: '2',
    direction: 'backward',
  })
  const after = await get('query_range', {
    query: '{app="shop"}',
    start: ns(at),
    end: ns(now),
    limit: '3',
    direction: 'forward',
  })
  const times = ({ body }: { body: Answer }) =>
    body.data.result.flatMap((s: StreamResult) => s.values.map(([t]) => t)).sort()
  expect(times(before)).toEqual([ns(at - 2 * minute), ns(at - minute)])
  expect(times(after)).toEqual([ns(at), ns(at + minute), ns(at + 2 * minute)])
})

test('queries may be posted as a form', async () => {
  const response = await server.fetch('/loki/api/v1/query_range', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query: 'count_over_time({app="bank"}[1h])', ...range, step: '3600' }).toString(),
  })
  const body = (await response.json()) as Answer
  expect(body.data.resultType).toBe('matrix')
})

test('an instant log query is refused with words that Grafana shows', async () => {
  const response = await server.fetch(`/loki/api/v1/query?query=${encodeURIComponent('{app="shop"}')}`)
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toContain('text/plain')
  expect(await response.text()).toContain('log queries are not supported as an instant query type')
})
