import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CERTIFICATE, KEY } from '../testing/certificate.ts'
import { closing, farEnd, handler, listen, never, outgoing, post, type Seen } from '../testing/far-end.ts'
import { createAddressGuard } from './address-guard.ts'
import type { OutgoingSetup } from './create-outgoing.ts'
import { OutgoingError } from './outgoing.ts'

describe('requests to far ends that users name', () => {
  it('sends method, body and headers, and gives the answer whatever its status', async () => {
    const far = await farEnd((_, response) => void response.writeHead(503, { 'Retry-After': '7' }).end('busy'))
    const answer = await post(outgoing({ userAgent: 'Girok/1' }), `${far.url}/a?b=c`)
    expect(answer).toMatchObject({ status: 503, body: 'busy', headers: { 'retry-after': '7' } })
    expect(far.seen).toMatchObject([
      {
        method: 'POST',
        url: '/a?b=c',
        body: '{"a":1}',
        headers: { 'content-type': 'application/json', 'user-agent': 'Girok/1', 'content-length': '7' },
      },
    ])
  })

  it('uses a connection again', async () => {
    const ports: (number | undefined)[] = []
    const server = createServer((request, response) => {
      ports.push(request.socket.remotePort)
      request.resume().on('end', () => response.end())
    })
    const port = await listen(server)
    const out = outgoing()
    for (let i = 0; i < 3; i++) await post(out, `http://127.0.0.1:${port}/`)
    expect(new Set(ports).size).toBe(1)
  })

  it('reads no more than 64 KiB of an answer', async () => {
    const far = await farEnd((_, response) => void response.end('x'.repeat(1_000_000)))
    expect((await post(outgoing(), far.url)).body).toHaveLength(65_536)
  })

  it.each([
    [{ basic_auth: { username: 'u', password: 'p' } }, 'Basic dTpw'],
    [{ authorization: { credentials: 't' } }, 'Bearer t'],
    [{ authorization: { type: 'GenieKey', credentials: 't' } }, 'GenieKey t'],
    [{ bearer_token: 'b' }, 'Bearer b'],
    [{}, undefined],
  ])('authorizes by %j', async (http, expected) => {
    const far = await farEnd()
    await post(outgoing(), far.url, http)
    expect(far.seen[0]?.headers.authorization).toBe(expected)
  })

  it('authorizes by the name and password in an address', async () => {
    const far = await farEnd()
    await post(outgoing(), far.url.replace('//', '//us%65r:p%40@'))
    expect(far.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:p@').toString('base64')}`)
  })

  it('reads secrets of files each time, and only for configuration files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'girok-outgoing-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'token')
    const far = await farEnd()
    const http = {
      authorization: { credentials_file: path },
      http_headers: { 'X-One': { values: ['a'], secrets: ['b'], files: [path] } },
    }
    const out = outgoing()
    for (const token of ['first', 'second']) {
      writeFileSync(path, `${token}\n`)
      await post(out, far.url, http)
    }
    expect(far.seen.map(({ headers }) => [headers.authorization, headers['x-one']])).toEqual([
      ['Bearer first', 'a, b, first'],
      ['Bearer second', 'a, b, second'],
    ])
    const guarded = outgoing({ guard: createAddressGuard(['127.0.0.1']) })
    await expect(post(guarded, far.url, http)).rejects.toThrow('can only be set in a configuration file')
    const tls = { tls_config: { ca_file: path } }
    await expect(post(guarded, far.url, tls)).rejects.toThrow('can only be set in a configuration file')
    expect(far.seen).toHaveLength(2)
  })

  it.each([
    [307, 'POST', '{"a":1}'],
    [308, 'POST', '{"a":1}'],
    [302, 'GET', ''],
    [303, 'GET', ''],
  ])('follows a redirect of %i', async (status, method, body) => {
    const far = await farEnd(({ url }, response) => {
      if (url === '/to') response.end('there')
      else response.writeHead(status, { Location: '/to' }).end()
    })
    const http = { authorization: { credentials: 't' } }
    expect((await post(outgoing(), `${far.url}/from`, http)).body).toBe('there')
    expect(far.seen[1]).toMatchObject({ method, body, headers: { authorization: 'Bearer t' } })
  })

  it('takes no credentials to another host', async () => {
    const other = await farEnd()
    const far = await farEnd((_, response) => void response.writeHead(307, { Location: `${other.url}/x` }).end())
    await post(outgoing(), far.url, {
      basic_auth: { username: 'u', password: 'p' },
      http_headers: { 'X-Key': { secrets: ['s'] } },
    })
    expect(other.seen[0]?.headers).not.toHaveProperty('authorization')
    expect(other.seen[0]?.headers).not.toHaveProperty('x-key')
  })

  it('gives redirects up after ten, and does not follow them where that is turned off', async () => {
    const far = await farEnd((_, response) => void response.writeHead(307, { Location: '/again' }).end())
    await expect(post(outgoing(), far.url)).rejects.toThrow('more than 10 redirects')
    expect((await post(outgoing(), far.url, { follow_redirects: false })).status).toBe(307)
  })

  it('ends with its signal, however long the far end waits', async () => {
    const ending = new AbortController()
    const far = await farEnd(() => ending.abort(new Error('over')))
    await expect(post(outgoing(), far.url, {}, ending.signal)).rejects.toThrow('over')
  })

  it('checks certificates, and takes those of an authority that is named', async () => {
    const seen: Seen[] = []
    const server = createTlsServer(
      { cert: CERTIFICATE, key: KEY },
      handler(seen, (_, response) => void response.end('tls')),
    )
    const port = await listen(server)
    const url = `https://localhost:${port}/`
    await expect(post(outgoing(), url)).rejects.toThrow('unknown authority')
    expect((await post(outgoing(), url, { tls_config: { ca: CERTIFICATE } })).body).toBe('tls')
    expect((await post(outgoing(), url, { tls_config: { insecure_skip_verify: true } })).body).toBe('tls')
    const named = { tls_config: { ca: CERTIFICATE, server_name: 'other.example' } }
    await expect(post(outgoing(), url, named)).rejects.toThrow('for another name')
  })

  it.each([
    ['ftp://host/x', 'must begin with http'],
    ['file:///etc/passwd', 'must begin with http'],
    ['http://', 'is none'],
    ['host', 'is none'],
  ])('does not send to %s', async (url, message) => {
    const fault = await post(outgoing(), url).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(OutgoingError)
    expect(fault).toMatchObject({ retry: false, message: expect.stringContaining(message) })
  })

  it('tells what fails without the address', async () => {
    const far = await farEnd()
    const { port } = far
    for (const close of closing.splice(0)) await close()
    const fault = await post(outgoing(), `http://127.0.0.1:${port}/secret-path`).catch((error: unknown) => error)
    expect(fault).toMatchObject({ retry: true, message: 'the far end refuses connections' })
    const lookup = () =>
      Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND secret.example'), { code: 'ENOTFOUND' }))
    const unknown = await post(outgoing({ lookup }), 'http://secret.example/').catch((error: unknown) => error)
    expect(unknown).toMatchObject({ retry: true, message: 'the name of the far end cannot be resolved' })
  })
})

