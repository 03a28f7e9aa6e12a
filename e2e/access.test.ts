import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import type { SourcesResponse } from '../packages/server/src/api/contract.ts'
import { CLI, lines, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

/** fetch() does not let a Host header through. */
function rawGet(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((done, failed) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => done({ status: response.statusCode ?? 0, body }))
    })
    request.on('error', failed)
    request.end()
  })
}

function openSocket(
  url: string,
  options: { headers?: Record<string, string>; protocols?: string[] } = {},
): Promise<string> {
  return new Promise((done) => {
    const socket = new WebSocket(url.replace('http', 'ws'), options.protocols ?? [], { headers: options.headers ?? {} })
    socket.on('open', () => {
      socket.close()
      done('open')
    })
    socket.on('unexpected-response', (_request, response) => done(String(response.statusCode)))
    socket.on('error', (error) => done(error.message))
  })
}

describe('on loopback without tokens', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  test('a Host that is not this server is refused on every path', async () => {
    for (const path of ['/', '/loki/api/v1/labels', '/girok/v1/status', '/healthz', '/metrics']) {
      expect(await rawGet(`${server.url}${path}`, { host: 'evil.example' })).toMatchObject({ status: 403 })
    }
    const { port } = new URL(server.url)
    expect(await rawGet(`${server.url}/healthz`, { host: `localhost:${port}` })).toMatchObject({ status: 200 })
  })

  test('a foreign Origin is refused on every write and websocket, and CORS stays off', async () => {
    const foreign = { origin: 'http://evil.example' }
    for (const [method, path] of [
      ['POST', '/loki/api/v1/push'],
      ['POST', '/ingest'],
      ['POST', '/girok/v1/sample'],
      ['DELETE', '/girok/v1/sample'],
    ] as const) {
      expect(await rawGet(`${server.url}${path}`, foreign, method), path).toMatchObject({ status: 403 })
    }
    const query = '?query=%7Ba%3D%22b%22%7D'
    expect(await openSocket(`${server.url}/girok/v1/tail${query}`, { headers: foreign })).toBe('403')
    expect(await openSocket(`${server.url}/loki/api/v1/tail${query}`, { headers: foreign })).toBe('403')
    expect(await openSocket(`${server.url}/girok/v1/tail${query}`, { headers: { origin: server.url } })).toBe('open')
    const read = await server.fetch('/loki/api/v1/labels', { headers: foreign })
    expect(read.headers.get('access-control-allow-origin')).toBeNull()
    const preflight = await server.fetch('/loki/api/v1/push', { method: 'OPTIONS', headers: foreign })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect(preflight.status).toBeGreaterThanOrEqual(400)
  })

  test('the page comes with a strict policy', async () => {
    const page = await server.fetch('/', { headers: { accept: 'text/html' } })
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
  })

  test('tenants are apart', async () => {
    await push(server, { app: 'x' }, [[Date.now(), 'of a']], { 'x-scope-orgid': 'a' })
    await push(server, { app: 'x' }, [[Date.now(), 'of nobody']])
    expect(await lines(server, '{app="x"}', {}, { 'x-scope-orgid': 'a' })).toEqual(['of a'])
    expect(await lines(server, '{app="x"}')).toEqual(['of nobody'])
    expect(await push(server, { app: 'x' }, [[Date.now(), '-']], { 'x-scope-orgid': 'a|b' })).toBe(400)
  })
})

