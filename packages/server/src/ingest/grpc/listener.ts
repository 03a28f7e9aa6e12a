import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Server } from 'node:net'
import { GirokError } from '../../model/errors.ts'
import { bearerToken } from '../credentials.ts'
import { headerOf } from '../headers.ts'
import type { GrpcCall, GrpcListener, GrpcMethod } from '../listen/listener.ts'
import {
  acceptedSockets,
  addressOf,
  isEncrypted,
  type ListenEnvironment,
  listen,
  type OpenListener,
  tlsFiles,
} from '../listen/open-listener.ts'
import { ACCEPTED_ENCODINGS, framed, MessageBytes, timeoutMs } from './message.ts'
import { GRPC, type GrpcTrailers, grpcTrailers, trailersOf } from './status.ts'

const CONTENT_TYPE = 'application/grpc'
/** Calls at once on one connection; HTTP/2 makes clients wait. */
const MAX_STREAMS = 100
const WINDOW_BYTES = 1 << 20

/**
 * Opens a gRPC port: unary calls over HTTP/2, with TLS or without. Bounded in connections, calls per connection, bytes of
 * one message and of all unfinished ones, and the time a call may take to arrive.
 */
export async function openGrpcListener(listener: GrpcListener, env: ListenEnvironment): Promise<OpenListener> {
  const { options, name } = listener
  const where = `receivers.${env.receiver}.${name}`
  const encrypted = isEncrypted(options, where)
  const shared = {
    settings: { maxConcurrentStreams: MAX_STREAMS, initialWindowSize: WINDOW_BYTES, enablePush: false },
    maxSessionMemory: 16,
  }
  const server = encrypted
    ? createSecureServer({ ...shared, ...tlsFiles(options, where), handshakeTimeout: options.stallTimeout })
    : createServer(shared)
  // TCP's own limit, which counts connections before they speak HTTP/2.
  ;(server as unknown as Server).maxConnections = options.maxConnections
  const accepted = acceptedSockets(server as unknown as Server)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.setTimeout(options.idleTimeout, () => session.close())
    session.on('error', () => session.destroy())
    session.once('close', () => sessions.delete(session))
  })
  // A session that fails ends, and its calls with it, which see that they are closed.
  server.on('sessionError', () => {})
  const calls = new Calls(listener, env)
  server.on('stream', (stream, headers) => calls.answer(stream, headers))
  const port = await listen(server as unknown as Server, options, where)
  return {
    name,
    port,
    address: addressOf(encrypted ? 'grpcs' : 'grpc', options.host, port),
    connections: () => sessions.size,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      const cutOff = setTimeout(() => {
        for (const session of sessions) session.destroy()
        accepted.destroyAll()
      }, env.shutdownTimeoutMs)
      // Ends a session once its calls are answered; clients are told to take no new ones there.
      for (const session of sessions) session.close()
      if (sessions.size === 0) accepted.destroyAll()
      await closed
      clearTimeout(cutOff)
    },
  }
}

class Calls {
  readonly #listener: GrpcListener
  readonly #env: ListenEnvironment
  #heldBytes = 0

  constructor(listener: GrpcListener, env: ListenEnvironment) {
    this.#listener = listener
    this.#env = env
  }

  answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    // `close` follows and is enough.
    stream.on('error', () => {})
    if (!headers['content-type']?.startsWith(CONTENT_TYPE)) {
      stream.respond({ ':status': 415, 'accept-post': CONTENT_TYPE }, { endStream: true })
      stream.close()
      return
    }
    const limit = timeoutMs(headerOf({ headers }, 'grpc-timeout'))
    const deadline =
      limit === undefined
        ? undefined
        : setTimeout(() => refuse(stream, trailersOf(GRPC.deadlineExceeded, 'the deadline of the call passed')), limit)
    stream.once('close', () => clearTimeout(deadline))
    this.#call(stream, headers).then(
      (message) => respond(stream, message),
      (error) => {
        if (!(error instanceof GirokError)) this.#env.delivery.failed(this.#env.context.tenant, error)
        refuse(stream, grpcTrailers(error))
      },
    )
  }

  async #call(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Buffer> {
    const { method, call } = await this.#prepared(stream, headers).catch((error) => {
      this.#note(error)
      throw error
    })
    return method(call)
  }

  /** Everything before the receiver's own work, which counts what fails there itself. */
  async #prepared(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ): Promise<{ method: GrpcMethod; call: GrpcCall }> {
    const { methods } = this.#listener
    const path = headers[':path'] ?? ''
    const method: GrpcMethod | undefined = Object.hasOwn(methods, path) ? methods[path] : undefined
    if (method === undefined) throw new GirokError('not_found', `there is no method ${path.slice(0, 200)} here`)
    const { context } = this.#env
    const wanted = headerOf({ headers }, 'x-scope-orgid') || this.#listener.options.tenant
    const { tenant } = context.authenticate(bearerToken(headers, new URLSearchParams()), wanted)
    const bytes = await this.#received(stream)
    const message = await bytes.message(headerOf({ headers }, 'grpc-encoding'), context.limits.maxDecompressedBytes)
    return { method, call: { tenant, message } }
  }

  #received(stream: ServerHttp2Stream): Promise<MessageBytes> {
    const { options, name } = this.#listener
    const bytes = new MessageBytes(options.maxFrameBytes)
    const release = () => {
      this.#heldBytes -= bytes.length
    }
    return new Promise<MessageBytes>((done, failed) => {
      stream.setTimeout(options.stallTimeout, () => {
        failed(
          new GirokError('bad_request', `the message was not finished: nothing came for ${options.stallTimeout} ms`),
        )
      })
      stream.on('data', (chunk: Buffer) => {
        try {
          this.#heldBytes += chunk.length
          bytes.add(chunk)
          if (this.#heldBytes > options.maxHeldBytes) {
            const where = `receivers.${this.#env.receiver}.${name}.maxHeldBytes`
            throw new GirokError(
              'overloaded',
              `unfinished calls hold more than ${where} (${options.maxHeldBytes} bytes)`,
            )
          }
        } catch (error) {
          failed(error)
        }
      })
      stream.once('end', () => {
        stream.setTimeout(0)
        done(bytes)
      })
      stream.once('close', () => failed(new GirokError('cancelled', 'the client went away')))
    }).finally(() => {
      stream.removeAllListeners('data')
      release()
    })
  }

  #note(error: unknown): void {
    if (!(error instanceof GirokError) || error.code === 'cancelled') return
    const { delivery, context } = this.#env
    delivery.undecodable(error)
    delivery.remember(this.#listener.options.tenant ?? context.tenant, error.status, error.message)
  }
}

function respond(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed || stream.headersSent) return
  stream.respond(
    { ':status': 200, 'content-type': CONTENT_TYPE, 'grpc-accept-encoding': ACCEPTED_ENCODINGS },
    {
      waitForTrailers: true,
    },
  )
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(GRPC.ok) }))
  stream.end(framed(message))
}

/** A status without a message: one block of headers ends the call. */
function refuse(stream: ServerHttp2Stream, trailers: GrpcTrailers): void {
  if (stream.destroyed || stream.headersSent) return
  stream.respond(
    { ':status': 200, 'content-type': CONTENT_TYPE, 'grpc-accept-encoding': ACCEPTED_ENCODINGS, ...trailers },
    { endStream: true },
  )
  // What the client still sends of a call that is refused already is not waited for.
  stream.close()
}
