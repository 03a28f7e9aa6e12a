import { readFileSync } from 'node:fs'
import type { RedisOptions } from './options.ts'

/** What the readers need of a client. */
export interface RedisClient {
  /** Runs a command; rejects with what the server says, or when the connection is lost or silent for 15 s. */
  readonly call: (command: string, ...args: (string | number | Buffer)[]) => Promise<unknown>
  /** The same, with texts as the bytes that they are. */
  readonly callBuffer: (command: string, ...args: (string | number | Buffer)[]) => Promise<unknown>
  readonly disconnect: () => void
}

/** A server that hangs must not hang the reader: commands take at most 500 ms, reads that wait included. */
const COMMAND_TIMEOUT_MS = 15_000

/** Connects, or rejects with the reason. The package is loaded here, not by servers that read nothing from Redis. */
export async function connectRedis({ url = '', password, ca }: RedisOptions): Promise<RedisClient> {
  const { Redis } = await import('ioredis')
  const client = new Redis(url, {
    lazyConnect: true,
    protocol: 2,
    connectionName: 'girok',
    connectTimeout: 5_000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // The reader begins anew on a connection of its own: it has to look at what is pending.
    retryStrategy: () => null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { tls: { ca: readFileSync(ca) } }),
  })
  let failure: Error | undefined
  client.on('error', (error) => {
    failure = error
  })
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    throw failure ?? error
  }
  return {
    call: (command, ...args) => client.call(command, ...args),
    callBuffer: (command, ...args) => client.callBuffer(command, ...args),
    disconnect: () => client.disconnect(),
  }
}

/** Host, port and database of a URL, without who may see it. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return 'redis'
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port === '' ? 6379 : port}${pathname === '/' || pathname === '' ? '/0' : pathname}`
}
