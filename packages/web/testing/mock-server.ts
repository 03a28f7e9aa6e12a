import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer } from 'ws'
import { type MockRecord, recordAt } from './log-generator.ts'
import { mockAgents } from './mock-agents.ts'
import { handleApi, type MockState } from './mock-api.ts'
import { MockParseError } from './mock-query.ts'
import { mockSources } from './mock-sources.ts'
import { startTail } from './mock-tail.ts'

export interface MockOptions {
  /** Built files of the app. */
  readonly webDir: string
  readonly port?: number
  /** '' or '/logs-of/team': prefix of all paths. */
  readonly basePath?: string
  /** Token that every call needs, when given. */
  readonly token?: string
  /** Records per second in the store. */
  readonly recordsPerSecond?: number
  /** Lines per second of the live tail. */
  readonly tailPerSecond?: number
  /** True: a store that has never held a record. */
  readonly empty?: boolean
  /** Lines put before all others, newest of the store. */
  readonly extra?: readonly MockRecord[]
}

export interface MockServer {
  readonly url: string
  readonly state: MockState
  readonly requests: string[]
  /** Cuts all websockets, as a restart of the server does. */
  cutSockets(): void
  close(): Promise<void>
}

/** The policy of the real server: nothing inline, nothing from elsewhere. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A server with the API of Girok over generated records, for browser tests and for looking at pages. */
export async function startMockServer(options: MockOptions): Promise<MockServer> {
  const base = options.basePath ?? ''
  const perSecond = options.recordsPerSecond ?? 20
  const nsPerRecord = BigInt(Math.round(1e9 / perSecond))
  const requests: string[] = []
  const state: MockState = {
    empty: options.empty ?? false,
    nsPerRecord,
    record: (index) => recordAt(index, nsPerRecord),
    extra: options.extra ?? [],
    delayMs: 0,
    setup: {
      receivedRecords: 0,
      rejected: [],
      sample: { running: true, linesPerSecond: 15 },
      tokensRequired: options.token !== undefined,
      receivers: [],
    },
    sources: mockSources(),
    agents: mockAgents(),
    moreLabels: [],
  }
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof MockParseError ? 400 : 500
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(error instanceof Error ? error.message : String(error))
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://mock')
    if (!url.pathname.startsWith(base)) {
      response.writeHead(404).end()
      return
    }
    const path = url.pathname.slice(base.length)
    if (/^\/(loki|girok|ingest)/.test(path)) {
      if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
        response.writeHead(401, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { code: 'unauthorized', message: 'a token is needed', hint: '' } }))
        return
      }
      if (state.delayMs > 0) await new Promise((done) => setTimeout(done, state.delayMs))
      await handleApi(path, url, request, response, state)
      return
    }
    sendFile(path, response)
  }
  const sendFile = (path: string, response: ServerResponse): void => {
    const file = join(options.webDir, normalize(path))
    const exists = existsSync(file) && statSync(file).isFile()
    const chosen = exists ? file : join(options.webDir, 'index.html')
    response.writeHead(200, {
      'content-type': types[extname(chosen)] ?? 'application/octet-stream',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'cache-control': chosen.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
    const body = readFileSync(chosen)
    const html = chosen.endsWith('index.html')
    response.end(html ? body.toString('utf8').replace('<base href="/"', `<base href="${base}/"`) : body)
  }
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    requests.push(`UPGRADE ${request.url} ${request.headers['sec-websocket-protocol'] ?? ''}`)
    const wanted = options.token === undefined ? '' : Buffer.from(options.token).toString('base64url')
    const offered = request.headers['sec-websocket-protocol'] ?? ''
    if (wanted !== '' && !offered.includes(`girok.token.${wanted}`)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => startTail(client, options.tailPerSecond ?? 50))
  })
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}${base}`,
    state,
    requests,
    cutSockets: () => {
      for (const client of sockets.clients) client.terminate()
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
