import type { AnyValue } from './value.ts'

/** A metric as both forms of OTLP give it. */
export interface OtlpMetric {
  name: string
  description: string
  unit: string
  /** `none`: a kind that is not known, or none at all. */
  kind: 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary' | 'none'
  /** 1 delta, 2 cumulative; 0 where the kind has none. */
  temporality: number
  isMonotonic: boolean
  points: OtlpPoint[]
}

/** A data point of any kind; what its kind does not have is left at its default. */
export interface OtlpPoint {
  attributes: (readonly [string, AnyValue])[]
  /** Milliseconds since the epoch, rounded down; 0 is "not known". */
  timeMs: number
  /** Bit 1: no value was recorded; the series has ended. */
  flags: number
  /** Undefined when the point has none. */
  value: number | undefined
  count: number
  sum: number | undefined
  /** Upper bounds of buckets; the last one, of all that is greater, is not among them. */
  bounds: number[]
  /** One more than `bounds`, or none. */
  bucketCounts: number[]
  quantiles: (readonly [quantile: number, value: number])[]
}

/** Gets the metrics of a request, resource by resource. */
export interface MetricSink {
  startResource(attributes: readonly (readonly [string, AnyValue])[]): void
  metric(metric: OtlpMetric): void
  endResource(): void
}

export function emptyMetric(): OtlpMetric {
  return { name: '', description: '', unit: '', kind: 'none', temporality: 0, isMonotonic: false, points: [] }
}

export function emptyPoint(): OtlpPoint {
  return {
    attributes: [],
    timeMs: 0,
    flags: 0,
    value: undefined,
    count: 0,
    sum: undefined,
    bounds: [],
    bucketCounts: [],
    quantiles: [],
  }
}

export const NO_RECORDED_VALUE = 1
export const DELTA = 1
