import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { headerToken, schemeToken } from '../../ingest/credentials.ts'
import type { Headers } from '../../ingest/headers.ts'
import type { ReceiverRoute } from '../../ingest/receiver.ts'
import type { GirokError } from '../../model/errors.ts'
import { originPolicy } from './origin-policy.ts'
import { type HttpServer, startHttp } from './server.ts'

const echo = (request: Parameters<ReceiverRoute['handle']>[0]) => ({
  status: 200,
  body: JSON.stringify({ ...request, body: request.body.toString(), headers: undefined, query: [...request.query] }),
})
const refuse = ({ status, code }: GirokError, headers: Headers) => ({
  status,
  body: `in the words of the protocol: ${code}${headers['x-form'] ?? ''}`,
})

const routes: readonly ReceiverRoute[] = [
  {
    method: ['GET', 'HEAD'],
    path: '/',
    access: 'open',
    applies: asksForJson,
    handle: () => ({ status: 200, body: 'cluster' }),
  },
  { method: 'PUT', path: '/:index', access: 'open', handle: () => ({ status: 200, body: 'made' }) },
  { method: ['POST', 'PUT'], path: '/:index/_bulk', token: schemeToken('ApiKey'), refuse, handle: echo },
  { method: 'POST', path: '/wild/*', token: headerToken('DD-API-KEY'), handle: echo },
  { method: 'OPTIONS', path: '/beacon', access: 'open', allowsOrigin, handle: () => ({ status: 204 }) },
  { method: 'POST', path: '/beacon', access: 'own', allowsOrigin, handle: echo },
  { method: 'POST', path: '/picky', applies: () => false, handle: echo },
  { method: 'DELETE', path: '/broken', access: 'open', handle: () => Promise.reject(new TypeError('a secret fault')) },
]

function asksForJson({ headers }: { readonly headers: { readonly accept?: unknown } }): boolean {
  return !String(headers.accept ?? '').includes('text/html')
}
function allowsOrigin(origin: string): boolean {
  return origin === 'https://shop.example'
}

