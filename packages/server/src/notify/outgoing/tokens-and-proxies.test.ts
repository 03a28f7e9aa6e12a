import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CERTIFICATE, KEY } from '../testing/certificate.ts'
import { farEnd, handler, listen, outgoing, post, type Seen } from '../testing/far-end.ts'
import type { OutgoingError } from './outgoing.ts'

describe('tokens of OAuth 2.0', () => {
  it('fetches a token once until it ends, and tries the form where the header is refused', async () => {
    let nowMs = 0
    const far = await farEnd(({ url, headers }, response) => {
      if (url !== '/token') response.end()
      else if (headers.authorization !== undefined) response.writeHead(401).end()
      else response.end(JSON.stringify({ access_token: `t${nowMs}`, expires_in: 60 }))
    })
    const out = outgoing({ now: () => nowMs })
    const oauth2 = {
      client_id: 'id',
      client_secret: 's&1',
      token_url: `${far.url}/token`,
      scopes: ['a', 'b'],
      endpoint_params: { audience: 'x' },
    }
    for (nowMs of [0, 49_000, 51_000]) await post(out, `${far.url}/post`, { oauth2 })
    const sent = far.seen.filter(({ url }) => url === '/post').map(({ headers }) => headers.authorization)
    expect(sent).toEqual(['Bearer t0', 'Bearer t0', 'Bearer t51000'])
    const [header, form] = far.seen.filter(({ url }) => url === '/token')
    expect(header?.headers.authorization).toBe(`Basic ${Buffer.from('id:s%261').toString('base64')}`)
    expect(Object.fromEntries(new URLSearchParams(form?.body))).toEqual({
      grant_type: 'client_credentials',
      audience: 'x',
      scope: 'a b',
      client_id: 'id',
      client_secret: 's&1',
    })
  })

  it('says what went wrong without the secret', async () => {
    const far = await farEnd((_, response) => void response.writeHead(500).end('s3cret'))
    const oauth2 = { client_id: 'id', client_secret: 's3cret', token_url: `${far.url}/token` }
    const fault = (await post(outgoing(), `${far.url}/post`, { oauth2 }).catch(
      (error: unknown) => error,
    )) as OutgoingError
    expect(fault).toMatchObject({ retry: true, message: "oauth2: the token's address answered with status 500" })
  })
})

describe('proxies', () => {
  it('asks a proxy for http addresses, with its password', async () => {
    const proxy = await farEnd((_, response) => void response.end('by proxy'))
    const http = { proxy_url: proxy.url.replace('//', '//user:pa%3Ass@') }
    expect((await post(outgoing(), 'http://far.example/a?b', http)).body).toBe('by proxy')
    expect(proxy.seen[0]).toMatchObject({
      method: 'POST',
      url: 'http://far.example/a?b',
      body: '{"a":1}',
      headers: {
        host: 'far.example',
        'proxy-authorization': `Basic ${Buffer.from('user:pa:ss').toString('base64')}`,
      },
    })
  })

  it('opens a tunnel through a proxy for https addresses', async () => {
    const seen: Seen[] = []
    const server = createTlsServer(
      { cert: CERTIFICATE, key: KEY },
      handler(seen, (_, response) => void response.end('tls')),
    )
    const port = await listen(server)
    const asked: Seen[] = []
    const proxy = createServer()
    proxy.on('connect', (request: IncomingMessage, client: Socket) => {
      asked.push({ method: 'CONNECT', url: request.url ?? '', headers: request.headers, body: '' })
      const onward = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(client).pipe(onward)
      })
      for (const socket of [client, onward]) socket.on('error', () => socket.destroy())
    })
    const proxyPort = await listen(proxy)
    const http = {
      proxy_url: `http://127.0.0.1:${proxyPort}`,
      proxy_connect_header: { 'X-Proxy': ['one'] },
      tls_config: { ca: CERTIFICATE, server_name: 'localhost' },
    }
    expect((await post(outgoing(), 'https://far.example/x', http)).body).toBe('tls')
    expect(asked).toMatchObject([{ url: 'far.example:443', headers: { 'x-proxy': 'one' } }])
    expect(seen).toMatchObject([{ url: '/x', body: '{"a":1}', headers: { host: 'far.example' } }])
  })

  it('tells of a proxy that refuses', async () => {
    const proxy = createServer()
    proxy.on('connect', (_, client: Socket) => client.end('HTTP/1.1 407 No\r\n\r\n'))
    const http = { proxy_url: `http://127.0.0.1:${await listen(proxy)}` }
    await expect(post(outgoing(), 'https://far.example/', http)).rejects.toThrow('the proxy answered with status 407')
  })

  it('does not mistake other protocols for HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')) as unknown as Server
    const port = await listen(server)
    await expect(post(outgoing(), `http://127.0.0.1:${port}/`)).rejects.toThrow('does not speak HTTP')
  })
})
