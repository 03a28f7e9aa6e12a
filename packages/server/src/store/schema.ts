import type { Migration, MigrationContext } from './migration.ts'

/**
 * The tables of the store, for everyone who writes SQL against them. Names are given without a database.
 *
 * `logs`: one row per record.
 *
 * | column | type                           | holds                                                            |
 * |--------|--------------------------------|------------------------------------------------------------------|
 * | tenant | LowCardinality(String)         | tenant id                                                        |
 * | ts     | DateTime64(9, 'UTC')           | record time, nanoseconds; 1970 … 2261                            |
 * | stream | UInt64                         | id of model/labels.ts; the labels stand in `streams`             |
 * | level  | LowCardinality(String)         | a word of model/level.ts, '' when nobody looked                  |
 * | line   | String                         | the exact bytes of the line (any byte, newlines and NUL included)|
 * | meta   | Map(LowCardinality(String), String) | structured metadata of the record; `{}` for most            |
 * | batch  | UInt64                         | hash of tenant and idempotency key, 0 without a key              |
 *
 * What must stand in WHERE, or nothing is pruned:
 * - `tenant = …`, always, first in the key;
 * - `toStartOfHour(ts) BETWEEN toStartOfHour(a) AND toStartOfHour(b)` besides the bounds on `ts` itself: the key holds the
 *   hour, and a bound on `ts` alone prunes whole days (partitions) only;
 * - `stream IN (…)` of the ids that the StreamIndex gives for the matchers. Omit it when it would name nearly all.
 * Newest-first reads walk hour slices from the newest and stop at the limit.
 */
export const LOGS = 'logs'

/** Columns that an insert into `logs` carries, in the order of the encoder. */
export const LOGS_COLUMNS = ['tenant', 'ts', 'stream', 'level', 'line', 'meta', 'batch'] as const

/** `streams`: tenant, stream, labels Map(String, String), first_hour and last_hour (whole hours since the epoch, UInt32). */
export const STREAMS = 'streams'
export const STREAMS_COLUMNS = ['tenant', 'stream', 'labels', 'first_hour', 'last_hour'] as const

function mergeTreeSettings(context: MigrationContext): string {
  return context.durability === 'fsync'
    ? 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1'
    : 'fsync_after_insert = 0, fsync_part_directory = 0'
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'log tables',
    statements: (context) => [
      `CREATE TABLE IF NOT EXISTS ${LOGS} (
        tenant LowCardinality(String),
        ts DateTime64(9, 'UTC') CODEC(GCD, Delta, ZSTD(1)),
        stream UInt64 CODEC(ZSTD(1)),
        level LowCardinality(String),
        line String CODEC(ZSTD(1)),
        meta Map(LowCardinality(String), String) CODEC(ZSTD(1)),
        batch UInt64 CODEC(ZSTD(1))
      ) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (tenant, toStartOfHour(ts), stream, ts)
      SETTINGS ${mergeTreeSettings(context)}, non_replicated_deduplication_window = 1000, old_parts_lifetime = 5`,
      `CREATE TABLE IF NOT EXISTS ${STREAMS} (
        tenant LowCardinality(String),
        stream UInt64,
        labels Map(String, String),
        first_hour SimpleAggregateFunction(min, UInt32),
        last_hour SimpleAggregateFunction(max, UInt32)
      ) ENGINE = AggregatingMergeTree ORDER BY (tenant, stream)
      SETTINGS ${mergeTreeSettings(context)}, old_parts_lifetime = 5`,
    ],
  },
]
