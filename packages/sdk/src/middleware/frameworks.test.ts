import { once } from 'node:events'
import { type Agent, Agent as HttpAgent, type IncomingHttpHeaders, request as send } from 'node:http'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { allFields, createHierarchy, type Fields } from '../index.ts'
import type { RequestLogOptions } from './options.ts'
import { FRAMEWORKS, type Start } from './testing/servers.ts'

interface Shown {
  readonly level: number
  readonly message: string
  readonly fields: Fields
}

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

async function setUp(start: Start, options: RequestLogOptions<never> = {}) {
  const records: Shown[] = []
  const { root, getLogger } = createHierarchy()
  root.setLevel('DEBUG').addHandler({
    name: 'recorder',
    level: 0,
    handle: (record) =>
      void records.push({ level: record.level, message: record.message, fields: allFields(record) ?? {} }),
  })
  const { port, close } = await start({ logger: getLogger('api'), ...options }, getLogger('app'))
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 64 })
  cleanUps.push(close, () => agent.destroy())
  return {
    records,
    port,
    get: (path: string, given: Sent = {}) => answer(port, agent, path, given),
    /** The end may be recorded a moment after the answer was read. */
    async end(count = 1): Promise<Shown> {
      const ends = () => records.filter(({ message }) => message === 'api_response')
      for (let tries = 0; tries < 400 && ends().length < count; tries++) await sleep(5)
      expect(ends()).toHaveLength(count)
      return ends().at(-1) as Shown
    },
  }
}

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

async function answer(port: number, agent: Agent, path: string, { method = 'GET', headers, body }: Sent) {
  const request = send({ port, host: '127.0.0.1', path, method, agent, headers: { ...headers } })
  request.end(body)
  const [response] = (await once(request, 'response')) as [
    Readable & { headers: IncomingHttpHeaders; statusCode: number },
  ]
  let text = ''
  for await (const part of response) text += part
  return { status: response.statusCode, headers: response.headers, text }
}

const UUID4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

