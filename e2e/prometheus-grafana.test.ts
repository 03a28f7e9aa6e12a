/**
 * The calls that Grafana's Prometheus data source makes: to test itself, to fill its editor (POST first, GET after a 400 or
 * 405), to draw a panel, to show exemplars, rules and a variable's values. Only what its front end reads is asserted.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { remoteWrite } from './prometheus.ts'
import { QUIET, startServer, type TestServer } from './server.ts'

const QUIETER = [...QUIET, '--set', 'telemetry.ownMetrics=false']
let server: TestServer
const endMs = Math.floor(Date.now() / 15_000) * 15_000
const startMs = endMs - 3_600_000
const range = { start: String(startMs / 1000), end: String(endMs / 1000) }

beforeAll(async () => {
  server = await startServer({ args: QUIETER })
  const times = Array.from({ length: 241 }, (_, i) => startMs + i * 15_000)
  const series = ['200', '500'].map((code) => ({
    labels: [
      ['__name__', 'http_requests_total'],
      ['code', code],
      ['job', 'shop'],
    ] as const,
    samples: times.map((time, i) => [time, i * 3] as const),
    exemplars: [{ labels: [['trace_id', `t${code}`]] as const, sample: [endMs - 60_000, 0.25] as const }],
  }))
  const metadata = [{ metric: 'http_requests_total', type: 1, help: 'Requests.', unit: '' }]
  await remoteWrite(server.url, encodeSnappyBlock(encodeWriteV1(series, metadata)))
}, 60_000)
afterAll(() => server.dispose())

interface Result {
  readonly metric: Record<string, string>
  readonly value: readonly [number, string]
  readonly values: readonly (readonly [number, string])[]
}

async function call(
  method: 'GET' | 'POST',
  path: string,
  params: readonly (readonly [string, string])[] | Record<string, string>,
) {
  const search = new URLSearchParams(params as Record<string, string>)
  const response =
    method === 'GET'
      ? await server.fetch(`/api/v1/${path}?${search}`)
      : await server.fetch(`/api/v1/${path}`, {
          method,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: search.toString(),
        })
  const body = await response.json()
  return { status: response.status, body, data: body.data, result: body.data?.result as Result[] }
}

test('the health check: 1+1 at the time 4, then the build', async () => {
  const { status, data } = await call('POST', 'query', { query: '1+1', time: '4' })
  expect([status, data]).toEqual([200, { resultType: 'scalar', result: [4, '2'] }])
  const build = (await call('GET', 'status/buildinfo', {})).data
  expect(build.version).toMatch(/^3\.\d+\.\d+$/)
  // With features it would be taken for Mimir.
  expect(build.features).toBeUndefined()
})

test('a panel', async () => {
  const query = 'sum by (code) (rate(http_requests_total{job="shop"}[1m]))'
  const { status, body, result } = await call('POST', 'query_range', { query, ...range, step: '15' })
  expect([status, body.status, body.data.resultType]).toEqual([200, 'success', 'matrix'])
  expect(result.map(({ metric }) => metric)).toEqual([{ code: '200' }, { code: '500' }])
  const [first, ...points] = result[0]?.values ?? []
  expect(first?.[0]).toBe(startMs / 1000 + 15)
  expect(points).toHaveLength(239)
  expect(points.at(-1)?.[0]).toBe(endMs / 1000)
  expect(Number(points.at(-1)?.[1])).toBeCloseTo(0.2, 12)
  const table = await call('POST', 'query', { query: 'http_requests_total', time: range.end })
  expect(table.result.map(({ value }) => value)).toEqual([
    [endMs / 1000, '720'],
    [endMs / 1000, '720'],
  ])
})

test('the editor: labels, values, series and metrics of a range', async () => {
  const names = ['__name__', 'code', 'job']
  expect((await call('POST', 'labels', range)).data).toEqual(names)
  expect(
    (await call('GET', 'labels', [...Object.entries(range), ['match[]', '{code="500"}'], ['limit', '40000']])).data,
  ).toEqual(names)
  expect((await call('GET', 'label/__name__/values', range)).data).toEqual(['http_requests_total'])
  const limited = await call('GET', 'label/code/values', { ...range, limit: '1', 'match[]': 'http_requests_total' })
  expect([limited.data, limited.body.warnings]).toEqual([['200'], ['results truncated due to limit']])
  expect((await call('GET', 'label/U__code/values', range)).data).toEqual(['200', '500'])
  const series = await call('POST', 'series', [
    ...Object.entries(range),
    ['match[]', '{__name__="http_requests_total",code="200"}'],
  ])
  expect(series.data).toEqual([{ __name__: 'http_requests_total', code: '200', job: 'shop' }])
  // Values by POST are refused, and asked for again by GET.
  expect((await server.fetch('/api/v1/label/code/values', { method: 'POST' })).status).toBe(405)
})

test('types and texts of metrics', async () => {
  const described = { http_requests_total: [{ type: 'counter', help: 'Requests.', unit: '' }] }
  expect((await call('GET', 'metadata', {})).data).toEqual(described)
  expect((await call('GET', 'metadata', { metric: 'http_requests_total', limit: '1' })).data).toEqual(described)
  expect((await call('GET', 'metadata', { metric: 'other' })).data).toEqual({})
})

test('exemplars', async () => {
  const query = 'histogram_quantile(0.9, sum by (code) (rate(http_requests_total{code="500"}[5m])))'
  const { data } = await call('POST', 'query_exemplars', { query, ...range })
  expect(data).toEqual([
    {
      seriesLabels: { __name__: 'http_requests_total', code: '500', job: 'shop' },
      exemplars: [{ labels: { trace_id: 't500' }, value: '0.25', timestamp: (endMs - 60_000) / 1000 }],
    },
  ])
})

test('rules and alerts', async () => {
  expect((await call('GET', 'rules', {})).body).toMatchObject({ status: 'success', data: { groups: [] } })
  expect((await call('GET', 'alerts', {})).data).toEqual({ alerts: [] })
})

test('the builder: a query as a tree, and laid out', async () => {
  expect((await call('GET', 'parse_query', { query: 'foo/bar' })).data).toMatchObject({
    type: 'binaryExpr',
    op: '/',
    bool: false,
    matching: { card: 'one-to-one', labels: [], on: false, include: [] },
    lhs: { type: 'vectorSelector', name: 'foo', offset: 0, timestamp: null, startOrEnd: null },
    rhs: { matchers: [{ name: '__name__', type: '=', value: 'bar' }] },
  })
  expect((await call('POST', 'format_query', { query: 'sum(up)by(a)' })).data).toBe('sum by (a) (up)')
})

test('faults are told as Prometheus tells them', async () => {
  const { status, body } = await call('POST', 'query_range', { query: 'rate(up)', ...range, step: '15' })
  expect([status, body.status, body.errorType]).toEqual([400, 'error', 'bad_data'])
  expect(body.error).toBe(
    'invalid parameter "query": 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
  )
})
