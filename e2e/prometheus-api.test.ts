/**
 * Prometheus' API as other programs use it: promtool of Debian, a Prometheus that reads from here (remote read) and one that
 * federates, tokens and tenants, removal of samples.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1, type PlainSeries } from '../packages/server/src/ingest/testing/remote-write.ts'
import { blockBook } from './code-blocks.ts'
import { createWorkshop, type Workshop } from './programs.ts'
import { remoteWrite, startPrometheus, type TestPrometheus } from './prometheus.ts'
import { eventually, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const QUIETER = [...QUIET, '--set', 'telemetry.ownMetrics=false']
const STALE = 0x7ff0000000000002n
const endMs = Math.floor(Date.now() / 15_000) * 15_000
const startMs = endMs - 1_800_000

const labelled = (name: string, labels: Record<string, string>, samples: PlainSeries['samples']): PlainSeries => ({
  labels: Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1)),
  samples,
})

/** Half an hour of three series; one of them has ended. */
const SERIES: readonly PlainSeries[] = ['a', 'b', 'ended'].map((path, n) =>
  labelled(
    'demo_total',
    { job: 'demo', path },
    Array.from({ length: 121 }, (_, i) => {
      const time = startMs + i * 15_000
      if (path !== 'ended' || i < 100) return [time, i * (n + 1)] as const
      return [time, i === 100 ? STALE : Number.NaN] as const
    }).filter(([, value]) => !Number.isNaN(value)),
  ),
)

let server: TestServer
beforeAll(async () => {
  server = await startServer({ args: QUIETER })
  await remoteWrite(server.url, encodeSnappyBlock(encodeWriteV1(SERIES)))
}, 60_000)
afterAll(() => server.dispose())

describe('promtool', () => {
  let workshop: Workshop
  beforeAll(() => {
    workshop = createWorkshop()
  })
  afterAll(() => workshop.dispose())
  const promtool = async (...args: string[]) => (await workshop.run('promtool', args)).stdout
  const seconds = (ms: number) => String(ms / 1000)
  const span = [`--start=${seconds(startMs)}`, `--end=${seconds(endMs)}`]

  test('query instant', async () => {
    const query = 'sum by (path) (demo_total)'
    const told = await promtool('query', 'instant', `--time=${seconds(endMs)}`, server.url, query)
    expect(told.trim().split('\n').sort()).toEqual([
      `{path="a"} => 120 @[${seconds(endMs)}]`,
      `{path="b"} => 240 @[${seconds(endMs)}]`,
    ])
    const json = await promtool('query', 'instant', '-o', 'json', `--time=${seconds(endMs)}`, server.url, 'vector(1)')
    expect(JSON.parse(json)).toEqual([{ metric: {}, value: [endMs / 1000, '1'] }])
  })

  test('query range', async () => {
    const told = await promtool('query', 'range', ...span, '--step=10m', server.url, 'demo_total{path="a"}')
    expect(told.trim().split('\n')).toEqual([
      'demo_total{job="demo", path="a"} =>',
      ...[0, 40, 80, 120].map((value, i) => `${value} @[${seconds(startMs + i * 600_000)}]`),
    ])
  })

  test('query series and labels', async () => {
    const told = await promtool('query', 'series', ...span, '--match=demo_total{path=~"a|b"}', server.url)
    expect(told.trim().split('\n')).toEqual([
      '{__name__="demo_total", job="demo", path="a"}',
      '{__name__="demo_total", job="demo", path="b"}',
    ])
    expect((await promtool('query', 'labels', ...span, server.url, 'path')).trim().split('\n')).toEqual([
      'a',
      'b',
      'ended',
    ])
  })

  test('an error ends it with the text of the server', async () => {
    await expect(promtool('query', 'instant', server.url, 'rate(up)')).rejects.toThrow(
      'parse error: expected type range vector in call to function "rate", got instant vector',
    )
  })
})

