/**
 * Loki's reading API at its edges: what is refused and how, limits that a request sets itself, several tenants at once,
 * points on whole multiples of the step, the first API, and the lists of rules.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { push, QUIET, startServer, type TestServer, UNLIMITED } from './server.ts'

let server: TestServer
const minute = 60_000
/** In the middle of an hour's five minutes, so that no grid of the tests begins on it. */
const now = Math.floor(Date.now() / (5 * minute)) * 5 * minute - 7 * minute
const ns = (ms: number) => `${ms}000000`
const range = { start: ns(now - 30 * minute), end: ns(now + minute) }

beforeAll(async () => {
  const flags = ['--set', 'query.multiTenant=true', '--set', 'query.alignWithStep=true']
  server = await startServer({ args: [...QUIET, ...UNLIMITED, ...flags] })
  const lines = Array.from({ length: 20 }, (_, i) => [now - (20 - i) * minute, `line ${i}`] as const)
  await push(server, { app: 'shop', env: 'prod' }, lines, { 'x-scope-orgid': 'one' })
  await push(server, { app: 'shop', env: 'prod' }, [[now, 'level=info from two']], { 'x-scope-orgid': 'two' })
})
afterAll(() => server.dispose())

async function ask(path: string, params: Record<string, string>, headers: Record<string, string> = {}) {
  const search = new URLSearchParams(params)
  const response = await server.fetch(`${path}?${search}`, { headers: { 'x-scope-orgid': 'one', ...headers } })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

const RANGE = '/loki/api/v1/query_range'
const QUERY = '{app="shop"}'

test.each([
  [RANGE, { query: QUERY, limit: '0' }, 'limit must be a positive value'],
  [RANGE, { query: QUERY, limit: 'many' }, 'limit'],
  [RANGE, { query: QUERY, direction: 'up' }, "invalid direction 'up'"],
  [RANGE, { query: QUERY, step: '0' }, 'zero or negative query resolution step widths are not accepted'],
  [RANGE, { query: QUERY, step: '1.5s' }, 'step'],
  [RANGE, { query: QUERY, step: '0.01' }, 'exceeded maximum resolution of 11,000 points'],
  [RANGE, { query: QUERY, interval: '-1' }, 'interval must be >= 0'],
  [RANGE, { query: QUERY, start: 'yesterday' }, 'start'],
  [RANGE, { query: QUERY, start: range.end, end: range.start }, 'end timestamp must not be before or equal to start'],
  [
    RANGE,
    { query: QUERY, start: '1', end: '4000000' },
    'the query time range exceeds the limit (query length: 1111h6m39s, limit: 30d1h)',
  ],
  [RANGE, { query: '' }, 'query'],
  ['/loki/api/v1/query', { query: QUERY }, 'log queries are not supported as an instant query type'],
  ['/loki/api/v1/labels', { query: `${QUERY} |= "x"` }, 'only label matchers are supported'],
  ['/loki/api/v1/series', { 'match[]': `${QUERY} | json` }, 'only label matchers are supported'],
  ['/loki/api/v1/detected_labels', { query: `${QUERY} | json` }, 'only label matchers are supported'],
  ['/loki/api/v1/index/volume', { query: QUERY, aggregateBy: 'x' }, 'invalid aggregation option'],
  ['/loki/api/v1/index/shards', { query: QUERY }, 'missing targetBytesPerShard'],
  ['/loki/api/v1/detected_fields', { query: QUERY, line_limit: '5001' }, '(5001 > 5000)'],
  ['/api/prom/query', { query: 'rate({app="shop"}[1m])' }, 'legacy endpoints only support streams result type'],
])('%s %o is refused in plain text', async (path, params, reason) => {
  const { status, type, text } = await ask(path, { ...range, ...params })
  expect([status, type]).toEqual([400, 'text/plain; charset=utf-8'])
  expect(text).toContain(reason)
})

test.each([
  [{ maxEntriesLimitPerQuery: 10 }, 'max entries limit per query exceeded'],
  [{ maxQueryLength: '10m' }, 'the query time range exceeds the limit (query length: 31m0s, limit: 10m)'],
  [{ requiredLabels: ['zone'] }, 'missing required matchers [zone], labels present in the query were [app]'],
  [{ minimumLabelsNumber: 2 }, 'number_present: 1, required_number_label_matchers: 2'],
  [{ maxQueryLength: 5 }, 'maxQueryLength cannot be 5'],
])('a request narrows its own limits: %o', async (limits, reason) => {
  const headers = { 'x-loki-query-limits': JSON.stringify(limits) }
  const { status, text } = await ask(RANGE, { ...range, query: QUERY, limit: '100' }, headers)
  expect(status).toBe(400)
  expect(text).toContain(reason)
})

test('a lookback of a request hides what is older', async () => {
  const age = Math.ceil((Date.now() - now) / 1_000) + 90
  const headers = { 'x-loki-query-limits': `{"maxQueryLookback":"${age}s"}` }
  const { text } = await ask(RANGE, { ...range, query: QUERY }, headers)
  expect(JSON.parse(text).data.result.flatMap((one: { values: unknown[] }) => one.values)).toHaveLength(1)
})

test('several tenants are read at once, but not written nor followed', async () => {
  const both = { 'x-scope-orgid': 'two|one' }
  const { text } = await ask(RANGE, { ...range, query: '{app="shop"} |~ "line 19|two"' }, both)
  const streams = JSON.parse(text).data.result.map(
    (one: { stream: Record<string, string> }) => one.stream.__tenant_id__,
  )
  expect(streams).toEqual(['one', 'two'])
  expect(JSON.parse((await ask('/loki/api/v1/label/__tenant_id__/values', range, both)).text).data).toEqual([
    'one',
    'two',
  ])
  expect((await ask(RANGE, { ...range, query: '{app="shop"}' }, { 'x-scope-orgid': 'one|no/such' })).status).toBe(400)
  expect(await push(server, { app: 'x' }, [[now, 'x']], both)).toBe(400)
  expect((await ask('/girok/v1/fields', { ...range, query: '{app="shop"}' }, both)).status).toBe(400)
})

test('points lie on whole multiples of the step where the server is told so', async () => {
  const query = 'count_over_time({app="shop"}[5m])'
  const { text } = await ask(RANGE, { start: ns(now - 11 * minute), end: ns(now - 8 * minute), step: '300', query })
  const times = JSON.parse(text).data.result[0].values.map(([time]: [number]) => time)
  const first = Math.floor((now - 11 * minute) / (5 * minute)) * 300
  expect(times).toEqual([first, first + 300])
})

test('the first API: labels as text, times as RFC 3339', async () => {
  const { text } = await ask('/api/prom/query', { ...range, query: QUERY, regexp: 'line 1[89]', limit: '1' })
  const { streams } = JSON.parse(text)
  expect(streams).toEqual([
    {
      labels: expect.stringContaining('{app="shop", '),
      entries: [{ ts: new Date(now - minute).toISOString().replace('.000', ''), line: 'line 19' }],
    },
  ])
  expect(JSON.parse((await ask('/api/prom/label', range)).text)).toEqual({ values: ['app', 'env', 'service_name'] })
  expect(JSON.parse((await ask('/api/prom/label/app/values', range)).text)).toEqual({ values: ['shop'] })
  expect(JSON.parse((await ask('/api/prom/series', { ...range, match: QUERY })).text).data).toHaveLength(1)
})

test('lists of rules are there and empty', async () => {
  expect((await ask('/loki/api/v1/rules', {})).status).toBe(404)
  expect((await ask('/api/prom/rules/space', {})).text).toContain('no rule groups found')
  expect(await ask('/api/prom/rules/space/group', {})).toMatchObject({ status: 404, text: 'group does not exist\n' })
  expect(JSON.parse((await ask('/prometheus/api/v1/rules', {})).text)).toMatchObject({
    status: 'success',
    data: { groups: [] },
  })
  expect(JSON.parse((await ask('/prometheus/api/v1/alerts', {})).text).data).toEqual({ alerts: [] })
})
