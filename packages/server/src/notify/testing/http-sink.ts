import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SinkRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A far end that keeps what it is sent. `answer` decides what it says; default: 200 with `{}`. */
export interface HttpSink {
  readonly url: string
  readonly requests: readonly SinkRequest[]
  answer: (request: SinkRequest, response: ServerResponse) => void
  /** Resolves once a request has come that was not there when it was called. */
  next(): Promise<SinkRequest>
  close(): Promise<void>
}

export async function openHttpSink(): Promise<HttpSink> {
  const requests: SinkRequest[] = []
  const sockets = new Set<Socket>()
  let waiting: ((request: SinkRequest) => void)[] = []
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const kept = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
      requests.push(kept)
      sink.answer(kept, response)
      for (const tell of waiting.splice(0)) tell(kept)
    })
  }
  const server = createServer(listener)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sink: HttpSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (_, response) => void response.setHeader('content-type', 'application/json').end('{}'),
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        waiting = []
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return sink
}
