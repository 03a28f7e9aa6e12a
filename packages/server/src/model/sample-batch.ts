import { createHash } from 'node:crypto'
import type { WriteResult } from './batch.ts'
import { type LabelSet, labelsText } from './labels.ts'

/** Label that holds the name of a metric. */
export const METRIC_NAME = '__name__'

/**
 * Samples of metrics on their way from a receiver to the store: columns, not an object per sample. The receiver that made
 * a batch gives it away. Arrays may be longer than `count`.
 */
export interface SampleBatch {
  readonly tenant: string
  /** Name of the receiver, for counters. */
  readonly receiver: string
  readonly count: number
  /** Distinct series; `series[i]` is an index into this. */
  readonly seriesList: readonly SampleSeries[]
  readonly series: Uint32Array
  /** Milliseconds since the epoch, whole. */
  readonly timeMs: Float64Array
  /** Bits are kept: the stale marker is the NaN 0x7ff0000000000002 (see {@link isStaleMarker}). */
  readonly value: Float64Array
  readonly exemplars?: readonly Exemplar[]
  readonly metadata?: readonly MetricMetadata[]
}

/** A tenant's distinct label set, the name of the metric among them as `__name__`. */
export interface SampleSeries {
  /** 64 bits of a hash over tenant and labels, as unsigned decimal digits: the same in every process. */
  readonly id: string
  readonly labels: LabelSet
}

/** One observation that stands for many, with the labels (a trace id) that lead to it. */
export interface Exemplar {
  /** Index into the batch's `seriesList`. */
  readonly series: number
  readonly timeMs: number
  readonly value: number
  readonly labels: LabelSet
}

/** What a metric is, as its exporter describes it. */
export interface MetricMetadata {
  /** Name of the metric family. */
  readonly metric: string
  readonly type: MetricType
  readonly help: string
  readonly unit: string
}

/** The types of Prometheus, by their numbers in remote write (1.0 and 2.0 number them alike). */
export const METRIC_TYPES = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const

export type MetricType = (typeof METRIC_TYPES)[number]

/**
 * Stores a batch of samples. Resolves when they are in the engine. A sample may be sent any number of times: reads show
 * each time of a series once. Rejects with a GirokError as `WriteBatch` does.
 */
export type WriteSamples = (batch: SampleBatch) => Promise<WriteResult>

/**
 * Makes the series of a label set (see `labelSet`). Hashes: call once per distinct set and keep the result. The highest
 * 12 bits of the id come from the metric's name, so that the series of a metric stand together in the store.
 */
export function makeSeries(tenant: string, labels: LabelSet): SampleSeries {
  const metric = createHash('sha256')
    .update(labels.get(METRIC_NAME) ?? '')
    .digest()
  const whole = createHash('sha256').update(tenant).update('\0').update(labelsText(labels)).digest()
  const id = (BigInt(metric.readUInt16BE(0) >>> 4) << 52n) | (whole.readBigUInt64BE(0) & 0xf_ffff_ffff_ffffn)
  return { id: id.toString(), labels }
}

const STALE_HIGH = 0x7ff00000
const STALE_LOW = 2

/**
 * Whether `bits`, a view of a Float64Array's memory, has the stale marker at place i: the series has ended. Numbers
 * must not be asked: a NaN that passed through a plain array or arithmetic has other bits.
 */
export function isStaleMarker(bits: Uint32Array, i: number): boolean {
  return bits[2 * i + 1] === STALE_HIGH && bits[2 * i] === STALE_LOW
}

/** Writes the stale marker. */
export function setStaleMarker(bits: Uint32Array, i: number): void {
  bits[2 * i] = STALE_LOW
  bits[2 * i + 1] = STALE_HIGH
}

/** The same memory as pairs of 32 bits, low half first (every platform with a build of Node and the engine is so). */
export function bitsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
}
