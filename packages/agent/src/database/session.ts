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
