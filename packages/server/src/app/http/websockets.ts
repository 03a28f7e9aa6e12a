import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TailPath } from '../../api/tail/index.ts'
import { GirokError } from '../../model/errors.ts'
import { identify } from './access.ts'
import type { HttpOptions } from './options.ts'
import { errorResponse } from './reply.ts'

/** Clients send nothing but control frames. */
const MAX_CLIENT_FRAME_BYTES = 16 * 1024
/** As often as Loki: proxies and clients take a silent connection for a dead one. */
const PING_MS = 1_000
const MAX_UNANSWERED = 30
const GOING_AWAY = 1001

type Options = Pick<HttpOptions, 'basePath' | 'policy' | 'tokens' | 'defaultTenant' | 'websockets' | 'report'>

/** Answers upgrade requests: refused ones get a plain HTTP answer before any websocket exists. */
export function acceptWebsockets(server: Server, options: Options): { closeAll(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
    // A client that offers subprotocols must get one back; the one that carries the token is not repeated.
    handleProtocols: (offered) => (offered.has('girok') ? 'girok' : false),
  })
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    raw.on('error', () => raw.destroy())
    try {
      const open = prepare(request, options)
      sockets.handleUpgrade(request, raw, head, (socket) => {
        keepAlive(socket)
        open({
          send: (frame) => socket.send(frame),
          bufferedBytes: () => socket.bufferedAmount,
          // A close reason may hold 123 bytes (RFC 6455 §5.5).
          close: (code, reason) => socket.close(code, Buffer.from(reason).subarray(0, 123)),
          onClose: (listener) => socket.once('close', listener),
        })
      })
    } catch (error) {
      refuse(raw, error, options)
    }
  })
  return {
    closeAll() {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'the server is stopping')
    },
  }
}

function prepare(request: IncomingMessage, options: Options): ReturnType<TailPath> {
  options.policy.checkHost(request.headers.host)
  options.policy.checkOrigin(request.headers)
  const url = new URL(request.url ?? '/', 'http://girok')
  const path = url.pathname.startsWith(`${options.basePath}/`)
    ? url.pathname.slice(options.basePath.length)
    : url.pathname
  const tail = options.websockets.get(path)
  if (!tail) throw new GirokError('not_found', `there is no websocket at ${path}`)
  const { tenant } = identify(request.headers, 'query', options.tokens, options.defaultTenant)
  return tail({ tenant, params: url.searchParams, headers: request.headers })
}

function refuse(raw: Duplex, error: unknown, options: Options): void {
  const { status, headers = {}, body = '' } = errorResponse(error, 'text', options.report)
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': Buffer.byteLength(body as string) })
  raw.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n\r\n${body}`,
  )
}

/** Finds connections whose other end has silently gone. */
function keepAlive(socket: WebSocket): void {
  let unanswered = 0
  socket.on('pong', () => {
    unanswered = 0
  })
  socket.on('error', () => socket.terminate())
  const timer = setInterval(() => {
    if (++unanswered > MAX_UNANSWERED) socket.terminate()
    else socket.ping()
  }, PING_MS)
  timer.unref()
  socket.once('close', () => clearInterval(timer))
}
