/** Patterns, comparison and delete requests over HTTP; kill -9 between a delete request and the removal of its lines. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, lines, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const url = (path: string, params: Readonly<Record<string, string>>) => `${path}?${new URLSearchParams(params)}`
const seconds = (ms: number) => String(Math.floor(ms / 1000))

describe('deletion', () => {
  const dataDir = temporaryFolder()
  const cancelPeriod = (text: string) => ['--set', `deletes.cancelPeriod=${text}`]
  let server: TestServer
  const start = async (period: string) => {
    server = await startServer({ dataDir, args: [...QUIET, ...cancelPeriod(period)] })
  }
  afterAll(async () => {
    await server?.dispose()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const ask = async (params: Readonly<Record<string, string>>, method = 'POST') => {
    const response = await server.fetch(url('/loki/api/v1/delete', params), { method })
    return { status: response.status, text: await response.text(), id: response.headers.get('x-delete-request-id') }
  }
  const listed = async () => (await (await server.fetch('/loki/api/v1/delete')).json()) as Record<string, unknown>[]

  test('answers as Loki does', async () => {
    await start('24h')
    const from = seconds(Date.now() - 3_600_000)
    const query = '{app="x"}'
    expect(await listed()).toEqual([])
    const refused: [Record<string, string>, string][] = [
      [{}, 'query not set'],
      [{ query }, 'start time not set'],
      [{ query, start: 'abc' }, 'invalid start time: require unix seconds or RFC3339 format'],
      [{ query, start: '1700000000000' }, 'invalid start time: require unix seconds or RFC3339 format'],
      [{ query, start: from, end: 'x' }, 'invalid end time: require unix seconds or RFC3339 format'],
      [{ query, start: from, end: seconds(Date.now() + 60_000) }, 'deletes in the future are not allowed'],
      [{ query, start: from, end: '1600000000' }, "start time can't be greater than or equal to end time"],
      [{ query: '{app="x"', start: from }, 'invalid query expression'],
      [{ query: 'rate({app="x"}[1m])', start: from }, 'invalid query expression'],
    ]
    for (const [params, text] of refused) {
      const answer = await ask(params)
      expect([answer.status, answer.text.slice(0, text.length)], text).toEqual([400, text])
    }
    const { status, id } = await ask({ query, start: from }, 'PUT')
    expect([status, id]).toEqual([204, expect.stringMatching(/^[0-9a-f]{8}$/)])
    expect(await listed()).toEqual([
      {
        request_id: id,
        start_time: Number(from),
        end_time: expect.any(Number),
        query,
        status: 'received',
        created_at: expect.any(Number),
        user_id: 'default',
      },
    ])
    expect(await ask({ request_id: 'nope' }, 'DELETE')).toMatchObject({
      status: 404,
      text: expect.stringContaining('could not find delete request with given id'),
    })
    expect((await ask({ request_id: id ?? '' }, 'DELETE')).status).toBe(204)
    expect(await listed()).toEqual([])
  })

  test('kill -9 at any moment: lines stay hidden, are removed in the end, and no others are', async () => {
    const now = Date.now()
    const keep = Array.from({ length: 50 }, (_, i) => [now - 60_000 + i, `keep ${i}`] as const)
    const drop = Array.from({ length: 50 }, (_, i) => [now - 50_000 + i, `{"user":"kim","n":${i}}`] as const)
    const secret = Array.from({ length: 50 }, (_, i) => [now - 40_000 + i, `secret ${i}`] as const)
    expect(await push(server, { app: 'kill' }, [...keep, ...drop, ...secret])).toBe(204)
    const from = seconds(now - 3_600_000)
    expect((await ask({ query: '{app="kill"} | json | user="kim"', start: from })).status).toBe(204)
    expect((await ask({ query: '{app="kill"} |= "secret"', start: from })).status).toBe(204)
    const left = keep.map(([, line]) => line).sort()
    const seen = async () => (await lines(server, '{app="kill"}')).sort()
    expect(await seen()).toEqual(left)
    await server.kill()
    for (let round = 0; round < 3; round++) {
      await start('0')
      expect(await seen()).toEqual(left)
      await new Promise((done) => setTimeout(done, 500 + 1000 * round))
      expect(await seen()).toEqual(left)
      await server.kill()
    }
    await start('0')
    await eventually(async () => (await listed()).every(({ status }) => status === 'processed'), 60_000)
    expect(await seen()).toEqual(left)
    await eventually(async () => ((await (await server.fetch('/girok/v1/status')).json()).store.rows as number) === 50)
  }, 120_000)
})

describe('patterns', () => {
  let server: TestServer
  const now = Date.now()
  beforeAll(async () => {
    server = await startServer()
    const before = Array.from({ length: 100 }, (_, i) => [now - 7_200_000 + i, `level=info took=${i}ms ok`] as const)
    const after = Array.from({ length: 100 }, (_, i) => [now - 60_000 + i, `level=info took=${i}ms ok`] as const)
    const failed = Array.from({ length: 20 }, (_, i) => [now - 50_000 + i, `level=error payment ${i} failed`] as const)
    await push(server, { app: 'shop' }, [...before, ...after, ...failed])
  })
  afterAll(() => server?.dispose())

  test('in the form of Loki', async () => {
    const get = (params: Readonly<Record<string, string>>) => server.fetch(url('/loki/api/v1/patterns', params))
    const response = await get({ query: '{app="shop"}', step: '10s' })
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    const { status, data } = (await response.json()) as {
      status: string
      data: { pattern: string; level: string; samples: [number, number][] }[]
    }
    expect(status).toBe('success')
    expect(data.map(({ pattern, level }) => [pattern, level])).toEqual([
      ['level=info took=<_> ok', 'info'],
      ['level=error payment <_> failed', 'error'],
    ])
    for (const { pattern, samples } of data) {
      expect(samples.every(([at]) => Number.isInteger(at) && at % 10 === 0)).toBe(true)
      const count = samples.reduce((sum, [, n]) => sum + n, 0)
      expect(await lines(server, `{app="shop"} |> \`${pattern}\``)).toHaveLength(count)
    }
    expect(await (await get({ query: '{app="none"}' })).json()).toEqual({ status: 'success', data: [] })
    for (const [params, text] of [
      [{ query: '{app="shop"} |= "x"' }, 'only label matchers are supported'],
      [{ query: 'rate({app="shop"}[1m])' }, 'only label matchers are supported'],
      [{ query: '{app="shop"}', step: '-1' }, 'zero or negative query resolution step widths are not accepted'],
      [{ query: '{app="shop"}', start: '1', end: '900000', step: '1' }, 'exceeded maximum resolution of 11,000 points'],
    ] as const) {
      const answer = await get(params)
      expect([answer.status, (await answer.text()).slice(0, text.length)]).toEqual([400, text])
    }
  })

  test('with shares and examples, of any log query; and compared', async () => {
    const answer = await server.fetch(url('/girok/v1/patterns', { query: '{app="shop"} |= "failed"', step: '10s' }))
    expect(await answer.json()).toMatchObject({
      patterns: [{ pattern: 'level=error payment <_> failed', level: 'error', count: 20, share: 1 }],
      sampledLines: 20,
      totalLines: 20,
    })
    const base = { baseStart: seconds(now - 10_800_000), baseEnd: seconds(now - 3_600_000) }
    const compared = await server.fetch(url('/girok/v1/compare', { query: '{app="shop"}', ...base }))
    expect(await compared.json()).toMatchObject({
      patterns: [
        { pattern: 'level=error payment <_> failed', change: 'new', count: 20, baseCount: 0 },
        { pattern: 'level=info took=<_> ok', change: 'same', count: 100, baseCount: 100 },
      ],
      totalLines: 120,
      baseTotalLines: 100,
    })
    expect((await server.fetch(url('/girok/v1/compare', { query: '{app="shop"}' }))).status).toBe(400)
  })
})