const early: string[] = []
let server: HttpServer
const call = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${server.url}${path}`, init)
  return { status: response.status, text: await response.text(), headers: response.headers }
}
const good = { authorization: 'ApiKey girok_good' }

beforeAll(async () => {
  server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    basePath: '',
    tls: undefined,
    maxBodyBytes: 100,
    policy: originPolicy({ listenHost: '127.0.0.1', allowedHosts: [], allowedOrigins: [] }),
    tokens: {
      required: () => true,
      verify: (token) => (token === 'girok_good' ? { tenant: 'team', scopes: ['ingest'] } : undefined),
    },
    defaultTenant: 'default',
    multiTenant: false,
    routes: [],
    receivers: [{ name: 'test', routes }],
    websockets: new Map(),
    web: { page: () => ({ body: Buffer.from('the page'), headers: {} }), asset: () => undefined },
    report: () => {},
    refusedEarly: (receiver, { code }) => early.push(`${receiver} ${code}`),
    answered: () => {},
    refused: () => {},
    shutdownTimeoutMs: 1000,
  })
})
afterAll(() => server?.close())

test('a route that does not apply is as if it did not exist', async () => {
  expect(await call('/', { headers: { accept: 'application/json' } })).toMatchObject({ status: 200, text: 'cluster' })
  expect(await call('/', { headers: { accept: 'text/html' } })).toMatchObject({ status: 200, text: 'the page' })
  expect(await call('/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
})

test('a path with a meaning of its own is no parameter of another route', async () => {
  expect(await call('/logs', { method: 'PUT' })).toMatchObject({ status: 200, text: 'made' })
  const taken = await call('/beacon?x=1', { method: 'PUT' })
  expect([taken.status, taken.headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
  expect(JSON.parse(taken.text).error.message).toBe('/beacon takes OPTIONS and POST, not PUT')
})

test('a route that does not apply is not named as one that would', async () => {
  const { status, text } = await call('/picky', { method: 'POST' })
  expect(status).toBe(404)
  expect(JSON.parse(text).error.message).toBe('there is nothing that answers this POST at /picky')
})

test('what cannot be read as a request is told in the form of other errors', async () => {
  const answerTo = async (bytes: string | Buffer) => {
    const socket = connect(server.port, '127.0.0.1').on('error', () => {})
    socket.write(bytes)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    return { status: Number(head.split(' ')[1]), error: JSON.parse(body).error }
  }
  const host = 'Host: 127.0.0.1\r\nConnection: close\r\n'
  expect(await answerTo('hello\r\n\r\n')).toMatchObject({
    status: 400,
    error: { code: 'bad_request', message: expect.stringMatching(/^this cannot be read as HTTP: /) },
  })
  expect((await answerTo(Buffer.from('160301020001000', 'hex'))).error.message).toContain('without TLS: use http://')
  const long = await answerTo(`GET /x?${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`)
  expect(long).toMatchObject({ status: 431, error: { message: expect.stringContaining('as a body by POST') } })
  const path = await answerTo(`GET /%zz HTTP/1.1\r\n${host}\r\n`)
  expect(path).toMatchObject({ status: 400, error: { code: 'bad_request', message: expect.stringContaining('/%zz') } })
})

test('parameters and wildcards of the path, decoded once', async () => {
  const bulk = await call('/logs%2Da/_bulk?pretty=1', { method: 'PUT', headers: good, body: 'x' })
  expect(JSON.parse(bulk.text)).toEqual({
    tenant: 'team',
    method: 'PUT',
    pathname: '/logs-a/_bulk',
    path: { index: 'logs-a' },
    query: [['pretty', '1']],
    body: 'x',
    remoteAddress: '127.0.0.1',
  })
  const wild = await call('/wild/a/b', { method: 'POST', headers: { 'dd-api-key': 'girok_good' } })
  expect(JSON.parse(wild.text)).toMatchObject({ path: { '*': 'a/b' }, tenant: 'team', body: '' })
})

test('the token is found where the protocol has it, and errors before the receiver are told in its words', async () => {
  const none = await call('/x/_bulk', { method: 'POST' })
  expect(none).toMatchObject({ status: 401, text: 'in the words of the protocol: unauthorized' })
  const bad = await call('/x/_bulk', { method: 'POST', headers: { authorization: 'ApiKey girok_bad', 'x-form': '!' } })
  expect(bad).toMatchObject({ status: 401, text: 'in the words of the protocol: unauthorized!' })
  const bearer = await call('/x/_bulk', { method: 'POST', headers: { authorization: 'Bearer girok_good' } })
  expect(bearer.status).toBe(200)
  const large = await call('/x/_bulk', { method: 'POST', headers: good, body: 'x'.repeat(101) })
  expect(large).toMatchObject({ status: 413, text: 'in the words of the protocol: body_too_large' })
  expect(early).toEqual(['test unauthorized', 'test unauthorized', 'test body_too_large'])
  const other = await call('/wild/x', { method: 'POST' })
  expect(JSON.parse(other.text).error.code).toBe('unauthorized')
})

test('pages of other origins come in only where the receiver lets them', async () => {
  const shop = { origin: 'https://shop.example' }
  expect((await call('/beacon', { method: 'OPTIONS', headers: shop })).status).toBe(204)
  const sent = await call('/beacon', { method: 'POST', headers: shop, body: 'hi' })
  expect(JSON.parse(sent.text)).toMatchObject({ tenant: 'default', body: 'hi' })
  const foreign = { origin: 'https://evil.example' }
  expect((await call('/beacon', { method: 'OPTIONS', headers: foreign })).status).toBe(403)
  const refused = await call('/beacon', { method: 'POST', headers: foreign })
  expect(refused.status).toBe(403)
  expect(JSON.parse(refused.text).error.message).toMatch(/add it to receivers\.test\.origins if it is yours$/)
  expect((await call('/x/_bulk', { method: 'POST', headers: { ...good, ...shop } })).status).toBe(403)
})

test('a fault of a receiver is told by a number alone', async () => {
  const { status, text } = await call('/broken', { method: 'DELETE' })
  expect(status).toBe(500)
  expect(text).not.toContain('secret')
})
