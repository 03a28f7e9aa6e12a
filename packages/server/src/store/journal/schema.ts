/**
 * `journal`: what happened, a row for each event. Whole parts go when their last row has expired.
 *
 * | column  | type                   | holds                                              |
 * |---------|------------------------|----------------------------------------------------|
 * | tenant  | LowCardinality(String) | tenant id                                          |
 * | kind    | LowCardinality(String) | `evaluation`, `notification` …                     |
 * | subject | String                 | what the event is about                            |
 * | body    | String                 |                                                    |
 * | expires | DateTime               | when it may go                                     |
 * | ts      | DateTime64(3)          | when it happened; inserted as milliseconds         |
 */
export const JOURNAL = 'journal'
export const JOURNAL_COLUMNS = ['tenant', 'kind', 'subject', 'body', 'expires', 'ts'] as const

/** @param settings of every table that is written to */
export function journalTable(settings: string): string {
  return `CREATE TABLE IF NOT EXISTS ${JOURNAL} (
    tenant LowCardinality(String),
    kind LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    body String CODEC(ZSTD(1)),
    expires DateTime('UTC') CODEC(Delta, ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
  ) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (tenant, kind, subject, ts) TTL expires
  SETTINGS ${settings}, ttl_only_drop_parts = 1`
}
