import { readFileSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { GirokError } from '../../model/errors.ts'
import type { Delivery } from '../delivery.ts'
import type { ReceiverContext } from '../receiver.ts'
import type { StreamOptions } from './options.ts'

/** What listeners need of the receiver that they belong to. */
export interface ListenEnvironment {
  /** Name of the receiver. */
  readonly receiver: string
  readonly context: ReceiverContext
  readonly delivery: Delivery
  /** How long `close` waits for what was begun before it cuts connections. */
  readonly shutdownTimeoutMs: number
}

/** A port that is open. */
export interface OpenListener {
  readonly name: string
  /** `tcp://127.0.0.1:5514`; also tls, udp, grpc, grpcs. */
  readonly address: string
  readonly port: number
  /** Connections now; undefined where there is no such thing. */
  readonly connections: () => number | undefined
  /** Takes nothing new, handles what has come, then closes. */
  readonly close: () => Promise<void>
}

/** Whether TLS was asked for. Throws when half of what it needs is missing. */
export function isEncrypted({ tls }: StreamOptions, where: string): boolean {
  const { cert, key, clientCa } = tls
  if (cert === undefined && key === undefined && clientCa === undefined) return false
  if (cert !== undefined && key !== undefined) return true
  throw new GirokError('internal', `${where}.tls is incomplete: TLS needs both cert and key`)
}

/** Reads the files that TLS needs. */
export function tlsFiles({ tls }: StreamOptions, where: string) {
  const read = (name: 'cert' | 'key' | 'clientCa'): Buffer | undefined => {
    const path = tls[name]
    if (path === undefined) return undefined
    try {
      return readFileSync(path)
    } catch (cause) {
      throw new GirokError('internal', `cannot read ${where}.tls.${name} (${path}): ${(cause as Error).message}`, {
        cause,
      })
    }
  }
  const ca = read('clientCa')
  return {
    cert: read('cert') as Buffer,
    key: read('key') as Buffer,
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
  }
}

/**
 * Keeps every socket that a server has accepted, also those that have not got through TLS yet and are nobody's connection;
 * a server closes only when all are gone.
 */
export function acceptedSockets(server: Server): { destroyAll(): void } {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return {
    destroyAll() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Listens, or rejects with an error that says what to do. Resolves to the port. */
export async function listen(server: Server, { host, port }: StreamOptions, where: string): Promise<number> {
  await new Promise<void>((done, failed) => {
    server.once('error', (error) => failed(listenError(error, where, host, port ?? 0)))
    server.listen({ host, port }, () => done())
  })
  return (server.address() as { port: number }).port
}

/** The error of a port that could not be opened, in words for users. */
export function listenError(error: Error, where: string, host: string, port: number): Error {
  const { code } = error as NodeJS.ErrnoException
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `${where}: port ${port} on ${host} is taken: stop the program that has it, or choose another port`,
    EACCES: `${where}: this user may not listen on port ${port}: choose a port above 1023`,
    EADDRNOTAVAIL: `${where}: this machine has no address ${host}`,
    ENOTFOUND: `${where}: the host ${host} is not known`,
  }
  const reason = code === undefined ? undefined : reasons[code]
  return reason === undefined ? error : new GirokError('internal', reason, { cause: error })
}

/** `scheme://host:port`, with brackets around IPv6. */
export function addressOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
