import type { QueryLimits } from '../query/limits.ts'
import type { StoreOptions } from '../store/open.ts'
import type { Config } from './config/index.ts'

/** What the configuration says to the store. */
export function storeOptions({ dataDir, store, retention }: Config): StoreOptions {
  return {
    dataDir,
    ...(store.url === undefined
      ? {}
      : { url: store.url, database: store.database, username: store.username, password: store.password }),
    durability: store.durability,
    readers: store.readers,
    maxMemoryBytes: store.maxMemory,
    batch: { maxRows: store.batch.maxRows, maxBytes: store.batch.maxBytes, maxAgeMs: store.batch.maxAge },
    maxPendingBytes: store.maxPendingBytes,
    minFreeDiskBytes: store.minFreeDisk,
    retention: {
      maxAgeMs: retention.maxAge,
      maxBytes: retention.maxBytes,
      intervalMs: retention.interval,
    },
  }
}

/** What the configuration says to the query engine. */
export function queryLimits({ query }: Config): Partial<QueryLimits> {
  return {
    timeoutMs: query.timeout,
    maxEntries: query.maxEntries,
    maxSeries: query.maxSeries,
    maxLengthMs: query.maxLength,
    maxResolution: query.maxResolution,
    maxConcurrent: query.maxConcurrent,
    maxQueryBytes: query.maxQueryBytes,
  }
}