describe('another Prometheus', () => {
  const started: TestPrometheus[] = []
  afterAll(async () => {
    for (const one of started) await one.dispose()
  })

  test('reads samples from here', async () => {
    const reader = await startPrometheus(`remote_read: [{ url: '${server.url}/api/v1/read', read_recent: true }]\n`)
    started.push(reader)
    const queries = [
      'demo_total',
      'demo_total{path!~"a|x"}',
      'rate(demo_total[7m])',
      'count_over_time(demo_total[1h])',
      'demo_total{path="ended"} offset 6m',
      'sum(demo_total) by (job)',
      'nothing',
    ]
    for (const query of queries) {
      // Off the borders of ranges, which belong to them in 2.42.
      for (const time of [endMs, endMs - 330_000].map((ms) => String(ms / 1000 + 1))) {
        const own = (await (await server.fetch(`/api/v1/query?${new URLSearchParams({ query, time })}`)).json()).data
        expect(await reader.get('query', { query, time }), `${query} at ${time}`).toEqual(own)
      }
    }
    const own = (await (await server.fetch('/api/v1/series?match[]=demo_total')).json()).data
    expect(await reader.get('series', { 'match[]': 'demo_total' })).toEqual(own)
  })

  test('federates from here', async () => {
    const { host } = new URL(server.url)
    const reader = await startPrometheus(`
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: federate
    honor_labels: true
    metrics_path: /prometheus/federate
    params: { 'match[]': ['{job="demo"}', 'live'] }
    static_configs: [{ targets: ['${host}'] }]
`)
    started.push(reader)
    const now = Date.now()
    await remoteWrite(server.url, encodeSnappyBlock(encodeWriteV1([labelled('live', { x: 'é"\\\n' }, [[now, 41.5]])])))
    const time = String(now / 1000)
    await eventually(async () => {
      const { result } = (await reader.get('query', { query: 'live', time })) as { result: unknown[] }
      return result.length === 1
    }, 30_000)
    expect(await reader.get('query', { query: 'live', time })).toMatchObject({
      result: [{ metric: { __name__: 'live', x: 'é"\\\n' }, value: [Number(time), '41.5'] }],
    })
    const { result } = (await reader.get('query', { query: 'demo_total', time })) as {
      result: { metric: { path: string } }[]
    }
    expect(result.map(({ metric }) => metric.path).sort()).toEqual(['a', 'b'])
    expect(await reader.get('query', { query: 'up{job="federate"}' })).toMatchObject({
      result: [{ value: [expect.any(Number), '1'] }],
    })
  })
})

describe('answers', () => {
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await server.fetch(path, init)
    return { status: response.status, body: await response.json() }
  }

  test('a large matrix comes whole, below either address', async () => {
    const query = 'label_replace(demo_total{path="a"}, "n", "1", "", "") or demo_total or vector(1)'
    const params = new URLSearchParams({
      query,
      start: String(startMs / 1000),
      end: String(endMs / 1000),
      step: '0.2',
      stats: 'all',
    })
    for (const base of ['/api/v1', '/prometheus/api/v1']) {
      const { body } = await get(`${base}/query_range?${params}`)
      const lengths = body.data.result.map(({ values }: { values: unknown[] }) => values.length)
      // One of the series has ended.
      expect(lengths.sort()).toEqual([7500, 9001, 9001, 9001, 9001])
      expect(body.data.stats.samples.totalQueryableSamples).toBeGreaterThan(100)
      expect(body.data.stats.timings.execTotalTime).toBeGreaterThan(0)
    }
  })

  test('a limit cuts off and warns', async () => {
    const { body } = await get(`/api/v1/query?query=demo_total&limit=1&time=${endMs / 1000}`)
    expect([body.data.result.length, body.warnings]).toEqual([1, ['results truncated due to limit']])
  })

  test('it is there', async () => {
    for (const base of ['', '/prometheus']) {
      for (const [path, text] of [
        ['healthy', 'Girok is healthy.\n'],
        ['ready', 'Girok is ready.\n'],
      ]) {
        const response = await server.fetch(`${base}/-/${path}`)
        expect([response.status, await response.text()]).toEqual([200, text])
      }
    }
  })

  test('tenants are apart', async () => {
    const other = await get('/api/v1/label/path/values', { headers: { 'x-scope-orgid': 'other' } })
    expect(other.body.data).toEqual([])
  })

  test('status', async () => {
    const names = ['config', 'flags', 'runtimeinfo', 'buildinfo', 'tsdb', 'tsdb/blocks', 'walreplay']
    for (const path of [...names.map((name) => `status/${name}`), 'features', 'notifications']) {
      expect(await get(`/api/v1/${path}`), path).toMatchObject({ status: 200, body: { status: 'success' } })
    }
    expect((await get('/api/v1/status/flags')).body.data).toMatchObject({
      'query.lookback-delta': '5m',
      'query.timeout': '2m',
    })
    const { headStats, seriesCountByMetricName } = (await get('/api/v1/status/tsdb')).body.data
    expect(headStats.numSeries).toBeGreaterThanOrEqual(3)
    expect(seriesCountByMetricName).toContainEqual({ name: 'demo_total', value: 3 })
  })

  test.each([
    ['/api/v1/other', 404, 'not_found'],
    ['/api/v1/query?query=up%5B', 400, 'bad_data'],
    ['/api/v1/query?query=up&time=x', 400, 'bad_data'],
    ['/api/v1/query?query=up%2Bon()demo_total&time=x', 400, 'bad_data'],
    [`/api/v1/query?query=demo_total%2Bon(job)demo_total&time=${endMs / 1000}`, 422, 'execution'],
    ['/api/v1/series', 400, 'bad_data'],
    ['/federate?match[]=1', 400, 'bad_data'],
  ])('%s is refused as Prometheus does', async (path, status, errorType) => {
    expect(await get(path)).toMatchObject({ status, body: { status: 'error', errorType, error: expect.any(String) } })
  })

  test('a body that is too large, and no snappy', async () => {
    expect(await get('/api/v1/read', { method: 'POST', body: 'x' })).toMatchObject({
      status: 400,
      body: { errorType: 'bad_data' },
    })
    const large = await server
      .fetch('/api/v1/query', { method: 'POST', body: Buffer.alloc(17 << 20) })
      .catch(() => undefined)
    if (large !== undefined) expect([large.status, (await large.json()).status]).toEqual([413, 'error'])
  })

  test('samples are removed by selector and range', async () => {
    const headers = { 'x-scope-orgid': 'removal' }
    const body = encodeSnappyBlock(encodeWriteV1(SERIES.slice(0, 2)))
    await remoteWrite(server.url, body, headers)
    const count = async () => {
      const params = new URLSearchParams({
        query: 'sum by (path) (count_over_time(demo_total[1h]))',
        time: String(endMs / 1000),
      })
      const rows = (await get(`/api/v1/query?${params}`, { headers })).body.data.result as {
        metric: { path: string }
        value: [number, string]
      }[]
      return rows.map(({ metric, value }) => `${metric.path} ${value[1]}`)
    }
    expect(await count()).toEqual(['a 121', 'b 121'])
    const remove = (params: Record<string, string>) =>
      server.fetch(`/api/v1/admin/tsdb/delete_series?${new URLSearchParams(params)}`, { method: 'POST', headers })
    const middle = String((startMs + 60 * 15_000) / 1000)
    expect((await remove({ 'match[]': 'demo_total{path="a"}', start: middle })).status).toBe(204)
    await vi.waitFor(async () => expect(await count()).toEqual(['a 60', 'b 121']))
    expect((await remove({ 'match[]': 'demo_total' })).status).toBe(204)
    expect(await count()).toEqual([])
    expect((await remove({})).status).toBe(400)
  })
})

