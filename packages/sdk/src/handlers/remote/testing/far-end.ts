import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { createHierarchy } from '../../../hierarchy.ts'
import type { RemoteHandler } from '../options.ts'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** As it was before compression. */
  readonly body: string
}

/** How a request is answered; default: 204. */
export type Answer = (response: ServerResponse, seen: Seen) => void

export interface FarEnd extends AsyncDisposable {
  readonly url: string
  readonly seen: Seen[]
  /** For the next requests in turn; then `otherwise`. */
  readonly answers: Answer[]
  otherwise: Answer
  close(): Promise<void>
}

/** A server on loopback that keeps what it gets and answers as told. `port` 0 takes a free one. */
export async function farEnd(answers: Answer[] = [], otherwise: Answer = status(204), port = 0): Promise<FarEnd> {
  const seen: Seen[] = []
  const http = createServer(async (request, response) => {
    const one = await read(request)
    if (one === undefined) return
    seen.push(one)
    ;(end.answers.shift() ?? end.otherwise)(response, one)
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      http.close(() => resolve())
      http.closeAllConnections()
    })
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const end: FarEnd = { url, seen, answers, otherwise, close, [Symbol.asyncDispose]: close }
  return end
}

async function read(request: IncomingMessage): Promise<Seen | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  const bytes = Buffer.concat(chunks)
  const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
}

export const status =
  (code: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body)

/** The connection breaks without an answer. */
export const reset: Answer = (response) => void response.destroy()

/** The answer breaks off: fewer bytes than announced. */
export const half: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' })
  response.write('{"acc', () => response.destroy())
}

/** No answer. */
export const hang: Answer = () => {}

/** A logger with a level of DEBUG and one handler, and what the handler complained of. */
export function logTo<Options extends object>(make: (options: Options) => RemoteHandler, options: Options) {
  const complaints: string[] = []
  const handler = make({
    intervalMs: 5,
    firstRetryMs: 5,
    complain: (text: string) => void complaints.push(text),
    ...options,
  })
  const { root, getLogger } = createHierarchy()
  root.setLevel('DEBUG').addHandler(handler)
  return { log: root, getLogger, handler, complaints }
}

/** The messages of JSON lines. */
export function messagesOf(body: string): string[] {
  return body
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message)
}
