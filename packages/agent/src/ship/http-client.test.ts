import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { httpAccess } from './http-access.ts'
import { HttpClient } from './http-client.ts'

async function withServer(listener: RequestListener, use: (client: HttpClient) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const access = v.parse(v.strictObject(httpAccess), { url: `http://127.0.0.1:${port}`, timeout: '5s' })
  const client = new HttpClient(access, { now: Date.now })
  await use(client)
  client.close()
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
}

const { signal } = new AbortController()

it('hears a server that refuses a body before it has come', async () => {
  const refuse: RequestListener = (_request, response) => {
    response.writeHead(413, { connection: 'close' }).end('too large')
  }
  await withServer(refuse, async (client) => {
    for (let i = 0; i < 10; i++) {
      const answer = await client.post({ path: '/x', headers: {}, body: Buffer.alloc(3_000_000), signal })
      expect([answer.status, answer.body.toString()]).toEqual([413, 'too large'])
    }
  })
})

it('keeps the beginning of an answer, and hangs up on one without an end', async () => {
  const talk: RequestListener = (request, response) => {
    request.resume()
    response.writeHead(200)
    const more = () => {
      while (response.write(Buffer.alloc(100_000, 'x')));
      response.once('drain', more)
    }
    more()
  }
  await withServer(talk, async (client) => {
    const answer = await client.post({ path: '', headers: {}, body: Buffer.from('x'), signal })
    expect([answer.status, answer.body.length]).toEqual([200, 16_384])
  })
})

it('begins a new connection when the one that was kept is gone', async () => {
  let requests = 0
  const hangUp: RequestListener = (request, response) => {
    request.resume()
    requests++
    // The second request comes on a connection that is closed while it is on its way.
    if (requests === 2) request.socket.destroy()
    else response.writeHead(204).end()
  }
  await withServer(hangUp, async (client) => {
    for (let i = 0; i < 2; i++) {
      expect((await client.post({ path: '/', headers: {}, body: Buffer.from('x'), signal })).status).toBe(204)
    }
    expect(requests).toBe(3)
  })
})
