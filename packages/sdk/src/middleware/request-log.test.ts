import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import { allFields, createHierarchy, type Fields, setContext } from '../index.ts'
import { captureLogs } from '../testing.ts'
import { fastifyRequestLog, honoRequestLog, type NodeRequestLogOptions, nodeRequestLog } from './index.ts'
import { createRequestLog } from './request-log.ts'

// By its path: the tests run under the condition `module`, under which the package cannot be loaded by Node.
const require = createRequire(import.meta.url)
const otel: typeof import('@opentelemetry/api') = require(
  require.resolve('@opentelemetry/api').replace(/build\/\w+\/index\.js$/, 'build/src/index.js'),
)

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

function recording() {
  const records: { level: number; message: string; fields: Fields }[] = []
  const { root, getLogger } = createHierarchy()
  root.setLevel('DEBUG').addHandler({
    name: 'recorder',
    level: 0,
    handle: (record) =>
      void records.push({ level: record.level, message: record.message, fields: allFields(record) ?? {} }),
  })
  return { records, logger: getLogger('api'), log: getLogger('app') }
}

type Listener = Parameters<typeof nodeRequestLog>[0]

async function serving(listener: Listener, options: NodeRequestLogOptions) {
  const server = createServer(nodeRequestLog(listener, { startLevel: false, ...options }))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUps.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !done(); tries++) await sleep(5)
  expect(done()).toBe(true)
}

describe('errors', () => {
  test('what a listener throws later is recorded at once and stays an unhandled rejection', async () => {
    const { records, logger } = recording()
    const rejections: unknown[] = []
    const listener = nodeRequestLog(
      async (_request, response) => {
        await sleep(1)
        response.statusCode = 500
        throw new Error('too late')
      },
      { logger, startLevel: false },
    )
    const server = createServer((request, response) => {
      ;(listener(request, response) as Promise<void>).catch((error) => {
        rejections.push(error)
        response.end()
      })
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    cleanUps.push(() => server.close())
    get({ port: (server.address() as AddressInfo).port, agent: false }, (response) => response.resume())
    await until(() => rejections.length > 0)
    await sleep(10)
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ level: 40, fields: { status_code: 500, error: new Error('too late') } })
    expect(rejections[0]).toBe(records[0]?.fields.error)
  })

  test('what it throws at once is thrown on', () => {
    const { records, logger } = recording()
    const fail = nodeRequestLog(
      () => {
        throw new Error('at once')
      },
      { logger },
    )
    const response = { setHeader() {}, once() {}, emit() {}, write() {}, end() {} }
    const request = { headers: {}, socket: {}, emit() {} }
    expect(() => fail(request as never, response as never)).toThrow('at once')
    expect(records.at(-1)).toMatchObject({ level: 40, fields: { status_code: 500, error: new Error('at once') } })
  })

  test('a stream that fails in the middle of an answer is no client that went away', async () => {
    const { records, logger } = recording()
    const url = await serving(
      (_request, response) => {
        const source = new Readable({ read() {} })
        source.push('x'.repeat(100))
        source.pipe(response)
        source.on('error', (error) => response.destroy(error))
        setTimeout(() => source.destroy(new Error('disk gone')), 20)
      },
      { logger },
    )
    await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow()
    await until(() => records.length > 0)
    expect(records[0]).toMatchObject({ level: 40, fields: { status_code: 200, aborted: true, response_bytes: 100 } })
    expect(records[0]?.fields.error).toEqual(new Error('disk gone'))
  })
})

