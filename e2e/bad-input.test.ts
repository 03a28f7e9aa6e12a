import { connect } from 'node:net'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lines, push, QUIET, startServer, type TestServer } from './server.ts'

let server: TestServer
const now = Date.now()

beforeAll(async () => {
  server = await startServer({ args: [...QUIET, '--set', 'limits.maxDecompressedBytes=12MiB'] })
})
afterAll(() => server.dispose())

async function post(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}
const pushBody = (line: string, time = `${now}000000`) =>
  JSON.stringify({ streams: [{ stream: { app: 'bad' }, values: [[time, line]] }] })

/** Requests to Loki's push API that could not be decoded, of one reason. */
async function counted(reason: string): Promise<number> {
  const metrics = await (await server.fetch('/metrics')).text()
  const count = new RegExp(`^girok_requests_undecodable_total\\{reason="${reason}",receiver="loki"\\} (\\d+)$`, 'm')
  return Number(count.exec(metrics)?.[1] ?? 0)
}

describe('pushes', () => {
  const PUSH = '/loki/api/v1/push'
  test.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
    ['malformed JSON', '{"streams":[{"stream":', {}, 400, /./],
    ['JSON of another shape', '[1,2,3]', {}, 400, /./],
    ['no streams', '{"streams":[]}', {}, 422, /at least one valid stream/],
    [
      'no labels',
      JSON.stringify({ streams: [{ stream: {}, values: [[`${now}000000`, 'x']] }] }),
      {},
      400,
      /at least one label/,
    ],
    ['a number as time', JSON.stringify({ streams: [{ stream: { a: 'b' }, values: [[now, 'x']] }] }), {}, 400, /./],
    ['a time in words', pushBody('x', 'yesterday'), {}, 400, /./],
    ['an unknown encoding', pushBody('x'), { 'content-encoding': 'br' }, 400, /Content-Encoding "br" not supported/],
    ['broken gzip', Buffer.from('not gzip'), { 'content-encoding': 'gzip' }, 400, /./],
    [
      'broken snappy',
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 1, 2]),
      { 'content-type': 'application/x-protobuf' },
      400,
      /./,
    ],
    [
      'broken protobuf',
      Buffer.from([4, 12, 0x0a, 0xff, 0xff, 0x01]),
      { 'content-type': 'application/x-protobuf' },
      400,
      /./,
    ],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 << 20)), { 'content-encoding': 'gzip' }, 413, /too large/i],
    ['a deflate bomb', deflateRawSync(Buffer.alloc(64 << 20)), { 'content-encoding': 'deflate' }, 413, /too large/i],
    ['a line above the limit', pushBody('x'.repeat(300_000)), {}, 400, /max entry size/],
    ['a line of eight days ago', pushBody('x', `${now - 8 * 86_400_000}000000`), {}, 400, /too old/],
    ['a line of tomorrow', pushBody('x', `${now + 86_400_000}000000`), {}, 400, /too new/],
    ['a bad tenant', pushBody('x'), { 'x-scope-orgid': 'a b' }, 400, /tenant/],
  ])('%s', async (_what, body, headers, status, message) => {
    const answer = await post(PUSH, body, headers)
    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(message)
    expect(answer.text).not.toContain('    at ')
  })

  test('a body above the limit is cut off with 413 and counted', async () => {
    const before = await counted('body_too_large')
    // The server may hang up before all of it is sent.
    const answer = await post(PUSH, Buffer.alloc(17 << 20, 0x20)).catch(() => undefined)
    if (answer) expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('limits.maxBodyBytes')])
    expect(await counted('body_too_large')).toBe(before + 1)
  })

  test('a 10 MB line is refused, its neighbours are stored', async () => {
    const values = [
      [`${now}000000`, 'before'],
      [`${now}000001`, 'x'.repeat(10_000_000)],
      [`${now}000002`, 'after'],
    ]
    const answer = await post(PUSH, JSON.stringify({ streams: [{ stream: { app: 'partial' }, values }] }))
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/max entry size.*10000000/i)])
    expect((await lines(server, '{app="partial"}')).sort()).toEqual(['after', 'before'])
  })

  test('NUL, controls, tabs and newlines come back as they went in', async () => {
    const nasty = 'a\0b\tc\nd\\e"f\r\u2028g\u{1f600}'
    expect(await push(server, { app: 'nasty' }, [[now, nasty]])).toBe(204)
    expect(await lines(server, '{app="nasty"}')).toEqual([nasty])
  })

  test('invalid UTF-8 becomes U+FFFD', async () => {
    const body = Buffer.concat([
      Buffer.from(pushBody('')).subarray(0, -'"]]}]}'.length),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"]]}]}'),
    ])
    expect((await post(PUSH, body)).status).toBe(204)
    expect((await lines(server, '{app="bad"}')).some((line) => line.includes('\ufffd'))).toBe(true)
  })

  test('a missing content type is named', async () => {
    const answer = await new Promise<string>((done) => {
      const { hostname, port } = new URL(server.url)
      const socket = connect(Number(port), hostname)
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => done(text))
      socket.write(`POST ${PUSH} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(answer).toContain('media type')
  })

  test('over the rate: 429 with Retry-After, counted by reason', async () => {
    const big = JSON.stringify({
      streams: [
        {
          stream: { app: 'flood' },
          values: Array.from({ length: 20 }, (_, i) => [`${now}00000${i % 10}`, 'y'.repeat(200_000)]),
        },
      ],
    })
    // At once: one after another they would stay below the rate on a slow machine.
    const headers = { 'content-encoding': 'gzip', 'x-scope-orgid': 'flooder' }
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(PUSH, gzipSync(big), headers)))
    const refused = answers.find((answer) => answer.status === 429)
    expect(refused?.text).toContain('ingestion rate limit exceeded for user flooder')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await (await server.fetch('/metrics')).text()).toMatch(
      /girok_records_rejected_total\{[^}]*tenant="flooder"\} [1-9]/,
    )
  })
})

describe('/ingest', () => {
  test.each([
    ['JSON lines', '{"msg":"one","level":"warn"}\n{"msg":"two"}\n', 2],
    ['an array', '[{"message":"one"},{"message":"two"},{"message":"three"}]', 3],
    ['one object', '{"event":"one"}', 1],
  ])('%s', async (what, body, count) => {
    const answer = await post(`/ingest?label=kind=${encodeURIComponent(what)}`, body)
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { accepted: count, rejected: 0 }])
    expect(await lines(server, `{kind="${what}"}`)).toHaveLength(count)
  })

  test('a wrong type for the time refuses that record alone, and says which', async () => {
    const answer = await post(
      '/ingest?label=app=times',
      '{"time":true,"msg":"bad"}\n{"time":"2026-13-45","msg":"bad"}\n{"msg":"good"}\n',
    )
    expect(answer.status).toBe(400)
    const body = JSON.parse(answer.text)
    expect(body).toMatchObject({ accepted: 1, rejected: 2 })
    expect(JSON.stringify(body.errors)).toContain('time')
    expect(await lines(server, '{app="times"}')).toHaveLength(1)
  })

  test.each(['{"a":', '"just text', 'nul', '{"a":1}}'])('malformed %s', async (body) => {
    const answer = await post('/ingest', body)
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('    at ')
  })

  test('absurd nesting does not crash it', async () => {
    const answer = await post('/ingest', `${'['.repeat(200_000)}${']'.repeat(200_000)}`)
    expect(answer.status).toBe(400)
    expect((await server.fetch('/healthz')).status).toBe(200)
  })
})

describe('queries', () => {
  test.each<[string, Record<string, string>, number, RegExp]>([
    ['query_range', { query: '{app="x"' }, 400, /parse error at line 1, col \d+/],
    ['query_range', { query: '{app="x"} |= `a` | json |' }, 400, /line 1, col/],
    ['query_range', { query: '{}' }, 400, /at least one/],
    ['query_range', { query: '{app="x"} |~ "["' }, 400, /./],
    ['query_range', {}, 400, /query/],
    ['query_range', { query: '{app="x"}', start: '20', end: '10' }, 400, /end timestamp must not be before/],
    ['query_range', { query: '{app="x"}', start: 'noon' }, 400, /start/],
    ['query_range', { query: '{app="x"}', limit: '-1' }, 400, /limit must be a positive value/],
    ['query_range', { query: '{app="x"}', limit: '6000' }, 400, /max entries limit/],
    ['query_range', { query: '{app="x"}', direction: 'sideways' }, 400, /invalid direction/],
    ['query_range', { query: 'rate({app="x"}[1m])', step: '0' }, 400, /zero or negative query resolution/],
    ['query_range', { query: 'rate({app="x"}[1m])', start: '0', end: '100000', step: '0.001' }, 400, /11,000 points/],
    [
      'query_range',
      { query: 'rate({app="x"}[1m])', start: '0', end: '9999999999', step: '9999999' },
      400,
      /time range exceeds the limit/,
    ],
    ['query', { query: 'topk(0, rate({app="x"}[1m]))' }, 400, /greater than 0/],
    ['query', { query: 'rate({app="x"}[5minutes])' }, 400, /./],
    ['labels', { query: '{app="x"} |= "y"' }, 400, /only label matchers/],
    ['query', { query: '('.repeat(60_000) }, 400, /./],
    ['query_range', { query: `{app="${'x'.repeat(140_000)}"}` }, 400, /./],
  ])('%s %o', async (path, params, status, message) => {
    const response = await server.fetch(`/loki/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(params).toString(),
    })
    const text = await response.text()
    expect([response.status, text.slice(0, 300)]).toEqual([status, expect.stringMatching(message)])
    expect(text).not.toContain('    at ')
  })

  test('refused queries are counted', async () => {
    const refused = async () => {
      const metrics = await (await server.fetch('/metrics')).text()
      const count = /^girok_http_requests_refused_total\{route="\/loki\/api\/v1\/query",status="400"\} (\d+)$/m
      return Number(count.exec(metrics)?.[1] ?? 0)
    }
    const before = await refused()
    await (await server.fetch('/loki/api/v1/query?query=%7B')).text()
    expect(await refused()).toBe(before + 1)
  })

  test('unknown paths and methods', async () => {
    expect((await server.fetch('/loki/api/v1/nothing')).status).toBe(404)
    expect((await server.fetch('/loki/api/v1/push')).status).toBe(405)
    expect((await server.fetch('/girok/v1/nothing')).status).toBe(404)
  })
})

test('everything that came is accounted for', async () => {
  const metrics = await (await server.fetch('/metrics')).text()
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    )
  const received = sum('girok_records_received_total')
  expect(received).toBeGreaterThan(20)
  expect(received).toBe(
    sum('girok_records_stored_total') +
      sum('girok_records_rejected_total') +
      sum('girok_records_dropped_total') +
      sum('girok_records_duplicate_total'),
  )
})
