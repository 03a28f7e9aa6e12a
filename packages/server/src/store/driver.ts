import type { NativeBlock } from './native-block.ts'

/**
 * The one door to a storage engine. Both drivers take the same SQL (ClickHouse's) and give the same bytes back.
 * Everything above (migrations, writer, reader, retention) is written against this.
 */
export interface Driver {
  readonly kind: 'chdb' | 'clickhouse'

  /**
   * Runs a statement without result: DDL, ALTER, INSERT SELECT … Serialised with other commands. Ten minutes unless told.
   */
  command(sql: string, options?: StatementOptions): Promise<void>

  /**
   * Runs a SELECT (without a FORMAT clause; a SETTINGS clause of its own is fine) and returns the whole result, in
   * `format`, as bytes. 64-bit integers are quoted in JSON. Rejects with GirokError: `timeout`, `limit_exceeded` (memory,
   * rows, bytes), `cancelled`, `store_failed`.
   */
  query(sql: string, format: ResultFormat, options: QueryOptions): Promise<Buffer>

  /** As `query`, in chunks (cut anywhere). Ending the iteration early frees the engine. For exports and long scans. */
  stream(sql: string, format: ResultFormat, options: QueryOptions): AsyncIterable<Buffer>

  /**
   * Inserts rows already encoded, one partition's or many: as TabSeparated, or as a block, which costs the engine a third
   * of that; its columns may have other types than the table's, as long as the engine converts them. All statements on
   * one table are done in call order. Rejects with GirokError: `disk_full`, `store_unavailable` (retryable: memory,
   * connection), `store_failed`.
   */
  insert(table: string, columns: readonly string[], rows: Buffer | NativeBlock, options: InsertOptions): Promise<void>

  /** Kills what runs, waits for the engine to be quiet, closes. Idempotent. */
  close(): Promise<void>
}

export type ResultFormat = 'JSONCompactEachRow' | 'RowBinary' | 'TabSeparated'

/**
 * Which sessions serve a statement. `interactive`: short, someone waits (labels, newest lines). `query`: dashboards and
 * searches. `heavy`: exports and scans that may take long; fewer threads, lower priority. Lanes do not wait for one another.
 */
export type Lane = 'interactive' | 'query' | 'heavy'

export interface StatementOptions {
  readonly timeoutMs?: number
}

export interface QueryOptions {
  readonly lane: Lane
  /** Aborting stops the engine's work (KILL QUERY) within a second; the promise rejects with `cancelled` at once. */
  readonly signal?: AbortSignal
  readonly timeoutMs: number
  /**
   * Rows and bytes (of the columns in memory) of the result above which the query fails with `limit_exceeded`. Left out:
   * 64 MiB for `query`, which holds the whole result in memory, and no limit for `stream`.
   */
  readonly maxResultRows?: number
  readonly maxResultBytes?: number
  /** At most so many threads of the engine; default: as many as there are cores. One is quicker where little is read. */
  readonly maxThreads?: number
}

export interface InsertOptions {
  /** insert_deduplication_token: the same token on the same table is stored once (within the engine's window). */
  readonly token: string
}
