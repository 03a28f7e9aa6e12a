import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Seen {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly atMs: number
}

/** How a request is answered; default: 204. */
export type Answer = (response: ServerResponse, seen: Seen) => void

export interface FarEnd extends AsyncDisposable {
  readonly url: string
  readonly seen: Seen[]
  /** For the next requests in turn; then `otherwise`. */
  readonly answers: Answer[]
  otherwise: Answer
  /** Breaks off connections that nobody uses at the moment. */
  dropIdle(): void
}

/** A server on loopback that keeps what it gets and answers as told. */
export async function farEnd(answers: Answer[] = [], tls?: ServerOptions): Promise<FarEnd> {
  const seen: Seen[] = []
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), atMs: Date.now() }
      seen.push(one)
      ;(end.answers.shift() ?? end.otherwise)(response, one)
    })
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const end: FarEnd = {
    url,
    seen,
    answers,
    otherwise: answer(204),
    dropIdle: () => server.closeIdleConnections(),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return end
}

export const answer =
  (status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body)

/** The connection breaks without an answer. */
export const reset: Answer = (response) => void response.destroy()

/** The answer breaks off: fewer bytes than announced. */
export const half: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' })
  response.write('{"acc', () => response.destroy())
}

/** No answer. */
export const hang: Answer = () => {}

/** An answer that never ends, a byte at a time. */
export const trickle: Answer = (response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write('x'), 20)
  response.on('close', () => clearInterval(timer))
}
