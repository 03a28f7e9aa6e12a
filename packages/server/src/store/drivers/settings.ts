import type { InsertOptions, QueryOptions } from '../driver.ts'
import { sqlString } from '../literal.ts'

export type Settings = Readonly<Record<string, string | number>>

/** A command (ALTER, INSERT SELECT, …) without a time limit of its own is given this much. */
export const COMMAND_TIMEOUT_MS = 600_000

/** An insert that takes longer has met a fault; it may be sent again under its token. */
export const INSERT_TIMEOUT_MS = 120_000

/**
 * Result size of `query` above which it fails when the caller named no limit: the whole result stands in memory twice.
 * Counted by the engine on its columns, before formatting.
 */
export const DEFAULT_MAX_RESULT_BYTES = 64 * 2 ** 20

/** Settings of one SELECT. `log_comment` is the name by which it can be killed. */
export function querySettings(id: string, remainingSeconds: number, options: QueryOptions): Settings {
  return {
    log_comment: id,
    max_execution_time: Number(remainingSeconds.toFixed(3)),
    // The defaults differ between versions of the engine; unquoted, JSON readers lose what is beyond 2^53.
    output_format_json_quote_64bit_integers: 1,
    timeout_overflow_mode: 'throw',
    result_overflow_mode: 'throw',
    ...(options.maxThreads === undefined ? {} : { max_threads: options.maxThreads }),
    ...(options.maxResultRows === undefined ? {} : { max_result_rows: options.maxResultRows }),
    ...(options.maxResultBytes === undefined ? {} : { max_result_bytes: options.maxResultBytes }),
  }
}

/** Settings of one INSERT. */
export function insertSettings(id: string, options: InsertOptions): Settings {
  return {
    log_comment: id,
    insert_deduplication_token: options.token,
    max_execution_time: INSERT_TIMEOUT_MS / 1000,
    // A backfill may touch any number of days at once.
    max_partitions_per_insert_block: 0,
    // One block, one part, one token, however many rows: an insert is stored whole or not at all.
    max_insert_block_size: 10_000_000,
  }
}

/** `SETTINGS a=1, b='x'`. */
export function settingsClause(settings: Settings): string {
  const parts = Object.entries(settings).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? value : sqlString(value)}`,
  )
  return `SETTINGS ${parts.join(', ')}`
}
