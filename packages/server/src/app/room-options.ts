import { SERVICE_NAME_LABELS } from '../pipeline/processors/service-name.ts'
import { durationText, type QueryLimits } from '../query/limits.ts'
import type { PromLimits } from '../query/promql/limits.ts'
import type { StoreOptions } from '../store/open.ts'
import { fieldKinds } from '../store/stored-fields.ts'
import type { Config } from './config/index.ts'

/** What the configuration says to the store. */
export function storeOptions({ dataDir, store, retention, alerting }: Config): StoreOptions {
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
    promotedFields: fieldKinds(store.promotedFields),
    retention: {
      maxAgeMs: retention.maxAge,
      maxBytes: retention.maxBytes,
      intervalMs: retention.interval,
    },
    journalRetentionMs: alerting.historyRetention,
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

/** What the configuration says to the engine of PromQL. */
export function promLimits({ query: { promql, maxQueryBytes } }: Config): Partial<PromLimits> {
  return {
    timeoutMs: promql.timeout,
    lookbackMs: promql.lookback,
    defaultStepMs: promql.defaultStep,
    maxSamples: promql.maxSamples,
    maxPoints: promql.maxResolution,
    maxConcurrent: promql.maxConcurrent,
    delayedNameRemoval: promql.delayedNameRemoval,
    maxQueryBytes,
  }
}

const MIB = 1024 * 1024

/** The limits of this server under Loki's names, as Grafana and Logs Drilldown ask for them. */
export function lokiLimits({ query, limits, retention, enrich }: Config): Readonly<Record<string, unknown>> {
  return {
    discover_log_levels: enrich.detectedLevel,
    discover_service_name: enrich.serviceName ? SERVICE_NAME_LABELS : [],
    ingestion_burst_size_mb: limits.ingestionBurstBytes / MIB,
    ingestion_rate_mb: limits.ingestionRateBytes / MIB,
    max_entries_limit_per_query: query.maxEntries,
    max_global_streams_per_user: limits.maxStreamsPerTenant,
    max_label_name_length: limits.maxLabelNameLength,
    max_label_names_per_series: limits.maxLabelNamesPerSeries,
    max_label_value_length: limits.maxLabelValueLength,
    max_line_size: `${limits.maxLineSize}B`,
    max_line_size_truncate: false,
    max_query_bytes_read: '0B',
    max_query_length: durationText(query.maxLength),
    max_query_lookback: '0s',
    max_query_range: '0s',
    max_query_series: query.maxSeries,
    metric_aggregation_enabled: false,
    pattern_persistence_enabled: false,
    query_timeout: durationText(query.timeout),
    reject_old_samples_max_age: durationText(limits.rejectOldSamplesMaxAgeMs),
    retention_period: durationText(retention.maxAge),
    volume_enabled: true,
    volume_max_series: 1000,
  }
}
