import { documentTable } from './documents/schema.ts'
import { journalTable } from './journal/schema.ts'
import type { Migration, MigrationContext } from './migration.ts'
import { ROW_KIND, rowKindSql } from './promoted.ts'
import { sampleTables } from './samples/schema.ts'
import { stateTable } from './state/schema.ts'

/**
 * The tables of the store, for everyone who writes SQL against them. Names are given without a database.
 *
 * `logs`: one row per record.
 *
 * | column | type                           | holds                                                            |
 * |--------|--------------------------------|------------------------------------------------------------------|
 * | tenant | LowCardinality(String)         | tenant id                                                        |
 * | ts     | DateTime64(9, 'UTC')           | record time, nanoseconds; 1970 … 2105                            |
 * | stream | UInt64                         | id of model/labels.ts; the labels stand in `streams`             |
 * | level  | LowCardinality(String)         | a word of model/level.ts, '' when nobody looked                  |
 * | line   | String                         | the exact bytes of the line (any byte, newlines and NUL included)|
 * | meta   | Map(LowCardinality(String), String) | structured metadata of the record; `{}` for most            |
 * | batch  | UInt64                         | id of the use of an idempotency key, 0 for rows without a key    |
 * | row_kind | UInt8                        | what the line is as JSON, whether there is metadata; fields of flat lines have columns of their own (promoted.ts) |
 *
 * What must stand in WHERE, or nothing is pruned:
 * - `tenant = …`, always, first in the key;
 * - `toStartOfHour(ts) BETWEEN toStartOfHour(a) AND toStartOfHour(b)` besides the bounds on `ts` itself: the key holds the
 *   hour, and a bound on `ts` alone prunes whole days (partitions) only;
 * - `stream IN (…)` of the ids that the StreamIndex gives for the matchers. Omit it when it would name nearly all.
 * Newest-first reads walk hour slices from the newest and stop at the limit.
 *
 * Records of a stream with equal times: `ORDER BY ts, _part_starting_offset + _part_offset` gives them as they arrived
 * (inserts and merges keep the order of equal keys, and the parts of a day stand in the order of their inserts). By `ts`
 * alone their order is not defined.
 */
export const LOGS = 'logs'

/** Columns that an insert into `logs` carries, in the order of the encoder. */
export const LOGS_COLUMNS = ['ts', 'tenant', 'stream', 'level', 'line', 'meta', 'batch'] as const

/** The index of all pieces of this many characters of `lower(line)`. */
export const LINE_NGRAM = 5

/** `streams`: tenant, stream, labels Map(String, String), first_hour and last_hour (whole hours since the epoch, UInt32). */
export const STREAMS = 'streams'
export const STREAMS_COLUMNS = ['tenant', 'stream', 'labels', 'first_hour', 'last_hour'] as const

/** `batches`: idempotency keys of the last day. */
export const BATCHES = 'batches'
export const BATCHES_COLUMNS = ['batch', 'done', 'at'] as const

/**
 * Merged parts are synced as well: their sources are deleted seconds after the merge, long before the system would
 * write the merged part out by itself, and a power cut between would lose acknowledged rows. Costs 0.1 µs per row.
 *
 * Superseded parts are kept 480 s, and looked for every 30 s, by default: that would be three times the data on the disk
 * during ingestion.
 */
function mergeTreeSettings(context: MigrationContext): string {
  const sync =
    context.durability === 'fsync'
      ? 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1'
      : 'fsync_after_insert = 0, fsync_part_directory = 0, min_rows_to_fsync_after_merge = 0'
  return (
    `${sync}, non_replicated_deduplication_window = 1000, old_parts_lifetime = 5, cleanup_delay_period = 5, ` +
    'max_cleanup_delay_period = 10, cleanup_delay_period_random_add = 1'
  )
}

