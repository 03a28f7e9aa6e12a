import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeSnappyBlock } from '../../ingest/decode/snappy.ts'
import { bytesField, numberField } from '../../ingest/write-protobuf.ts'
import { GirokError } from '../../model/errors.ts'
import { labelSet } from '../../model/labels.ts'
import { createPromEngine } from '../../query/promql/create-prom-engine.ts'
import { sampleBatch, type TestSample } from '../../query/promql/testing/generate-samples.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../query/testing/embedded-store.ts'
import { errorBody, prometheusError } from '../prometheus/errors.ts'
import { encodeSnappy } from '../prometheus/snappy.ts'
import type { ApiContext, ApiRequest, Route } from '../route.ts'
import { prometheusAdmin } from './prometheus-admin.ts'
import { prometheusCatalog } from './prometheus-catalog.ts'
import { prometheusFederate } from './prometheus-federate.ts'
import { prometheusQuery } from './prometheus-query.ts'
import { prometheusRead } from './prometheus-read.ts'
import { prometheusStatus } from './prometheus-status.ts'
import { prometheusSyntax } from './prometheus-syntax.ts'
import { promqlExplain } from './promql-explain.ts'

const T0 = Date.UTC(2026, 5, 1)
const MINUTE = 60_000
const NOW = T0 + 10 * MINUTE
const at = (minutes: number) => String((T0 + minutes * MINUTE) / 1000)

let store: EmbeddedStore
let routes: readonly Route[]
beforeAll(async () => {
  store = await openEmbeddedStore()
  const samples: TestSample[] = []
  for (let i = 0; i <= 10; i++) {
    samples.push([{ __name__: 'up', job: 'api' }, T0 + i * MINUTE, i])
    samples.push([{ __name__: 'up', job: 'db', 'k.v': 'x' }, T0 + i * MINUTE, i === 10 ? 'stale' : 1])
  }
  await store.samples.write(sampleBatch('default', samples))
  await store.samples.write({
    ...sampleBatch('default', [[{ __name__: 'latency', job: 'api' }, NOW, 1e-7]]),
    exemplars: [{ series: 0, timeMs: NOW, value: 0.5, labels: labelSet([['trace_id', 'abc']]) }],
    metadata: [{ metric: 'latency', type: 'gauge', help: 'How long.', unit: 'seconds' }],
  })
  const context = { store, prom: createPromEngine({ store }), now: () => NOW, startedMs: T0, version: '1.2.3' }
  const families = [prometheusQuery, prometheusCatalog, prometheusFederate, prometheusRead, prometheusSyntax]
  routes = [...families, promqlExplain, prometheusStatus, prometheusAdmin].flatMap((family) =>
    family(context as unknown as ApiContext),
  )
})
afterAll(() => store.close())

/** Calls a route as the server does; the body as text. */
async function call(path: string, { method = 'GET', tenant = 'default', body = Buffer.alloc(0) as Buffer } = {}) {
  const { pathname, searchParams } = new URL(path, 'http://x')
  const parts = pathname.split('/')
  const names: Record<string, string> = {}
  const route = routes.find(({ path, methods }) => {
    const pattern = path.split('/')
    return (
      methods.includes(method as 'GET') &&
      pattern.length === parts.length &&
      pattern.every((part, i) => part === parts[i] || part.startsWith(':'))
    )
  })
  if (route === undefined) throw new Error(`no route ${method} ${path}`)
  for (const [i, part] of route.path.split('/').entries()) {
    if (part.startsWith(':')) names[part.slice(1)] = decodeURIComponent(parts[i] as string)
  }
  const signal = new AbortController().signal
  const request = { tenant, params: searchParams, path: names, headers: {}, scopes: [], body, signal } as ApiRequest
  try {
    const response = await route.handle(request)
    const pieces: Buffer[] = []
    if (typeof response.body === 'string' || Buffer.isBuffer(response.body)) pieces.push(Buffer.from(response.body))
    else for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece))
    return { status: response.status, bytes: Buffer.concat(pieces) }
  } catch (error) {
    if (!(error instanceof GirokError)) throw error
    const { status, type } = prometheusError(error.code)
    return { status, bytes: Buffer.from(errorBody(type, error.message)) }
  }
}

async function json(path: string, options?: Parameters<typeof call>[1]) {
  const { status, bytes } = await call(path, options)
  return { status, body: JSON.parse(bytes.toString()) }
}

