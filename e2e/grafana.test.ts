/**
 * The calls that Grafana's Loki data source makes (to test itself, to list labels, to run a query, to draw the volume
 * histogram, to look up context, to follow live), and those of Logs Drilldown. Only what their front ends read of the
 * answers is asserted.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { eventually, push, QUIET, type StreamResult, startServer, type TestServer, UNLIMITED } from './server.ts'

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

test('a query that is too long or too large is refused with the words that Grafana shows', async () => {
  const refused = async (params: Record<string, string>) => {
    const response = await server.fetch(`/loki/api/v1/query_range?${new URLSearchParams({ ...range, ...params })}`)
    expect(response.status).toBe(400)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    return response.text()
  }
  expect(await refused({ query: '{app="shop"}', limit: '6000' })).toContain(
    'max entries limit per query exceeded, limit > max_entries_limit_per_query (6000 > 5000)',
  )
  expect(await refused({ query: 'rate({app="shop"}[1m])', step: '1ms' })).toContain(
    'exceeded maximum resolution of 11,000 points per time series',
  )
  expect(await refused({ query: '{app="shop"} |= ' })).toContain('parse error at line 1, col ')
})

test('statistics that the inspector shows are of this query', async () => {
  const { body } = await get('query_range', { ...range, query: '{app="shop"} |= "m1"', limit: '1000' })
  expect(body.data.stats.summary).toMatchObject({
    totalEntriesReturned: 11,
    totalLinesProcessed: 11,
    totalPostFilterLines: 11,
  })
})

test('live tail: the past in order, then what comes, labels told apart as asked', async () => {
  const query = new URLSearchParams({ query: '{app="tailed"} | json', limit: '10' })
  await push(server, { app: 'tailed' }, [
    [now - 2_000, '{"n":1}'],
    [now - 1_000, '{"n":2}'],
  ])
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/loki/api/v1/tail?${query}`, {
    headers: { 'x-loki-response-encoding-flags': 'categorize-labels' },
  })
  interface Frame {
    readonly streams: readonly StreamResult[]
    readonly encodingFlags: readonly string[]
  }
  const frames: Frame[] = []
  let pings = 0
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  socket.on('ping', () => pings++)
  const values = () => frames.flatMap(({ streams }) => streams.flatMap((stream) => stream.values))
  await eventually(() => values().length === 2)
  await push(server, { app: 'tailed' }, [[now, '{"n":3}']])
  await eventually(() => values().length === 3)
  expect(values().map(([, line]) => line)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}'])
  expect(values()[2]?.[2]).toMatchObject({ parsed: { n: '3' } })
  expect(frames[0]?.encodingFlags).toEqual(['categorize-labels'])
  expect(frames[0]?.streams[0]?.stream).toEqual({ app: 'tailed', service_name: 'tailed' })
  await eventually(() => pings > 0)
  socket.close()
})

test('a tail of a faulty query is refused before the upgrade, one of a metric query after it', async () => {
  const end = (query: string) =>
    new Promise<string>((done) => {
      const params = new URLSearchParams({ query })
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/loki/api/v1/tail?${params}`)
      socket.on('unexpected-response', (_request, response) => done(`HTTP ${response.statusCode}`))
      socket.on('close', (code, reason) => done(`${code} ${reason}`))
      socket.on('error', () => {})
    })
  expect(await end('{app="x"')).toBe('HTTP 400')
  expect(await end('rate({app="x"}[1m])')).toMatch(/^1011 only log queries/)
})

describe('Logs Drilldown', () => {
  const iso = { start: new Date(now - 60 * minute).toISOString(), end: new Date(now + 1_000).toISOString() }
  const fetchJson = async <T>(path: string, params: Record<string, string>) => {
    const response = await server.fetch(`/loki/api/v1/${path}?${new URLSearchParams(params)}`, {
      headers: { 'x-query-tags': 'Source=grafana-lokiexplore-app' },
    })
    expect(response.status).toBe(200)
    return (await response.json()) as T
  }

  test('services by volume, in ISO times', async () => {
    const params = { query: '{service_name=~`.+`}', targetLabels: 'service_name', limit: '5000', ...iso }
    const { data } = await fetchJson<Answer>('index/volume', params)
    expect(data.resultType).toBe('vector')
    expect(data.result.slice(0, 1).map(({ metric }) => metric)).toEqual([{ service_name: 'shop' }])
  })

  test('volume over time', async () => {
    const params = { query: '{app="shop"}', targetLabels: 'app', step: '600', ...iso }
    const { data } = await fetchJson<Answer>('index/volume_range', params)
    expect(data.resultType).toBe('matrix')
    const total = await fetchJson<{ bytes: number }>('index/stats', { query: '{app="shop"}', ...iso })
    const sum = data.result[0]?.values.reduce((bytes, [, value]) => bytes + Number(value), 0)
    expect(sum).toBe(total.bytes)
  })

  test('labels worth browsing by', async () => {
    const params = { query: '{app=~"shop|bank"}', ...iso }
    const { detectedLabels } = await fetchJson<{ detectedLabels: unknown }>('detected_labels', params)
    expect(detectedLabels).toEqual([
      { label: 'app', cardinality: 2 },
      { label: 'env', cardinality: 1 },
      { label: 'service_name', cardinality: 2 },
    ])
  })

  test('fields, with how to parse them, and their values', async () => {
    const query = '{app="shop"} | json | logfmt | drop __error__, __error_details__'
    const { fields, limit } = await fetchJson<{ fields: { label: string }[]; limit: number }>('detected_fields', {
      query,
      line_limit: '1000',
      limit: '1000',
      ...iso,
    })
    expect(limit).toBe(1_000)
    expect(fields).toContainEqual({ label: 'detected_level', type: 'string', cardinality: 2, parsers: null })
    expect(fields).toContainEqual({ label: 'ms', type: 'int', cardinality: 50, parsers: ['json'], jsonPath: ['ms'] })
    const found = await fetchJson('detected_field/level/values', { query: '{app="shop"}', ...iso })
    expect(found).toEqual({ values: ['info', 'error'], limit: 1_000 })
    expect(await fetchJson('detected_field/none/values', { query: '{app="shop"}', ...iso })).toEqual({})
  })

  test('its panels: filters on the level in metadata, parsers that forgive', async () => {
    const query =
      'sum by (level) (count_over_time({app="shop"} | detected_level="error" | json | logfmt ' +
      '| drop __error__, __error_details__ | level!="" [1m]))'
    const { data } = await fetchJson<Answer>('query_range', { query, step: '60s', ...iso })
    const counts = data.result.map(({ metric, values }) => [metric, values.reduce((sum, [, n]) => sum + Number(n), 0)])
    expect(counts).toEqual([[{ level: 'error' }, 10]])
  })

  test('its limits, and those of the tenant as YAML', async () => {
    const limits = await fetchJson<Record<string, unknown>>('drilldown-limits', {})
    expect(limits).toMatchObject({
      limits: { max_entries_limit_per_query: 5000, max_query_series: 500, query_timeout: '1m', volume_enabled: true },
      pattern_ingester_enabled: true,
    })
    const yaml = await (await server.fetch('/config/tenant/v1/limits')).text()
    expect(yaml).toContain('max_query_length: 30d1h')
  })

  test('patterns by steps of ten seconds', async () => {
    const { data } = await fetchJson<{ data: { pattern: string; samples: [number, number][] }[] }>('patterns', {
      query: '{app="bank"}',
      step: '10s',
      ...iso,
    })
    expect(data[0]?.pattern).toEqual(expect.any(String))
    expect(data[0]?.samples.reduce((sum, [, count]) => sum + count, 0)).toBe(1)
  })
})