/**
 * Every version of the schema, oldest first.
 *
 * What was measured for `logs`, with a million lines of 195 bytes (JSON of services and sshd text, 27 streams, inserts of
 * 20,000 rows as TabSeparated, synced); CPU per row of insert and merges together:
 * - as below: 4.3 µs, 21.1 bytes a row (line 17–19.7, ts 0.9, all else 0.1). 2.4 µs of it is the insert alone.
 * - merges: by default (at most 10 parts, no minimum) 5.4 µs; of 8–20 parts at once 4.3–4.4 µs and the same size. A
 *   minimum of 15 is no cheaper, and each past day keeps up to twice as many parts for ever.
 * - line in ZSTD(2) or (3): 0.3 µs more and no smaller, what is left is random ids; blocks of 256 KiB or 1 MiB: ± 1 %.
 * - the kind and ten fields, filled by the writer: + 1.0 µs in Float64 and String, + 1.9 in Nullable and LowCardinality;
 *   + 3.8 bytes (0.9 for a latency that 30 % of the lines have, next to nothing for words that repeat).
 * - the index: + 2.2 µs for each merge of a row and + 4 bytes. Pieces of 4 characters in 32 KiB leave
 *   29 of 123 granules to a request id that no line has (half of all 4-digit pieces of random hexadecimal ids stand in
 *   each granule) and cost a needle 33 ms of CPU; pieces of 5 leave none and cost 9. 16 KiB: 2 bytes less, 17 ms.
 *   Inserts of some size build it as well, for another 2.2 µs: with merges as rare as below, a tenth to a fifth of a
 *   million lines would otherwise wait for one, and a needle cost 40 ms.
 * - merges with that index: 7.0 µs when a merge takes parts that are 5 times its largest (the default, `merge_selector_base`),
 *   as rows are merged two or three times; 2.7 µs at 10 (12 parts are left of the million), 2.3 at 20 (18 parts). While the
 *   machine is busy with writes, parts wait for their merges, and the more wait, the lower the engine takes the number: at
 *   10 some rows are merged twice then (5.3 to 9.3 µs), at 16 once (3.5 to 6.4), but queries over the parts that are left
 *   cost a fifth more CPU.
 * - the same rows already in order of the key: no cheaper; parts of inserts with files for each column: 0.5 to 1.0 µs more;
 *   level-0 parts in LZ4: 0.1 µs less and 2 bytes more; column statistics switched off: nothing.
 * - inserts of blocks in the place of TabSeparated: 1.3 µs for 4.5, without the index.
 * - a rollup per minute, stream and level: nothing measurable per row at full load, but a second part for every insert,
 *   which doubles the cost of a lone line every 100 ms (8 ms of CPU each, most of it files of the part); and it would
 *   have to follow every deletion. Counting from `logs` reads ts and stream only.
 * - times: `GCD, Delta, ZSTD(1)` 1.0 byte a row and 12 ms of CPU to read a million; `Delta, ZSTD(1)` 1.3 and 10; `T64, LZ4`
 *   4.1 and 5; `Delta, LZ4` 2.7 and 4.5: every aggregate reads them.
 * - columns whose DEFAULT is a long expression: 1 to 2 ms for each statement that names the table, whatever it reads. So
 *   defaults are constants that say "unknown", and a mutation fills in what they stand for, once.
 * - rows of many columns are cheap at rest: tenant, level, meta and batch take 0.06 bytes together when all alike.
 */
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
      SETTINGS ${mergeTreeSettings(context)}, max_parts_to_merge_at_once = 20, min_parts_to_merge_at_once = 8`,
      `CREATE TABLE IF NOT EXISTS ${STREAMS} (
        tenant LowCardinality(String),
        stream UInt64,
        labels SimpleAggregateFunction(any, Map(String, String)),
        first_hour SimpleAggregateFunction(min, UInt32),
        last_hour SimpleAggregateFunction(max, UInt32)
      ) ENGINE = AggregatingMergeTree ORDER BY (tenant, stream)
      SETTINGS ${mergeTreeSettings(context)}`,
      `CREATE TABLE IF NOT EXISTS ${BATCHES} (
        batch UInt64,
        done UInt8,
        at DateTime('UTC')
      ) ENGINE = MergeTree ORDER BY at TTL at + INTERVAL 25 HOUR
      SETTINGS ${mergeTreeSettings(context)}`,
    ],
  },
  {
    version: 2,
    name: 'index and fields of lines',
    statements: ({ engine }) => [
      // Was worked out from the line by default; the next version has another column in its place.
      `ALTER TABLE ${LOGS} ADD COLUMN IF NOT EXISTS json_kind UInt8 DEFAULT 0 CODEC(ZSTD(1))`,
      `ALTER TABLE ${LOGS} ADD INDEX IF NOT EXISTS line_ngrams lower(line) TYPE ngrambf_v1(${LINE_NGRAM}, 32768, 1, 0) GRANULARITY 1`,
      // Servers may be older than the setting.
      ...(engine === 'chdb' ? [`ALTER TABLE ${LOGS} MODIFY SETTING merge_selector_base = 10`] : []),
    ],
  },
  {
    version: 3,
    name: 'kinds of rows',
    statements: () => [
      `ALTER TABLE ${LOGS} MODIFY COLUMN ts DateTime64(9, 'UTC') CODEC(Delta, LZ4)`,
      `ALTER TABLE ${LOGS} ADD COLUMN IF NOT EXISTS ${ROW_KIND} UInt8 DEFAULT 0 CODEC(ZSTD(1)), DROP COLUMN IF EXISTS json_kind`,
      // In the background; until then rows stored before are evaluated one by one where their kind matters.
      `ALTER TABLE ${LOGS} UPDATE ${ROW_KIND} = ${rowKindSql()} WHERE ${ROW_KIND} = 0`,
    ],
  },
  {
    version: 4,
    name: 'tables of samples',
    statements: (context) => sampleTables(mergeTreeSettings(context)),
  },
  {
    version: 5,
    name: 'small parts of logs in one file',
    // Parts of an insert had a file or two for each column: half of an insert's time in the kernel was theirs.
    statements: () => [`ALTER TABLE ${LOGS} MODIFY SETTING min_bytes_for_wide_part = 33554432`],
  },
  {
    version: 6,
    name: 'documents',
    statements: (context) => [documentTable(mergeTreeSettings(context))],
  },
  {
    version: 7,
    name: 'state and journal',
    statements: (context) => [stateTable, journalTable].map((table) => table(mergeTreeSettings(context))),
  },
]