describe('with tokens', () => {
  let server: TestServer
  const tokens: Record<string, string> = {}
  const dataDir = temporaryFolder()
  const create = (scope: string, tenant: string) => {
    const run = spawnSync(
      process.execPath,
      [CLI, 'token', 'create', '--data', dataDir, '--tenant', tenant, '--scope', scope],
      { encoding: 'utf8' },
    )
    expect(run.stderr + run.stdout).toMatch(/girok_/)
    return /girok_[\w-]+/.exec(run.stdout)?.[0] ?? ''
  }
  beforeAll(async () => {
    tokens.query = create('query', 'team')
    tokens.ingest = create('ingest', 'team')
    tokens.ofDefault = create('query', 'default')
    server = await startServer({ dataDir, args: [...QUIET, '--set', 'server.host=0.0.0.0'] })
  })
  afterAll(async () => {
    await server.dispose()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` })
  const at = (path: string) => `${server.url.replace('0.0.0.0', '127.0.0.1')}${path}`

  test('are stored hashed, in a file that only the owner reads', () => {
    const file = readFileSync(join(dataDir, 'tokens.json'), 'utf8')
    expect(file).not.toContain(tokens.query)
    expect(file).toContain('team')
  })

  test('nothing but health and the page is open', async () => {
    for (const path of ['/healthz', '/ready', '/readyz']) expect((await fetch(at(path))).status).toBe(200)
    expect((await fetch(at('/'), { headers: { accept: 'text/html' } })).status).toBe(200)
    for (const path of ['/loki/api/v1/labels', '/girok/v1/status', '/metrics', '/girok/v1/setup']) {
      const response = await fetch(at(path))
      expect(response.status, path).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
    }
  })

  test('scopes and tenants hold', async () => {
    const body = JSON.stringify({ message: 'hello' })
    const post = (headers: Record<string, string>) =>
      fetch(at('/ingest?label=app=x'), { method: 'POST', headers, body })
    expect((await post({})).status).toBe(401)
    expect((await post(bearer(tokens.query))).status).toBe(403)
    expect((await post(bearer(tokens.ingest))).status).toBe(200)
    const basic = { authorization: `Basic ${Buffer.from(`any:${tokens.ingest}`).toString('base64')}` }
    expect((await post(basic)).status).toBe(200)
    expect((await post({ ...bearer(tokens.ingest), 'x-scope-orgid': 'other' })).status).toBe(403)
    const labels = await fetch(at('/loki/api/v1/label/app/values'), { headers: bearer(tokens.query) })
    expect(await labels.json()).toMatchObject({ data: ['x'] })
    expect((await fetch(at('/girok/v1/queries'), { headers: bearer(tokens.query) })).status).toBe(403)
  })

  test('who was refused for want of a token is told of on the page of sources', async () => {
    const sent = await fetch(at('/v1/logs'), { method: 'POST', headers: { 'content-type': 'application/json' } })
    expect([sent.status, await sent.json()]).toEqual([401, { code: 16, message: expect.stringContaining('a token') }])
    const sources = async (token: string | undefined) => {
      const response = await fetch(at('/girok/v1/sources'), { headers: bearer(token) })
      const { sources } = (await response.json()) as SourcesResponse
      return sources.find(({ name }) => name === 'otlp')
    }
    const seen = await sources(tokens.ofDefault)
    expect(seen?.rejections).toMatchObject([
      { status: 401, reason: expect.stringContaining('this server needs a token') },
    ])
    expect(seen?.counts.undecodable).toEqual([{ reason: 'unauthorized', count: 1 }])
    expect((await sources(tokens.query))?.rejections).toEqual([])
  })

  test('websockets take the token as a subprotocol', async () => {
    const url = at('/girok/v1/tail?query=%7Bapp%3D%22x%22%7D')
    expect(await openSocket(url)).toBe('401')
    const protocols = ['girok', `girok.token.${Buffer.from(tokens.query ?? '').toString('base64url')}`]
    expect(await openSocket(url, { protocols })).toBe('open')
  })

  test('a token that is created while the server runs is known, a revoked one is not', async () => {
    const fresh = create('query', 'team')
    const labels = () => fetch(at('/loki/api/v1/labels'), { headers: bearer(fresh) })
    expect((await labels()).status).toBe(200)
    const list = execFileSync(process.execPath, [CLI, 'token', 'list', '--data', dataDir], { encoding: 'utf8' })
    const id = list.trim().split('\n').at(-1)?.split(/\s+/)[0] ?? ''
    execFileSync(process.execPath, [CLI, 'token', 'revoke', id, '--data', dataDir])
    expect((await labels()).status).toBe(401)
  })
})

test('TLS by certificate and key, and a base path for proxies', async () => {
  const folder = temporaryFolder()
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-keyout',
      `${folder}/key.pem`,
      '-out',
      `${folder}/cert.pem`,
    ],
    { stdio: 'ignore' },
  )
  const server = await startServer({
    args: [
      ...QUIET,
      '--set',
      `server.tls.cert=${folder}/cert.pem`,
      '--set',
      `server.tls.key=${folder}/key.pem`,
      '--set',
      'server.basePath=/logs',
    ],
  })
  try {
    const get = (path: string) =>
      new Promise<{ status: number; body: string }>((done, failed) => {
        const agent = new Agent({ rejectUnauthorized: false })
        const url = new URL(server.url)
        httpsRequest(`${url.origin}${path}`, { agent, headers: { accept: 'text/html' } }, (response) => {
          let body = ''
          response.on('data', (chunk) => {
            body += chunk
          })
          response.on('end', () => done({ status: response.statusCode ?? 0, body }))
        })
          .on('error', failed)
          .end()
      })
    expect(server.url).toMatch(/^https:.*\/logs$/)
    expect((await get('/logs/healthz')).status).toBe(200)
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/logs/')).body).toContain('<base href="/logs/" />')
  } finally {
    await server.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
})