describe('queries', () => {
  test('instant, of all types', async () => {
    const of = async (query: string) =>
      (await json(`/api/v1/query?${new URLSearchParams({ query, time: at(9.5) })}`)).body.data
    const time = T0 / 1000 + 570
    expect(await of('1 + 1')).toEqual({ resultType: 'scalar', result: [time, '2'] })
    expect(await of('"a"')).toEqual({ resultType: 'string', result: [time, 'a'] })
    expect(await of('up{job="api"}')).toEqual({
      resultType: 'vector',
      result: [{ metric: { __name__: 'up', job: 'api' }, value: [time, '9'] }],
    })
    expect((await of('up{job="api"}[2m]')).result[0].values).toEqual([
      [T0 / 1000 + 480, '8'],
      [T0 / 1000 + 540, '9'],
    ])
    expect(await of('nothing')).toEqual({ resultType: 'vector', result: [] })
  })

  test('over a range, below either address', async () => {
    const params = new URLSearchParams({ query: 'up', start: at(8), end: at(10), step: '1m', stats: 'all' })
    for (const base of ['/api/v1', '/prometheus/api/v1']) {
      const { status, body } = await json(`${base}/query_range?${params}`, { method: 'POST' })
      expect([status, body.status, body.data.resultType]).toEqual([200, 'success', 'matrix'])
      const rows = body.data.result.map(
        ({ metric, values }: { metric: { job: string }; values: [number, string][] }) => [
          metric.job,
          values.map(([, value]) => value),
        ],
      )
      expect(rows).toEqual([
        ['api', ['8', '9', '10']],
        ['db', ['1', '1']],
      ])
      expect(body.data.stats.samples.peakSamples).toBeGreaterThan(0)
    }
  })

  test('a limit cuts off, and says so', async () => {
    const { body } = await json(`/api/v1/query?query=up&time=${at(9)}&limit=1`)
    expect([body.data.result.length, body.warnings]).toEqual([1, ['results truncated due to limit']])
  })

  test.each([
    ['query?query=', 400, 'bad_data', /^invalid parameter "query": .*no expression found in input$/],
    [
      'query?query=rate(up)',
      400,
      'bad_data',
      /^invalid parameter "query": 1:6: parse error: expected type range vector/,
    ],
    ['query?query=up&timeout=x', 400, 'bad_data', /^invalid parameter "timeout"/],
    [`query?query=up%2Bon()up&time=${at(5)}`, 422, 'execution', /many-to-many|duplicate series/],
    [
      'query_range?query=up&start=1&end=2',
      400,
      'bad_data',
      /^invalid parameter "step": cannot parse "" to a valid duration$/,
    ],
    [
      'query_range?query=up[5m]&start=1&end=2&step=1',
      400,
      'bad_data',
      /^invalid expression type "range vector" for range query/,
    ],
    ['query_range?query=up&start=1&end=20000&step=1', 400, 'bad_data', /^exceeded maximum resolution of 11,000 points/],
  ])('%s is refused', async (path, status, errorType, error) => {
    expect(await json(`/api/v1/${path}`)).toEqual({
      status,
      body: { status: 'error', errorType, error: expect.stringMatching(error) },
    })
  })
})

test('series, labels and values', async () => {
  const { body } = await json('/api/v1/series?match[]=up&match[]={job="db"}')
  expect(body.data).toEqual([
    { __name__: 'up', job: 'api' },
    { __name__: 'up', job: 'db', 'k.v': 'x' },
  ])
  expect((await json('/api/v1/series')).body.error).toBe('no match[] parameter provided')
  expect((await json('/api/v1/series?match[]={}')).body.error).toBe(
    'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
  )
  expect((await json('/api/v1/labels')).body.data).toEqual(['__name__', 'job', 'k.v'])
  expect((await json('/api/v1/labels?match[]=latency')).body.data).toEqual(['__name__', 'job'])
  expect((await json('/api/v1/label/__name__/values')).body.data).toEqual(['latency', 'up'])
  expect((await json('/api/v1/label/U__k_2e_v/values')).body.data).toEqual(['x'])
  expect((await json('/api/v1/label/k.v/values?limit=1')).body).toEqual({ status: 'success', data: ['x'] })
  expect((await json('/api/v1/label/job/values?limit=1')).body).toEqual({
    status: 'success',
    data: ['api'],
    warnings: ['results truncated due to limit'],
  })
  expect((await json('/api/v1/label/job/values', { tenant: 'other' })).body.data).toEqual([])
})

test('metadata and exemplars', async () => {
  const told = { latency: [{ type: 'gauge', help: 'How long.', unit: 'seconds' }] }
  expect((await json('/api/v1/metadata')).body.data).toEqual(told)
  expect((await json('/api/v1/metadata?limit=0')).body.data).toEqual({})
  expect((await json('/api/v1/metadata?limit=x')).body.errorType).toBe('bad_data')
  const exemplars = await json(`/api/v1/query_exemplars?query=sum(latency)&start=${at(0)}&end=${at(11)}`)
  expect(exemplars.body.data).toEqual([
    {
      seriesLabels: { __name__: 'latency', job: 'api' },
      exemplars: [{ labels: { trace_id: 'abc' }, value: '0.5', timestamp: NOW / 1000 }],
    },
  ])
})

