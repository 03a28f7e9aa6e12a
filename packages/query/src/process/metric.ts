import type { Labels } from '../eval/types.ts'

/** A metric that the stage `metrics` makes of lines. */
export interface MetricDefinition {
  /** With its prefix. */
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Upper bounds of a histogram's buckets, rising, without infinity; empty for the other kinds. */
  readonly buckets: readonly number[]
  /** A series that saw no line for so long is forgotten; milliseconds. */
  readonly maxIdleMs: number
}

/** Takes what lines do to one metric. */
export interface MetricWriter {
  /** Counters and gauges: adds to the series; histograms: observes the value. False: there are too many series. */
  add(labels: Labels, value: number): boolean
  /** Gauges: sets the series. False: there are too many series. */
  set(labels: Labels, value: number): boolean
}

/** Where the stage `metrics` writes to; `MetricTable` is one. */
export interface MetricSink {
  /** Undefined when another metric of the name is of another kind, or has other buckets. */
  metric(definition: MetricDefinition): MetricWriter | undefined
}
