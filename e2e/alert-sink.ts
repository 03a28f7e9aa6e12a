/** A receiver of notifications on a free port: remembers every request, and answers as a test wants. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SinkRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly atMs: number
}

export interface WebhookBody {
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly groupKey: string
  readonly alerts: readonly {
    readonly status: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly startsAt: string
    readonly endsAt: string
  }[]
}

export interface AlertSink {
  readonly url: string
  readonly requests: readonly SinkRequest[]
  /** Bodies of webhooks, of one path or of all. */
  webhooks(path?: string): WebhookBody[]
  /** How requests are answered from now on; default: 200 without a body. */
  answer(with_: (request: SinkRequest, response: ServerResponse) => void): void
  close(): Promise<void>
}

export async function startSink(port = 0): Promise<AlertSink> {
  const requests: SinkRequest[] = []
  let answer = (_: SinkRequest, response: ServerResponse): void => {
    response.end()
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const seen: SinkRequest = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        atMs: Date.now(),
      }
      requests.push(seen)
      answer(seen, response)
    })
  })
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    webhooks: (path) =>
      requests.filter((one) => path === undefined || one.path === path).map(({ body }) => JSON.parse(body)),
    answer(with_) {
      answer = with_
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
