import type { MetricDescription, MetricType, Sample } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import { ByteWriter } from './byte-writer.ts'
import { GroupedWriter } from './grouped-writer.ts'
import { sortedLabels } from './label-text.ts'

/** `MetricMetadata.MetricType` of remote write 1.0 (prometheus/prompb/types.proto). */
const TYPE_NUMBERS: Readonly<Record<MetricType, number>> = {
  unknown: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugehistogram: 4,
  summary: 5,
  info: 6,
  stateset: 7,
}

/** Metric types by their numbers in remote write 1.0. */
export const METRIC_TYPES = Object.keys(TYPE_NUMBERS) as readonly MetricType[]

/** The NaN with which Prometheus marks that a series has ended: 0x7ff0000000000002, in two halves. */
export const STALE_LOW = 2
export const STALE_HIGH = 0x7ff0_0000

function headOf(labels: Labels): Uint8Array {
  const writer = new ByteWriter(Buffer.allocUnsafe(256))
  writeLabels(writer, labels)
  return writer.copy()
}

/** Labels as field 1, sorted by name as the protocol asks. */
function writeLabels(writer: ByteWriter, labels: Labels): void {
  for (const [name, value] of sortedLabels(labels)) {
    writer.nested(0x0a, () => {
      writer.textField(0x0a, name)
      writer.textField(0x12, value)
    })
  }
}

/**
 * Makes `prometheus.WriteRequest` (https://prometheus.io/docs/specs/prw/remote_write_spec/): time series (1) of labels
 * (1), samples (2) and exemplars (3), and descriptions of metrics (3). Samples of one label set, told by its identity,
 * form one series.
 */
export class SamplesEncoder {
  readonly #groups = new GroupedWriter(headOf)
  readonly #descriptions = new ByteWriter(Buffer.alloc(0))
  #count = 0

  /** Samples that were added since the last `finish`. */
  get count(): number {
    return this.#count
  }

  /** Bytes of the message as it would be now, at most a few more. */
  get sizeBytes(): number {
    return this.#groups.sizeBytes + this.#descriptions.length
  }

  add({ labels, value, timeMs, stale, exemplar }: Sample): void {
    const { writer } = this.#groups
    writer.reserve(64)
    const from = writer.length
    writer.byte(0x12)
    const start = writer.openMessage()
    writer.byte(0x09)
    if (stale) {
      writer.bytes.writeUInt32LE(STALE_LOW, writer.length)
      writer.bytes.writeUInt32LE(STALE_HIGH, writer.length + 4)
      writer.length += 8
    } else writer.double(value)
    writer.byte(0x10)
    writer.varint(timeMs)
    writer.closeMessage(start)
    if (exemplar !== undefined) {
      writer.nested(0x1a, () => {
        writeLabels(writer, exemplar.labels)
        writer.reserve(32)
        writer.byte(0x11)
        writer.double(exemplar.value)
        writer.byte(0x18)
        writer.varint(exemplar.timeMs)
      })
    }
    this.#groups.take(labels, from)
    this.#count++
  }

  /** Says what a metric is; once per metric and message is enough. */
  describe({ metric, type, help, unit }: MetricDescription): void {
    const writer = this.#descriptions
    writer.nested(0x1a, () => {
      writer.byte(0x08)
      writer.varint(TYPE_NUMBERS[type])
      writer.textField(0x12, metric)
      writer.textField(0x22, help)
      writer.textField(0x2a, unit)
    })
  }

  /** The message; the encoder is empty afterwards. */
  finish(): Uint8Array {
    this.#count = 0
    const descriptions = this.#descriptions.copy()
    this.#descriptions.length = 0
    return this.#groups.finish(descriptions)
  }
}