describe('requests of contact points from the API', () => {
  const guarded = (allow: string[] = [], lookup?: OutgoingSetup['lookup']) =>
    outgoing({ guard: createAddressGuard(allow), ...(lookup && { lookup }) })
  const refused = { retry: false, message: expect.stringContaining('not allowed') }

  it.each([
    'http://127.0.0.1:$/',
    'http://127.1:$/',
    'http://2130706433:$/',
    'http://0x7f.1:$/',
    'http://0x7f000001:$/',
    'http://0177.0.0.1:$/',
    'http://017700000001:$/',
    'http://127.0.0.1.:$/',
    'http://0:$/',
    'http://0.0.0.0:$/',
    'http://[::1]:$/',
    'http://[::]:$/',
    'http://[::ffff:127.0.0.1]:$/',
    'http://[::ffff:7f00:1]:$/',
    'http://[64:ff9b::7f00:1]:$/',
    'http://[2002:7f00:1::]:$/',
    'http://localhost:$/',
    'http://LOCALHOST:$/',
    'http://①②⑦.⓪.⓪.①:$/',
    'http://127。0。0。1:$/',
    'http://user:pass@127.0.0.1:$/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'https://10.0.0.1/',
    'https://[fe80::1]/',
  ])('does not send to %s', async (address) => {
    const far = await farEnd()
    const url = address.replace('$', String(far.port))
    await expect(post(guarded(), url)).rejects.toMatchObject(refused)
    expect(far.seen).toEqual([])
  })

  it('asks for the addresses of a host once, and connects to what it was told', async () => {
    const far = await farEnd()
    let asked = 0
    // A name that leads elsewhere when it is asked for again.
    const lookup = async () =>
      ++asked === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '127.0.0.2', family: 4 }]
    const url = `http://rebind.example:${far.port}/`
    await expect(post(guarded([], lookup), url)).rejects.toMatchObject(refused)
    asked = 0
    expect((await post(guarded(['127.0.0.1'], lookup), url)).body).toBe('ok')
    expect(asked).toBe(1)
    expect(far.seen[0]?.headers.host).toBe(`rebind.example:${far.port}`)
  })

  it('leaves out addresses that are not allowed', async () => {
    const far = await farEnd()
    const lookup = async () => [
      { address: '10.0.0.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    expect((await post(guarded(['127.0.0.0/8'], lookup), `http://two.example:${far.port}/`)).status).toBe(200)
  })

  it('sends to hosts that are named wherever they are', async () => {
    const far = await farEnd()
    expect((await post(guarded(['localhost']), `http://localhost:${far.port}/`)).status).toBe(200)
    await expect(post(guarded(['localhost']), `http://127.0.0.1:${far.port}/`)).rejects.toMatchObject(refused)
  })

  it('checks where a redirect leads to', async () => {
    const inner = await farEnd()
    const far = await farEnd(
      (_, response) => void response.writeHead(307, { Location: `http://127.0.0.2:${inner.port}/` }).end(),
    )
    await expect(post(guarded(['127.0.0.1']), far.url)).rejects.toMatchObject(refused)
    const named = await farEnd(
      (_, response) => void response.writeHead(302, { Location: 'http://169.254.169.254/' }).end(),
    )
    await expect(post(guarded(['127.0.0.1']), named.url)).rejects.toMatchObject(refused)
    const file = await farEnd((_, response) => void response.writeHead(302, { Location: 'file:///etc/passwd' }).end())
    await expect(post(guarded(['127.0.0.1']), file.url)).rejects.toMatchObject({ retry: false })
    expect(inner.seen).toEqual([])
  })

  it('goes through no proxy', async () => {
    const far = await farEnd()
    for (const http of [{ proxy_url: far.url }, { proxy_from_environment: true }]) {
      await expect(post(guarded(['127.0.0.1']), 'http://a.example/', http)).rejects.toThrow('configuration file')
    }
    expect(far.seen).toEqual([])
  })

  it('fetches no token from a private address', async () => {
    const far = await farEnd()
    const http = { oauth2: { client_id: 'a', client_secret: 'b', token_url: `http://localhost:${far.port}/token` } }
    await expect(post(guarded(['127.0.0.9']), `http://127.0.0.9:${far.port}/`, http)).rejects.toMatchObject(refused)
    expect(far.seen).toEqual([])
  })

  it('opens no connection to a private address, and one to what is allowed', async () => {
    const far = await farEnd()
    for (const host of ['127.0.0.1', 'localhost', '127.1', '::1']) {
      await expect(guarded().connect(host, far.port, never)).rejects.toMatchObject(refused)
    }
    const socket = await guarded(['localhost']).connect('localhost', far.port, never)
    expect(socket.remotePort).toBe(far.port)
    socket.destroy()
  })
})
