/** Zero means "no limit" for every number here. Names and defaults are Loki's where Loki has the limit. */
export interface IngestLimits {
  /** Compressed body, bytes. */
  readonly maxBodyBytes: number
  /** Body after decompression, bytes: the guard against compression bombs. */
  readonly maxDecompressedBytes: number
  readonly maxLineSize: number
  readonly maxLabelNamesPerSeries: number
  readonly maxLabelNameLength: number
  readonly maxLabelValueLength: number
  readonly maxStructuredMetadataSize: number
  readonly maxStructuredMetadataEntriesCount: number
  readonly maxStreamsPerTenant: number
  /** Labels of one series of a metric, its name not counted. */
  readonly maxMetricLabels: number
  /** Series of metrics of one tenant that get samples within an hour or two. */
  readonly maxSeriesPerTenant: number
  /** Bytes per second and burst bytes, per tenant. */
  readonly ingestionRateBytes: number
  readonly ingestionBurstBytes: number
  readonly perStreamRateBytes: number
  readonly perStreamBurstBytes: number
  readonly rejectOldSamplesMaxAgeMs: number
  readonly creationGracePeriodMs: number
}

/** The times, in milliseconds since the epoch and both inclusive, that records and samples may have now. */
export function acceptedTimes(
  { rejectOldSamplesMaxAgeMs: age, creationGracePeriodMs: grace }: IngestLimits,
  nowMs: number,
): { readonly oldestMs: number; readonly newestMs: number } {
  return {
    oldestMs: age > 0 ? nowMs - age : 0,
    newestMs: grace > 0 ? nowMs + grace : Number.POSITIVE_INFINITY,
  }
}
