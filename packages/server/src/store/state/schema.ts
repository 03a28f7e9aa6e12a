/**
 * `state`: small things that outlive a crash, a row for each change; the engine drops those that a later one replaces.
 *
 * | column  | type                   | holds                                                         |
 * |---------|------------------------|---------------------------------------------------------------|
 * | tenant  | LowCardinality(String) | tenant id                                                     |
 * | kind    | LowCardinality(String) | `silence`, `alert` …                                          |
 * | key     | String                 | unique within tenant and kind                                 |
 * | body    | String                 | empty where it was removed                                    |
 * | at      | Int64                  | milliseconds since the epoch of the change                    |
 * | expires | UInt32                 | seconds since the epoch; {@link NEVER}: not by itself         |
 * | removed | UInt8                  | 1 in the row that removed the entry                           |
 * | version | UInt64                 | rises with each change. Last, as a row that ends in a carriage return is refused |
 */
export const STATE = 'state'
export const STATE_COLUMNS = ['tenant', 'kind', 'key', 'body', 'at', 'expires', 'removed', 'version'] as const

export const NEVER = 2 ** 32 - 1

/** @param settings of every table that is written to */
export function stateTable(settings: string): string {
  return `CREATE TABLE IF NOT EXISTS ${STATE} (
    tenant LowCardinality(String),
    kind LowCardinality(String),
    key String,
    body String CODEC(ZSTD(1)),
    at Int64,
    expires UInt32,
    removed UInt8,
    version UInt64
  ) ENGINE = ReplacingMergeTree(version) ORDER BY (tenant, kind, key) SETTINGS ${settings}`
}
