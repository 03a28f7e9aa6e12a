import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable, Writable } from 'node:stream'
import type { Io } from '../io.ts'
import { run } from '../run.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface World {
  readonly stdin?: Readable | string
  readonly stdout?: Writable
  readonly env?: Record<string, string>
  readonly cwd?: string
  readonly terminal?: Partial<Io['terminal']>
  readonly interrupted?: AbortSignal
}

/** Runs a command line as a user would see it. */
export async function girok(argv: readonly string[], world: World = {}): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  const collect = (take: (text: string) => void) =>
    new Writable({
      write(chunk, _encoding, done) {
        take(String(chunk))
        done()
      },
    })
  const code = await run(argv, {
    stdin:
      typeof world.stdin === 'string' ? Readable.from([Buffer.from(world.stdin)]) : (world.stdin ?? new PassThrough()),
    stdout: world.stdout ?? collect((text) => (stdout += text)),
    stderr: collect((text) => (stderr += text)),
    env: world.env ?? {},
    cwd: world.cwd ?? process.cwd(),
    giveUpStdin: () => undefined,
    terminal: { stdin: false, stdout: false, stderr: false, ...world.terminal },
    interrupted: world.interrupted ?? new AbortController().signal,
  })
  return { code, stdout, stderr }
}

export interface FakeRequest {
  readonly path: string
  /** Of the URL and of a form body together. */
  readonly params: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface FakeServer {
  readonly url: string
  readonly requests: FakeRequest[]
  close(): Promise<void>
}

/** A server that answers every request by `answer`, on a free port. */
export async function fakeServer(
  answer: (request: FakeRequest, response: ServerResponse, count: number) => void,
): Promise<FakeServer & { http: ReturnType<typeof createServer> }> {
  const requests: FakeRequest[] = []
  const http = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://x')
      const body = Buffer.concat(chunks).toString()
      const form = incoming.headers['content-type']?.includes('x-www-form-urlencoded') ? new URLSearchParams(body) : []
      const request = {
        path: url.pathname,
        params: new URLSearchParams([...url.searchParams, ...form]),
        headers: incoming.headers,
        body,
      }
      requests.push(request)
      answer(request, response, requests.length)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    http,
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

/** The URL of a port where nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = await fakeServer(() => {})
  await server.close()
  return server.url
}
