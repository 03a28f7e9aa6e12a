import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { GuardedConnection } from './guarded-connection.ts'
import { HeldBudget } from './held-budget.ts'
import type { StreamListener } from './listener.ts'
import {
  acceptedSockets,
  addressOf,
  isEncrypted,
  type ListenEnvironment,
  listen,
  type OpenListener,
  tlsFiles,
} from './open-listener.ts'

/** Connections that were turned away are told of at most this often. */
const REFUSAL_NOTICE_MS = 10_000

/** Opens a TCP or TLS port whose connections are bounded in number, time and memory. */
export async function openStreamListener(listener: StreamListener, env: ListenEnvironment): Promise<OpenListener> {
  const { options, name } = listener
  const where = `receivers.${env.receiver}.${name}`
  const encrypted = isEncrypted(options, where)
  const connections = new Set<GuardedConnection>()
  const budget = new HeldBudget(options.maxHeldBytes)

  const accept = (socket: Socket) => {
    const connection = new GuardedConnection(socket, listener, env, budget)
    connections.add(connection)
    socket.once('close', () => {
      connections.delete(connection)
      budget.gone(connection)
    })
    connection.start()
  }
  // Both ends are closed by us, because a client may have ended its half and still wait for acknowledgements.
  const shared = { allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 60_000, noDelay: true }
  const server: Server = encrypted
    ? createTlsServer({ ...shared, ...tlsFiles(options, where), handshakeTimeout: options.stallTimeout }, accept)
    : createServer(shared, accept)
  server.maxConnections = options.maxConnections
  const accepted = acceptedSockets(server)
  let noticedMs = Number.NEGATIVE_INFINITY
  server.on('drop', () => {
    const nowMs = performance.now()
    if (nowMs - noticedMs < REFUSAL_NOTICE_MS) return
    noticedMs = nowMs
    const text = `more than ${options.maxConnections} connections at once: raise ${where}.maxConnections`
    env.delivery.remember(options.tenant ?? env.context.tenant, 429, text)
  })
  server.on('tlsClientError', (error) => env.delivery.remember(env.context.tenant, 400, `TLS: ${error.message}`))
  const port = await listen(server, options, where)
  return {
    name,
    port,
    address: addressOf(encrypted ? 'tls' : 'tcp', options.host, port),
    connections: () => connections.size,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      const cutOff = setTimeout(() => accepted.destroyAll(), env.shutdownTimeoutMs)
      await Promise.all([...connections].map((connection) => connection.finish()))
      if (connections.size === 0) accepted.destroyAll()
      await closed
      clearTimeout(cutOff)
    },
  }
}
