import type { IngestLimits } from '../limits.ts'

/** No limits but the guard of memory. */
export const NO_LIMITS: IngestLimits = {
  maxBodyBytes: 0,
  maxDecompressedBytes: 64 * 1024 * 1024,
  maxLineSize: 0,
  maxLabelNamesPerSeries: 0,
  maxLabelNameLength: 0,
  maxLabelValueLength: 0,
  maxStructuredMetadataSize: 0,
  maxStructuredMetadataEntriesCount: 0,
  maxStreamsPerTenant: 0,
  maxMetricLabels: 0,
  maxSeriesPerTenant: 0,
  ingestionRateBytes: 0,
  ingestionBurstBytes: 0,
  perStreamRateBytes: 0,
  perStreamBurstBytes: 0,
  rejectOldSamplesMaxAgeMs: 0,
  creationGracePeriodMs: 0,
}

/** The defaults of the configuration. */
export const DEFAULT_LIMITS: IngestLimits = {
  maxBodyBytes: 16 * 1024 * 1024,
  maxDecompressedBytes: 100 * 1024 * 1024,
  maxLineSize: 256 * 1024,
  maxLabelNamesPerSeries: 15,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 2048,
  maxStructuredMetadataSize: 64 * 1024,
  maxStructuredMetadataEntriesCount: 128,
  maxStreamsPerTenant: 5000,
  maxMetricLabels: 60,
  maxSeriesPerTenant: 150_000,
  ingestionRateBytes: 4_000_000,
  ingestionBurstBytes: 6_000_000,
  perStreamRateBytes: 3_000_000,
  perStreamBurstBytes: 15_000_000,
  rejectOldSamplesMaxAgeMs: 7 * 86_400_000,
  creationGracePeriodMs: 600_000,
}