test('federation gives the newest samples of what has not ended', async () => {
  const { bytes } = await call('/federate?match[]=up&match[]=latency')
  expect(bytes.toString()).toBe(
    `# TYPE latency untyped\nlatency{job="api",instance=""} 1e-07 ${NOW}\n` +
      `# TYPE up untyped\nup{job="api",instance=""} 10 ${NOW}\n`,
  )
  expect((await call('/prometheus/federate')).bytes.toString()).toBe('')
})

test('remote read', async () => {
  const matcher = bytesField(3, Buffer.concat([numberField(1, 2), bytesField(2, 'job'), bytesField(3, 'd.')]))
  const query = Buffer.concat([numberField(1, T0 + 9 * MINUTE), numberField(2, NOW), matcher])
  const { status, bytes } = await call('/api/v1/read', {
    method: 'POST',
    body: await encodeSnappy(bytesField(1, query)),
  })
  expect(status).toBe(200)
  const answer = decodeSnappyBlock(bytes, 0)
  expect(answer.includes('k.v')).toBe(true)
  // The stale marker, bit by bit.
  expect(answer.includes(Buffer.from('09020000000000f07f', 'hex'))).toBe(true)
  expect((await json('/api/v1/read', { method: 'POST', body: Buffer.from('x') })).body.errorType).toBe('bad_data')
})

test('texts and trees', async () => {
  expect((await json('/api/v1/format_query?query=sum(up)by(a)')).body.data).toBe('sum by (a) (up)')
  const query = encodeURIComponent(
    'topk(2, rate(up{a!="b"}[5m] offset 1m @ end())) > bool on (x) group_left (y) -1.5 + z',
  )
  expect((await json(`/api/v1/parse_query?query=${query}`)).body.data).toMatchObject({
    type: 'binaryExpr',
    op: '>',
    bool: true,
    matching: { card: 'many-to-one', on: true, labels: ['x'], include: ['y'] },
    lhs: {
      type: 'aggregation',
      op: 'topk',
      param: { type: 'numberLiteral', val: '2' },
      grouping: [],
      without: false,
      expr: {
        type: 'call',
        func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
        args: [
          {
            type: 'matrixSelector',
            name: 'up',
            range: 300_000,
            offset: 60_000,
            timestamp: null,
            startOrEnd: 'end',
            matchers: [
              { name: 'a', type: '!=', value: 'b' },
              { name: '__name__', type: '=', value: 'up' },
            ],
          },
        ],
      },
    },
    rhs: { op: '+' },
  })
})

test('how a query would be answered', async () => {
  const { body } = await json(`/girok/v1/promql/explain?query=rate(up[5m])&start=${at(0)}&end=${at(9)}&step=60`)
  expect([body.tree.type, body.pushed]).toEqual(['call', expect.any(Array)])
  expect(body.sql[0]).toContain('SELECT')
  expect((await json(`/girok/v1/promql/explain?query=up&time=${at(9)}`)).body.sql).toHaveLength(1)
  expect((await json('/girok/v1/promql/explain?query=up%7B')).body.errorType).toBe('bad_data')
})

test('status', async () => {
  expect((await json('/api/v1/status/buildinfo')).body.data).toMatchObject({ revision: 'girok-1.2.3' })
  expect((await json('/api/v1/status/flags')).body.data).toMatchObject({ 'query.lookback-delta': '5m' })
  expect((await json('/api/v1/status/runtimeinfo')).body.data).toMatchObject({ startTime: '2026-06-01T00:00:00.000Z' })
  const { headStats, seriesCountByMetricName } = (await json('/api/v1/status/tsdb')).body.data
  expect(headStats).toMatchObject({ numSeries: 3, minTime: T0, maxTime: T0 + 60 * MINUTE })
  expect(seriesCountByMetricName[0]).toEqual({ name: 'up', value: 2 })
  expect((await call('/-/ready')).bytes.toString()).toBe('Girok is ready.\n')
})

test('removal', async () => {
  const tenant = 'removal'
  await store.samples.write(
    sampleBatch(
      tenant,
      [0, 1, 2].map((i): TestSample => [{ __name__: 'gone' }, T0 + i * MINUTE, i]),
    ),
  )
  const left = async () => {
    const { body } = await json(`/api/v1/query?query=gone[10m]&time=${at(5)}`, { tenant })
    return body.data.result.flatMap(({ values }: { values: [number, string][] }) => values.map(([, value]) => value))
  }
  const remove = (params: string) => call(`/api/v1/admin/tsdb/delete_series?${params}`, { method: 'POST', tenant })
  expect(await left()).toEqual(['0', '1', '2'])
  expect((await remove(`match[]=gone&start=${at(1)}&end=${at(1)}`)).status).toBe(204)
  expect(await left()).toEqual(['0', '2'])
  expect((await remove('match[]=gone')).status).toBe(204)
  expect(await left()).toEqual([])
  expect((await remove('')).status).toBe(400)
})
