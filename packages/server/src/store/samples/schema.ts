/**
 * Tables of metric samples. Names are given without a database.
 *
 * `samples`: tenant LowCardinality(String), series UInt64 (id of model/sample-batch.ts), ts DateTime64(3, 'UTC'), value
 * Float64 with its bits. Key: tenant, series, ts; a read names the tenant and the ids that the series index gives for its
 * matchers, so the metric needs no column: the highest bits of the id are of its name. A sample that was sent twice
 * stands there twice until read (see reader.ts).
 *
 * Rows are inserted through `samples_in`, which keeps nothing: one row for many samples, whose columns hold the bytes of
 * whole arrays, little-endian. The view turns them into rows of `samples`. Two reasons:
 * - exactness: as text, every NaN is "nan" and the stale marker (0x7ff0000000000002) would be lost;
 * - speed: of rows as text, digits cost more than all else. Inserts of 20,000 rows (synced, no merges), µs of CPU per
 *   sample: decimal text 3.1, bits as decimal integers 2.7, arrays of bytes 0.72 of which 0.35 is MergeTree's. Blocks, as
 *   records go, would have little left to save.
 *
 * `reinterpret` to arrays needs ClickHouse 25.7 or later.
 */
export const SAMPLES = 'samples'
export const SAMPLES_IN = 'samples_in'
/** The tenant comes last: a row that ends in a carriage return is taken for a file of another system and refused. */
export const SAMPLES_IN_COLUMNS = ['series', 'times', 'values', 'tenant'] as const

/** `series`: tenant, series, labels Map(String, String), first_hour and last_hour, as `streams` of the records. */
export const SERIES = 'series'
export const SERIES_COLUMNS = ['tenant', 'series', 'labels', 'first_hour', 'last_hour'] as const

/** `metric_metadata`: tenant, metric, type, help, unit; of equal (tenant, metric) the one with the latest `at` counts. */
export const METADATA = 'metric_metadata'
export const METADATA_COLUMNS = ['tenant', 'metric', 'type', 'help', 'unit', 'at'] as const

/** `exemplars`: tenant, series, ts DateTime64(3, 'UTC'), value Float64, labels Map(String, String). */
export const EXEMPLARS = 'exemplars'
export const EXEMPLARS_COLUMNS = ['tenant', 'series', 'ts', 'value', 'labels'] as const

/**
 * Statements that make the tables; `settings` are those of every MergeTree of the store.
 *
 * Codecs as measured on 2,000 series (counters, walks of two decimals, random doubles, constants) of 2,880 samples at 15 s,
 * bytes per sample after merges: ts and value in Delta + ZSTD(1) 2.5 (values 2.1, times 0.01), times in T64 2.6, in GCD
 * 2.65, values in ZSTD(1) alone 2.75, LZ4 4.4. Granules of 1,024 rows: a read of a few series of one metric decompresses
 * less.
 */
export function sampleTables(settings: string): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${SAMPLES} (
      tenant LowCardinality(String),
      series UInt64 CODEC(ZSTD(1)),
      ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
      value Float64 CODEC(Delta, ZSTD(1))
    ) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (tenant, series, ts)
    SETTINGS ${settings}, index_granularity = 1024, max_parts_to_merge_at_once = 20, min_parts_to_merge_at_once = 8`,
    `CREATE TABLE IF NOT EXISTS ${SAMPLES_IN} (series String, times String, values String, tenant String) ENGINE = Null`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS samples_view TO ${SAMPLES} AS
      SELECT tenant, id AS series, fromUnixTimestamp64Milli(toInt64(time), 'UTC') AS ts, number AS value
      FROM ${SAMPLES_IN} ARRAY JOIN
        reinterpret(${SAMPLES_IN}.series, 'Array(UInt64)') AS id,
        reinterpret(${SAMPLES_IN}.times, 'Array(Float64)') AS time,
        reinterpret(${SAMPLES_IN}.values, 'Array(Float64)') AS number`,
    `CREATE TABLE IF NOT EXISTS ${SERIES} (
      tenant LowCardinality(String),
      series UInt64,
      labels SimpleAggregateFunction(any, Map(String, String)),
      first_hour SimpleAggregateFunction(min, UInt32),
      last_hour SimpleAggregateFunction(max, UInt32)
    ) ENGINE = AggregatingMergeTree ORDER BY (tenant, series)
    SETTINGS ${settings}`,
    `CREATE TABLE IF NOT EXISTS ${METADATA} (
      tenant LowCardinality(String),
      metric String,
      type LowCardinality(String),
      help String,
      unit LowCardinality(String),
      at DateTime64(3, 'UTC')
    ) ENGINE = ReplacingMergeTree(at) ORDER BY (tenant, metric)
    SETTINGS ${settings}`,
    `CREATE TABLE IF NOT EXISTS ${EXEMPLARS} (
      tenant LowCardinality(String),
      series UInt64,
      ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
      value Float64 CODEC(ZSTD(1)),
      labels Map(LowCardinality(String), String) CODEC(ZSTD(1))
    ) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (tenant, series, ts)
    SETTINGS ${settings}`,
  ]
}
