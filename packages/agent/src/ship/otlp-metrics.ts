import { readWriteRequest, type Series, type SeriesExemplar, type SeriesPoint } from '../encode/write-request.ts'
import type { MetricType } from '../model/sink.ts'
import { OtlpWriter } from './otlp-form.ts'

const CUMULATIVE = 2
const NO_RECORDED_VALUE = 1
/** Types that are kept for records to come: descriptions come once, samples for ever. */
const MOST_TYPES = 20_000

/** Remembers what metrics are, from one record to the next. */
export class MetricTypes {
  readonly #types = new Map<string, MetricType>()

  set(metric: string, type: MetricType): void {
    if (this.#types.size < MOST_TYPES || this.#types.has(metric)) this.#types.set(metric, type)
  }

  /** Whether a series only grows: as its metric's description says, else as its name does. */
  isCounter(name: string): boolean {
    const own = this.#types.get(name)
    if (own === 'gauge') return false
    if (own === 'counter') return true
    return /_(total|count|sum|bucket)$/.test(name)
  }
}

/**
 * `ExportMetricsServiceRequest` (opentelemetry-proto, metrics/v1) of Prometheus' WriteRequest: series that only grow are
 * monotonic cumulative sums, others gauges; buckets and quantiles stay series of their own. Labels are attributes, but for
 * `job` and `instance`, which name the resource. Throws RangeError when the bytes are no WriteRequest.
 */
export function otlpMetrics(payload: Uint8Array, types: MetricTypes): Uint8Array {
  const { series, descriptions } = readWriteRequest(payload)
  for (const { metric, type } of descriptions) types.set(metric, type)
  const writer = new OtlpWriter(payload.length * 3 + 1024)
  for (const [, members] of grouped(series, (one) => `${labelOf(one, 'job')}\0${labelOf(one, 'instance')}`)) {
    writer.nested(0x0a, () => {
      writer.resource(resourceOf(members[0] as Series))
      writer.nested(0x12, () => {
        for (const [name, own] of grouped(members, (one) => labelOf(one, '__name__'))) {
          writeMetric(writer, name, own, types.isCounter(name))
        }
      })
    })
  }
  return writer.bytes.subarray(0, writer.length)
}

function grouped(series: readonly Series[], keyOf: (series: Series) => string): Map<string, Series[]> {
  const groups = new Map<string, Series[]>()
  for (const one of series) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return groups
}

function labelOf({ labels }: Series, wanted: string): string {
  return labels.find(([name]) => name === wanted)?.[1] ?? ''
}

function resourceOf(series: Series): [string, string][] {
  const attributes: [string, string][] = [
    ['service.name', labelOf(series, 'job')],
    ['service.instance.id', labelOf(series, 'instance')],
  ]
  return attributes.filter(([, value]) => value !== '')
}

const ABOUT_SERIES = new Set(['__name__', 'job', 'instance'])

function writeMetric(writer: OtlpWriter, name: string, series: readonly Series[], isCounter: boolean): void {
  writer.nested(0x12, () => {
    writer.textField(0x0a, name)
    // Metric.sum is field 7, Metric.gauge field 5; both hold their points in field 1.
    writer.nested(isCounter ? 0x3a : 0x2a, () => {
      for (const { labels, points } of series) {
        const attributes = labels.filter(([label]) => !ABOUT_SERIES.has(label))
        for (const point of points) writer.nested(0x0a, () => writePoint(writer, attributes, point))
      }
      if (!isCounter) return
      writer.number(0x10, CUMULATIVE)
      writer.number(0x18, 1)
    })
  })
}

function writePoint(writer: OtlpWriter, attributes: Series['labels'], { timeMs, value, exemplars }: SeriesPoint): void {
  writer.time(0x19, BigInt(timeMs) * 1_000_000n)
  if (value === undefined) writer.number(0x40, NO_RECORDED_VALUE)
  else {
    writer.reserve(16)
    writer.byte(0x21)
    writer.double(value)
  }
  for (const [name, text] of attributes) writer.attribute(0x3a, name, text)
  for (const exemplar of exemplars) writer.nested(0x2a, () => writeExemplar(writer, exemplar))
}

function writeExemplar(writer: OtlpWriter, { labels, value, timeMs }: SeriesExemplar): void {
  writer.time(0x11, BigInt(timeMs) * 1_000_000n)
  writer.reserve(16)
  writer.byte(0x19)
  writer.double(value)
  for (const [name, text] of labels) {
    if (name === 'span_id' && /^[0-9a-f]{16}$/i.test(text)) writer.bytesField(0x22, Buffer.from(text, 'hex'))
    else if (name === 'trace_id' && /^[0-9a-f]{32}$/i.test(text)) writer.bytesField(0x2a, Buffer.from(text, 'hex'))
    else writer.attribute(0x3a, name, text)
  }
}