describe.each(Object.entries(FRAMEWORKS))('%s', (name, start) => {
  test('records start and end, and puts the id on the answer and on what is logged between', async () => {
    const { get, end, records } = await setUp(start)
    const { headers, text } = await get('/hello/anna?token=secret')
    expect(text).toBe('hello anna')
    const id = headers['x-request-id']
    expect(id).toMatch(UUID4)
    const last = await end()
    expect(records.map(({ level, message }) => [level, message])).toEqual([
      [10, 'api_request'],
      [20, 'inside'],
      [20, 'api_response'],
    ])
    for (const { fields } of records) expect(fields.request_id).toBe(id)
    expect(last.fields).toEqual({
      request_id: id,
      method: 'GET',
      path: '/hello/anna',
      route: '/hello/:name',
      status_code: 200,
      duration_ms: expect.any(Number),
      client_ip: '127.0.0.1',
      request_bytes: undefined,
      response_bytes: 10,
    })
    expect(last.fields.duration_ms).toBeGreaterThan(0.5)
  })

  test('keeps the context while and after a body is read', async () => {
    const { get, end, records } = await setUp(start)
    const body = JSON.stringify({ text: 'y'.repeat(50_000) })
    const headers = {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-request-id': 'req_1',
    }
    const { text } = await get('/echo', { method: 'POST', body, headers })
    expect(text).toBe(String(body.length))
    const { fields } = await end()
    expect(fields).toMatchObject({ request_id: 'req_1', request_bytes: body.length, response_bytes: 5 })
    expect(records.find(({ message }) => message === 'body read')?.fields.request_id).toBe('req_1')
  })

  test('a stream: the context holds in it, its bytes are counted, its end is the end', async () => {
    const { get, end, records } = await setUp(start)
    const { text, headers } = await get('/stream')
    expect(text).toHaveLength(3000)
    const { fields } = await end()
    expect(fields).toMatchObject({ response_bytes: 3000, status_code: 200 })
    const parts = records.filter(({ message }) => message === 'part')
    expect(parts.map((one) => one.fields.request_id)).toEqual(Array(3).fill(headers['x-request-id']))
    expect(records.at(-1)?.message).toBe('api_response')
  })

  test('HEAD has no body to count', async () => {
    const { get, end } = await setUp(start)
    const { status } = await get('/hello/anna', { method: 'HEAD' })
    const { fields } = await end()
    expect(fields).toMatchObject({ method: 'HEAD', status_code: status, response_bytes: 0 })
  })

  test('ids of callers are kept when they are ids, and replaced otherwise', async () => {
    const { get } = await setUp(start)
    const echoed = async (id: string) =>
      (await get('/health', { headers: { 'x-request-id': id } })).headers['x-request-id']
    expect(await echoed('req_abc123')).toBe('req_abc123')
    expect(await echoed('a b')).toMatch(UUID4)
    expect(await echoed('{"level":"ERROR"}')).toMatch(UUID4)
    expect(await echoed('z'.repeat(129))).toMatch(UUID4)
  })

  test('takes part in the trace of the caller', async () => {
    const { get, end, records } = await setUp(start)
    await get('/hello/anna', { headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } })
    const { fields } = await end()
    const span = fields.span_id
    expect(span).toMatch(/^[\da-f]{16}$/)
    expect(span).not.toBe('00f067aa0ba902b7')
    for (const one of records) {
      expect(one.fields).toMatchObject({ trace_id: TRACE, span_id: span, parent_span_id: '00f067aa0ba902b7' })
    }
  })

  test('levels: 4xx by option, slow ones WARNING, skipped paths nothing', async () => {
    let time = 0
    const { get, end, records } = await setUp(start, {
      clientErrorLevel: 'WARNING',
      slowMs: 100,
      now: () => time,
      skip: ['/health'],
      startLevel: false,
    })
    await get('/bad')
    expect(await end()).toMatchObject({ level: 30, fields: { status_code: 400 } })
    const slow = get('/stream')
    for (let tries = 0; tries < 200 && !records.some(({ message }) => message === 'part'); tries++) await sleep(1)
    time = 500
    await slow
    expect(await end(2)).toMatchObject({ level: 30, fields: { slow: true, duration_ms: 500, status_code: 200 } })
    await get('/health?x=1')
    await sleep(20)
    expect(records.filter(({ message }) => message === 'api_response')).toHaveLength(2)
  })

  // A listener of node:http that throws is an uncaught error of the process, which is not the middleware's.
  const withErrors = name === 'node:http' ? [] : [name]
  test.for(withErrors)('an error is recorded once, with its stack (%s)', async () => {
    const { get, end, records } = await setUp(start)
    expect((await get('/fail')).status).toBe(500)
    const { level, fields } = await end()
    expect([level, fields.status_code, fields.route]).toEqual([40, 500, '/fail'])
    expect((fields.error as Error).message).toBe('broken')
    expect((fields.error as Error).stack).toContain('servers.ts')
    expect(records.filter((record) => record.level >= 40)).toHaveLength(1)
  })

  test('a client that goes away', async () => {
    const { port, end, records } = await setUp(start, { startLevel: 'DEBUG', clientErrorLevel: 'WARNING' })
    const request = send({ port, host: '127.0.0.1', path: '/hang' })
    request.on('error', () => {})
    request.end()
    for (let tries = 0; tries < 400 && records.length === 0; tries++) await sleep(2)
    request.destroy()
    const { level, fields } = await end()
    expect(level).toBe(30)
    expect(fields).toMatchObject({ status_code: 499, aborted: true, path: '/hang', response_bytes: 0 })
    expect(fields.error).toBeUndefined()
  })

  test('the contexts of 500 requests at once do not mix', async () => {
    const { get, end, records } = await setUp(start)
    const ids = Array.from({ length: 500 }, (_, index) => `req_${index}`)
    const answers = await Promise.all(
      ids.map((id, index) => {
        const headers = { 'x-request-id': id, 'content-type': 'application/json' }
        if (index % 3 === 0) return get('/echo', { method: 'POST', body: '{"a":1}', headers })
        return get(index % 3 === 1 ? `/hello/${id}` : '/stream', { headers })
      }),
    )
    expect(answers.map(({ headers }) => headers['x-request-id'])).toEqual(ids)
    await end(500)
    const seen = new Map<unknown, Shown[]>()
    for (const record of records) {
      const of = seen.get(record.fields.request_id) ?? []
      of.push(record)
      seen.set(record.fields.request_id, of)
    }
    ids.forEach((id, index) => {
      const messages = seen.get(id)?.map(({ message }) => message)
      const between = [['body read'], ['inside'], ['part', 'part', 'part']][index % 3] as string[]
      expect(messages).toEqual(['api_request', ...between, 'api_response'])
      if (index % 3 === 1) expect(seen.get(id)?.at(-1)?.fields.path).toBe(`/hello/${id}`)
    })
  })
})