describe('with tokens', () => {
  let locked: TestServer
  let workshop: Workshop
  const dataDir = temporaryFolder()
  const tokens: Record<string, string> = {}
  beforeAll(async () => {
    workshop = createWorkshop()
    for (const scope of ['query', 'ingest']) {
      const { stdout } = await workshop.run('girok', ['token', 'create', '--data', dataDir, '--scope', scope])
      tokens[scope] = stdout.trim()
    }
    locked = await startServer({ args: QUIETER, dataDir })
  }, 60_000)
  afterAll(async () => {
    await locked.dispose()
    await workshop.dispose()
  })

  test('reading needs the scope query, removal the scope admin', async () => {
    const ask = async (path: string, token?: string, method = 'GET') => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await locked.fetch(path, { method, headers })
      const { errorType } = response.status === 200 ? { errorType: undefined } : await response.json()
      return [response.status, errorType]
    }
    expect(await ask('/api/v1/query?query=1')).toEqual([401, 'unauthorized'])
    expect(await ask('/api/v1/query?query=1', tokens.ingest)).toEqual([403, 'forbidden'])
    expect(await ask('/api/v1/query?query=1', tokens.query)).toEqual([200, undefined])
    expect(await ask('/federate', tokens.ingest)).toEqual([403, 'forbidden'])
    expect(await ask('/api/v1/admin/tsdb/delete_series?match[]=up', tokens.query, 'POST')).toEqual([403, 'forbidden'])
    expect((await locked.fetch('/-/healthy')).status).toBe(200)
  })
})

describe('docs/prometheus-api.md', () => {
  const book = blockBook(['docs/prometheus-api.md'])
  const take = (part: string) => book.take('docs/prometheus-api.md', part).text
  let workshop: Workshop
  beforeAll(() => {
    workshop = createWorkshop()
  })
  afterAll(() => workshop.dispose())
  const run = (text: string) => workshop.shell(text.replaceAll('http://127.0.0.1:4100', server.url))

  test('its commands', async () => {
    expect(JSON.parse((await run(take('sum by (job)'))).stdout).status).toBe('success')
    expect((await run(take('delete_series'))).stdout).toBe('')
  })

  test('its configuration', async () => {
    const file = workshop.file('prometheus.yml', take('remote_read'))
    expect((await workshop.run('promtool', ['check', 'config', file])).stdout).toContain('SUCCESS')
    expect(book.left()).toEqual([])
  })
})
