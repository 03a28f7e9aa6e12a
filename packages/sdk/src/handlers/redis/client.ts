import { codeOf } from '../error-text.ts'
import { packageError } from '../package-error.ts'
import { untilAborted } from '../until-aborted.ts'

/** An answer to one command of a transaction or a pipeline. */
export type RedisReply = readonly [error: Error | null, result?: unknown]

/** What the handler needs of a client; `Redis` and `Cluster` of the package `ioredis` have it. */
export interface RedisClient {
  readonly status?: string
  readonly isCluster?: boolean
  connect?(): Promise<unknown>
  multi(commands: unknown[][]): { exec(): Promise<readonly RedisReply[] | null> }
  pipeline(commands: unknown[][]): { exec(): Promise<readonly RedisReply[] | null> }
  call(command: string, ...args: string[]): Promise<unknown>
}

/** What it needs besides of a client that it has made itself. */
interface OwnClient extends RedisClient {
  readonly status: string
  readonly stream?: { ref?(): unknown; unref?(): unknown }
  connect(): Promise<unknown>
  disconnect(): void
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** Gives out a connected client. */
export interface RedisConnection {
  /** Runs `work` with a client that is connected; rejects when there is no connection, or when `signal` fires before. */
  use<T>(work: (client: RedisClient) => Promise<T>, signal: AbortSignal): Promise<T>
  close(): void
}

/** A client of the caller, which stays open at the end. */
export function borrowedConnection(client: RedisClient): RedisConnection {
  return {
    async use(work, signal) {
      if (client.status === 'wait') await untilAborted(signal, client.connect?.() ?? Promise.resolve())
      // Clients keep commands while they are away and send them later, also those that are repeated meanwhile.
      if (client.status !== undefined && client.status !== 'ready') throw new Error(`the client is ${client.status}`)
      return untilAborted(signal, work(client))
    },
    close() {},
  }
}

/** A connection of our own, made on first use and again whenever it is needed and lost. */
export function ownConnection(url: string): RedisConnection {
  let made: OwnClient | undefined
  let failure: Error | undefined

  async function connected(signal: AbortSignal): Promise<OwnClient> {
    if (made?.status === 'ready') return made
    letGo()
    failure = undefined
    made = await newClient(url, (error) => {
      failure = error
    })
    try {
      await untilAborted(signal, made.connect())
    } catch (error) {
      letGo()
      throw new Error(`cannot be reached (${codeOf(failure ?? error)})`)
    }
    return made
  }

  function letGo(): void {
    // Of a connection that has ended the client would wait for the end once more, and keep the process alive.
    if (made !== undefined && made.status !== 'end' && made.status !== 'close') made.disconnect()
    made = undefined
  }

  return {
    async use(work, signal) {
      const client = await connected(signal)
      client.stream?.ref?.()
      try {
        return await untilAborted(signal, work(client))
      } catch (error) {
        // Answers that come late must not be taken for those to the next commands.
        if (signal.aborted) letGo()
        throw error
      } finally {
        // A connection that is only kept for the next batch is no reason to keep the program running.
        client.stream?.unref?.()
      }
    },
    close: letGo,
  }
}

async function newClient(url: string, onError: (error: Error) => void): Promise<OwnClient> {
  let Redis: typeof import('ioredis').Redis
  try {
    // Left alone by bundlers: programs that send nothing to Redis have no such package.
    Redis = (await import(/* webpackIgnore: true */ /* @vite-ignore */ 'ioredis')).Redis
  } catch (error) {
    throw packageError('redisHandler', 'ioredis', 'a client as option `client`', error)
  }
  const client: OwnClient = new Redis(url, {
    lazyConnect: true,
    // Repeating is the handler's work, which knows what was delivered and counts; here it would happen twice.
    retryStrategy: () => null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A server that loads its data says so to every command, and is asked again then.
    enableReadyCheck: false,
    disconnectTimeout: 100,
  })
  client.on('error', onError)
  return client
}