describe('context', () => {
  test('listeners of the request and the response run in it, and what was set in one request stays there', async () => {
    const { records, logger, log } = recording()
    const url = await serving(
      (request, response) => {
        if (request.url === '/first') setContext({ user_id: 'u1' })
        request.on('data', () => log.info('data')).on('end', () => response.end('x'))
        response.on('finish', () => log.info('finish')).on('close', () => log.info('close'))
      },
      { logger },
    )
    for (const path of ['/first', '/second']) {
      const headers = { 'x-request-id': path.slice(1), connection: 'keep-alive' }
      await (await fetch(`${url}${path}`, { method: 'POST', body: 'body', headers })).text()
    }
    await until(() => records.filter(({ message }) => message === 'close').length === 2)
    const seen = records.map(({ message, fields }) => [message, fields.request_id])
    for (const id of ['first', 'second']) {
      const own = seen.filter((one) => one[1] === id).map(([message]) => message)
      expect([...own].sort()).toEqual(['api_response', 'close', 'data', 'finish'])
    }
    expect(records.filter(({ fields }) => fields.request_id === 'second' && 'user_id' in fields)).toEqual([])
  })

  test('fastify: a user set by a hook or known after one is in the handler, also behind a body, and in the record', async () => {
    const { records, logger, log } = recording()
    const app = fastify()
    cleanUps.push(() => app.close())
    await app.register(fastifyRequestLog, {
      logger,
      user: (request) => (request as { account?: string }).account,
      startLevel: false,
    })
    app.addHook('onRequest', (_request, _reply, done) => {
      setContext({ tenant: 't1' })
      done()
    })
    app.addHook('preValidation', async (request) => {
      ;(request as { account?: string }).account = 'u7'
    })
    app.post('/pay', async (request) => {
      await sleep(1)
      log.info('paid')
      return { id: request.id }
    })
    // Over a real connection: with inject() bodies come from inside of the context.
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const headers = { 'x-request-id': 'r9', 'content-type': 'application/json' }
    const body = JSON.stringify({ text: 'z'.repeat(200_000) })
    const answer = await fetch(`${url}/pay`, { method: 'POST', body, headers })
    expect(await answer.json()).toEqual({ id: 'r9' })
    await until(() => records.length === 2)
    for (const { fields } of records) expect(fields).toMatchObject({ request_id: 'r9', user_id: 'u7', tenant: 't1' })
    expect(records.map(({ message }) => message)).toEqual(['paid', 'api_response'])
  })

  test("OpenTelemetry's ids win over those of the header", () => {
    const ids = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 }
    const active = otel.trace.setSpan(otel.ROOT_CONTEXT, otel.trace.wrapSpanContext(ids))
    otel.context.setGlobalContextManager({
      active: () => active,
      with: (_context, work, self, ...args) => work.apply(self as never, args),
      bind: (_context, target) => target,
      enable() {
        return this
      },
      disable() {
        return this
      },
    })
    cleanUps.push(() => otel.context.disable())
    const { records, logger } = recording()
    const headers: Record<string, string> = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
    createRequestLog({ logger })({
      request: undefined,
      method: 'GET',
      url: '/',
      remoteAddress: undefined,
      header: (name) => headers[name],
    }).end({ statusCode: 200 })
    expect(records).toHaveLength(2)
    for (const { fields } of records) expect(fields).toMatchObject({ trace_id: ids.traceId, span_id: ids.spanId })
  })
})

