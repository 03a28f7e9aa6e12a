import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach } from 'vitest'
import { type ClosableOutgoing, createOutgoing, type OutgoingSetup } from '../outgoing/create-outgoing.ts'
import { httpOptions } from '../outgoing/http-options.ts'

/** What to end after a test, the last first. */
export const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A request as it came. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
type Answer = (request: Seen, response: ServerResponse) => void

/** Listens on a free port of the loopback until the test ends. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** Keeps what comes, then answers. */
export function handler(seen: Seen[], answer: Answer) {
  return (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      seen.push(one)
      answer(one, response)
    })
  }
}

/** A far end until the test ends. */
export async function farEnd(answer: Answer = (_, response) => void response.end('ok')) {
  const seen: Seen[] = []
  const port = await listen(createServer(handler(seen, answer)))
  return { seen, port, url: `http://127.0.0.1:${port}` }
}

/** An `Outgoing` until the test ends; without a guard by itself. */
export function outgoing(setup: Partial<OutgoingSetup> = {}): ClosableOutgoing {
  const made = createOutgoing({ guard: undefined, now: () => 0, environment: {}, ...setup })
  closing.push(() => made.close())
  return made
}

export const never = new AbortController().signal
export const post = (
  out: ClosableOutgoing,
  url: string,
  http: Record<string, unknown> = {},
  signal: AbortSignal = never,
) =>
  out.request({
    method: 'POST',
    url,
    body: '{"a":1}',
    headers: { 'Content-Type': 'application/json' },
    http: httpOptions.parse(http),
    signal,
  })
