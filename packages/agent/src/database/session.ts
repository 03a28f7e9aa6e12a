import type { Readings } from '../model/readings.ts'

/** A row of an answer by the names of its columns; numbers beyond 2^53 come as text. */
export type Row = Readonly<Record<string, unknown>>

export interface DatabaseTarget {
  /** A name, an address, or of PostgreSQL a folder with its socket. */
  readonly host: string
  readonly port: number
  /** Path of a Unix socket, instead of host and port (MySQL). */
  readonly socketPath: string | undefined
  readonly user: string
  readonly password: string | undefined
  readonly database: string | undefined
  /** Undefined: not encrypted. */
  readonly tls: { readonly ca: string | undefined; readonly verify: boolean } | undefined
  /** Of connecting and of each query. */
  readonly timeoutMs: number
}

/** A connection that is kept between rounds. */
export interface DatabaseSession {
  /** As a number: 150004 of PostgreSQL 15.4, 101119 of MariaDB 10.11.19. */
  readonly version: number
  /** @throws the server's error, or that of a query that takes too long; then `broken` may be true */
  query(sql: string): Promise<readonly Row[]>
  /** Whether the connection is lost: it is closed, and made again at the next round. */
  readonly broken: boolean
  close(): void
}

/** A connection of one of the libraries. */
export interface DatabaseClient {
  ask(sql: string): Promise<readonly Row[]>
  /** Whether the server itself refused, and the connection goes on; else it was lost, or there was no answer in time. */
  readonly refused: (error: unknown) => boolean
  close(): void
}

/**
 * A session over a connection that was made; `lost` tells it that the connection ended by itself.
 * @param versionOf asks for the version, which shows that the server answers
 * @throws what the first query fails with; the connection is closed then
 */
export async function openSession(
  client: DatabaseClient,
  versionOf: (ask: DatabaseClient['ask']) => Promise<number>,
): Promise<{ readonly session: DatabaseSession; readonly lost: () => void }> {
  let broken = false
  const close = () => {
    broken = true
    client.close()
  }
  const query = async (sql: string): Promise<readonly Row[]> => {
    try {
      return await client.ask(sql)
    } catch (error) {
      if (!client.refused(error)) close()
      throw error
    }
  }
  try {
    const version = await versionOf(query)
    const session: DatabaseSession = {
      version,
      query,
      get broken() {
        return broken
      },
      close,
    }
    const lost = () => {
      broken = true
    }
    return { session, lost }
  } catch (error) {
    close()
    throw error
  }
}

/** One query and what is measured by its answer. */
export interface Measurement {
  /** For messages: `pg_stat_database`. */
  readonly name: string
  /** Undefined: servers of this version do not have it. */
  readonly sql: (version: number) => string | undefined
  readonly read: (rows: readonly Row[], readings: Readings) => void
}

/** A number of an answer; undefined when it is none. */
export function numberOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '') return undefined
  const number = value instanceof Date ? value.getTime() / 1000 : Number(value)
  return Number.isNaN(number) ? undefined : number
}

export function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