test('HTTP/2: the compatible form is recorded, with its sizes', async () => {
  const { records, logger } = recording()
  const server = createHttp2Server(
    nodeRequestLog(
      (_request, response) => {
        response.write('hello')
        response.end(' world')
      },
      { logger, startLevel: false },
    ) as never,
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  cleanUps.push(
    () => server.close(),
    () => client.destroy(),
  )
  const stream = client.request({ ':path': '/two?x=1', 'x-request-id': 'h2' })
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  let text = ''
  for await (const part of stream) text += part
  expect([text, headers['x-request-id']]).toEqual(['hello world', 'h2'])
  await until(() => records.length === 1)
  expect(records[0]?.fields).toMatchObject({ request_id: 'h2', path: '/two', response_bytes: 11, status_code: 200 })
})

describe('hono without node', () => {
  const running = (options: object) => {
    const kept = recording()
    const app = new Hono()
    app.use(honoRequestLog({ logger: kept.logger, startLevel: false, ...options }))
    app.get('/a/:b', (c) => c.text('hello'))
    app.get('/none', (c) => c.body(null, 204))
    return { ...kept, app }
  }

  test('ends when the body has been read, and counts it', async () => {
    const { app, records } = running({ query: true, userAgent: true })
    const answer = await app.request('/a/1?q=2', { headers: { 'user-agent': 'test' } })
    expect(records).toHaveLength(0)
    expect(await answer.text()).toBe('hello')
    expect(records[0]?.fields).toMatchObject({
      path: '/a/1?q=2',
      route: '/a/:b',
      response_bytes: 5,
      user_agent: 'test',
    })
    expect(answer.headers.get('x-request-id')).toBe(records[0]?.fields.request_id)
  })

  test('an answer without a body, one that nobody reads on, a path without a route', async () => {
    const { app, records } = running({})
    await app.request('/none')
    expect(records[0]?.fields).toMatchObject({ status_code: 204, response_bytes: 0 })
    await (await app.request('/a/1')).body?.cancel()
    expect(records[1]?.fields).toMatchObject({ status_code: 499, aborted: true })
    await (await app.request('/nowhere')).text()
    expect(records[2]?.fields).toMatchObject({ status_code: 404, route: undefined })
  })
})

describe('options', () => {
  const arrival = {
    request: undefined,
    method: 'POST',
    url: '/api/v1/code/generate?key=secret',
    remoteAddress: '192.168.1.100',
    header: () => undefined,
  }

  test('the form of texts', () => {
    const { records, logger } = recording()
    let time = 0
    const open = createRequestLog({ logger, form: 'texts', startLevel: 'INFO', now: () => time })(arrival)
    time = 1234.5
    open.end({ statusCode: 200, route: '/api/v1/code/:action' })
    expect(records[0]).toMatchObject({
      level: 20,
      message: 'API 요청 시작: POST /api/v1/code/generate',
      fields: { event_type: 'request_start', client_ip: '192.168.1.100', endpoint: '/api/v1/code/generate' },
    })
    expect(records[1]).toMatchObject({
      message: 'API 요청 완료: POST /api/v1/code/:action - 200 (1.2345s)',
      fields: { event_type: 'request_end', status_code: 200, duration: 1.2345, endpoint: '/api/v1/code/:action' },
    })
    expect(JSON.stringify(records)).not.toContain('secret')
  })

  test('a form of your own, a header of your own, ids that are never taken over', () => {
    const { records, logger } = recording()
    const open = createRequestLog({
      logger,
      form: { start: () => ['in', {}], end: ({ statusCode }) => ['out', { statusCode }] },
      requestIdHeader: 'X-Correlation-Id',
      acceptRequestId: false,
      newRequestId: () => 'mine',
    })({ ...arrival, header: (name) => (name === 'x-correlation-id' ? 'theirs' : undefined) })
    open.end({ statusCode: 201 })
    open.end({ statusCode: 500 })
    expect(open.header).toEqual(['x-correlation-id', 'mine'])
    expect(records.map(({ message, fields }) => [message, fields])).toEqual([
      ['in', { request_id: 'mine' }],
      ['out', { request_id: 'mine', statusCode: 201 }],
    ])
  })

  test('a user who cannot be told yet is told at the end', () => {
    const { records, logger } = recording()
    let user: { id: string } | undefined
    const open = createRequestLog({ logger, user: () => (user as { id: string }).id })(arrival)
    user = { id: 'u1' }
    open.end({ statusCode: 200 })
    expect(records.map(({ fields }) => fields.user_id)).toEqual([undefined, 'u1'])
  })

  test('what they throw, or give wrongly, costs no request', async () => {
    const { records, logger } = recording()
    const told = captureLogs({ logger: 'girok.sdk' })
    cleanUps.push(() => told.stop())
    const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
    for (const made of ['', 'a b', 'a\r\nset-cookie: b=1', 'x'.repeat(129), undefined, 7]) {
      const url = await serving((_request, response) => response.end(), { logger, newRequestId: () => made as string })
      expect((await fetch(url)).headers.get('x-request-id')).toMatch(uuid)
    }
    const fail = (): never => {
      throw new Error('not now')
    }
    const failing = { newRequestId: fail, route: fail, user: fail }
    const url = await serving((_request, response) => response.end(), { logger, ...failing })
    expect((await fetch(url)).headers.get('x-request-id')).toMatch(uuid)
    await until(() => records.length === 7)
    expect(records[6]?.fields.route).toBeUndefined()
    const formless = await serving((_request, response) => response.end('ok'), {
      logger,
      startLevel: 'DEBUG',
      form: { start: fail, end: fail },
    })
    expect(await (await fetch(formless)).text()).toBe('ok')
    await until(() => told.messages.some((message) => message.includes('form.start failed: not now')))
    expect(told.messages.join()).toContain('newRequestId gave what cannot be sent')
    expect(told.messages.join()).toContain('newRequestId failed: not now')
    expect(records).toHaveLength(7)
  })

  test('bad ones are refused', () => {
    const refused: [object, string][] = [
      [{ slowMs: '3' }, 'slowMs is 3 (string)'],
      [{ logger: 'api' }, "logger is api: use getLogger('name')"],
      [{ requestIdHeader: 'x request id' }, 'requestIdHeader is "x request id"'],
      [{ requestIdHeader: '' }, 'requestIdHeader is ""'],
      [{ newRequestId: 'x' }, 'newRequestId: use a function'],
      [{ skip: '/healthz' }, "skip: use a list of paths and regular expressions, such as ['/healthz']"],
      [{ skip: [7] }, 'skip: use a list'],
      [{ trustProxy: 'loopback' }, 'trustProxy is "loopback": use true, false, a number, or a list'],
    ]
    for (const [options, message] of refused) expect(() => createRequestLog(options)).toThrow(message)
    expect(() => createRequestLog({ slowMs: Number.NaN })).toThrow('slowMs is NaN')
    expect(() => createRequestLog({ form: 'prose' as never })).toThrow('form is prose: use names, texts')
    expect(() => createRequestLog({ startLevel: 'LOUD' })).toThrow('unknown level "LOUD"')
    expect(() => createRequestLog({ trustProxy: ['x'] })).toThrow('trustProxy')
  })
})
