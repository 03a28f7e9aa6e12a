/**
 * `documents`: what people keep on the server, one row for each version of each document.
 *
 * | column  | type                   | holds                                                             |
 * |---------|------------------------|-------------------------------------------------------------------|
 * | tenant  | LowCardinality(String) | tenant id                                                         |
 * | kind    | LowCardinality(String) | `dashboard` …                                                     |
 * | id      | String                 | unique within tenant and kind                                     |
 * | name    | String                 | for lists                                                         |
 * | summary | String                 | what else lists show, so that they need no body                   |
 * | body    | String                 | the document; empty where it was removed                          |
 * | created | Int64                  | milliseconds since the epoch, of the first version                |
 * | at      | Int64                  | likewise, of this version                                         |
 * | removed | UInt8                  | 1 in the version that ended the document                          |
 * | mark    | String                 | made anew for each change: says whose row is stored               |
 * | version | UInt32                 | from 1. Last, because a row that ends in a carriage return is refused |
 */
export const DOCUMENTS = 'documents'
export const DOCUMENTS_COLUMNS = [
  'tenant',
  'kind',
  'id',
  'name',
  'summary',
  'body',
  'created',
  'at',
  'removed',
  'mark',
  'version',
] as const

/** @param settings of every table that is written to */
export function documentTable(settings: string): string {
  return `CREATE TABLE IF NOT EXISTS ${DOCUMENTS} (
    tenant LowCardinality(String),
    kind LowCardinality(String),
    id String,
    name String,
    summary String,
    body String CODEC(ZSTD(3)),
    created Int64,
    at Int64,
    removed UInt8,
    mark String,
    version UInt32
  ) ENGINE = MergeTree ORDER BY (tenant, kind, id, version) SETTINGS ${settings}`
}
