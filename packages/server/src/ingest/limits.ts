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
