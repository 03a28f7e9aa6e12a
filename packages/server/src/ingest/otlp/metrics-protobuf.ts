import type { ProtobufReader } from '../decode/protobuf.ts'
import { emptyMetric, emptyPoint, type MetricSink, type OtlpMetric, type OtlpPoint } from './metrics-model.ts'
import { type OtlpTime, readNanoseconds } from './time.ts'
import { type AnyValue, readKeyValue } from './value.ts'

/** Kinds of data by their field in `Metric`. */
const KINDS: Readonly<Record<number, OtlpMetric['kind']>> = {
  5: 'gauge',
  7: 'sum',
  9: 'histogram',
  10: 'exponential',
  11: 'summary',
}

/** Decodes `ExportMetricsServiceRequest` (opentelemetry-proto, metrics/v1). Throws `bad_request`. */
export function decodeMetricsProtobuf(reader: ProtobufReader, sink: MetricSink): void {
  const decoder = new MetricsDecoder(reader)
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    const outer = reader.enter('resource_metrics')
    decoder.resourceMetrics(sink)
    reader.leave(outer)
  }
}

class MetricsDecoder {
  readonly #reader: ProtobufReader
  readonly #time: OtlpTime = { seconds: 0, nanos: 0 }

  constructor(reader: ProtobufReader) {
    this.#reader = reader
  }

  resourceMetrics(sink: MetricSink): void {
    const reader = this.#reader
    // The resource may stand behind its metrics, so it is looked for first.
    const from = reader.position
    let attributes: (readonly [string, AnyValue])[] = []
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 1) continue
      const outer = reader.enter('resource')
      attributes = []
      for (let part = reader.next(); part !== 0; part = reader.next()) {
        if (part === 1) attributes.push(this.#attribute())
      }
      reader.leave(outer)
    }
    sink.startResource(attributes)
    reader.position = from
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 2) continue
      const outer = reader.enter('scope_metrics')
      for (let part = reader.next(); part !== 0; part = reader.next()) {
        if (part !== 2) continue
        const around = reader.enter('metrics')
        sink.metric(this.#metric())
        reader.leave(around)
      }
      reader.leave(outer)
    }
    sink.endResource()
  }

  #metric(): OtlpMetric {
    const reader = this.#reader
    const metric = emptyMetric()
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      const kind = KINDS[field]
      if (field === 1) metric.name = reader.text('name')
      else if (field === 2) metric.description = reader.text('description')
      else if (field === 3) metric.unit = reader.text('unit')
      else if (kind !== undefined) {
        metric.kind = kind
        const outer = reader.enter(kind)
        this.#data(metric)
        reader.leave(outer)
      }
    }
    return metric
  }

  #data(metric: OtlpMetric): void {
    const reader = this.#reader
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) {
        const outer = reader.enter('data_points')
        metric.points.push(this.#point(metric.kind))
        reader.leave(outer)
      } else if (field === 2) {
        reader.expect(0, 'aggregation_temporality')
        metric.temporality = reader.value
      } else if (field === 3) {
        reader.expect(0, 'is_monotonic')
        metric.isMonotonic = reader.value !== 0
      }
    }
  }

  #point(kind: OtlpMetric['kind']): OtlpPoint {
    const reader = this.#reader
    const point = emptyPoint()
    const isNumber = kind === 'gauge' || kind === 'sum'
    const attributesAt = kind === 'histogram' ? 9 : kind === 'exponential' ? 1 : 7
    const flagsAt = isNumber || kind === 'summary' ? 8 : 10
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === attributesAt) point.attributes.push(this.#attribute())
      else if (field === flagsAt) {
        reader.expect(0, 'flags')
        point.flags = reader.value
      } else if (field === 3) point.timeMs = this.#timeMs()
      else if (kind === 'exponential') continue
      else if (isNumber) {
        if (field === 4) point.value = reader.double('as_double')
        else if (field === 6) {
          reader.expect(1, 'as_int')
          point.value = Number(reader.bytes.readBigInt64LE(reader.position - 8))
        }
      } else if (field === 4) {
        reader.expect(1, 'count')
        point.count = Number(reader.bytes.readBigUInt64LE(reader.position - 8))
      } else if (field === 5) point.sum = reader.double('sum')
      else if (field === 6 && kind === 'summary') point.quantiles.push(this.#quantile())
      else if (field === 6)
        this.#fixed('bucket_counts', point.bucketCounts, (at) => Number(reader.bytes.readBigUInt64LE(at)))
      else if (field === 7) this.#fixed('explicit_bounds', point.bounds, (at) => reader.bytes.readDoubleLE(at))
    }
    return point
  }

  #attribute(): [string, AnyValue] {
    const reader = this.#reader
    const outer = reader.enter('attributes')
    const pair = readKeyValue(reader)
    reader.leave(outer)
    return pair
  }

  #quantile(): [number, number] {
    const reader = this.#reader
    const outer = reader.enter('quantile_values')
    const found: [number, number] = [0, 0]
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) found[0] = reader.double('quantile')
      else if (field === 2) found[1] = reader.double('value')
    }
    reader.leave(outer)
    return found
  }

  /** Eight bytes each, packed or one by one. */
  #fixed(name: string, into: number[], read: (at: number) => number): void {
    const reader = this.#reader
    if (reader.wire === 1) {
      into.push(read(reader.position - 8))
      return
    }
    reader.expect(2, name)
    if ((reader.stop - reader.start) % 8 !== 0) reader.fail(`field "${name}" is cut off`)
    for (let at = reader.start; at < reader.stop; at += 8) into.push(read(at))
  }

  #timeMs(): number {
    readNanoseconds(this.#reader, 'time_unix_nano', this.#time)
    return this.#time.seconds * 1000 + Math.floor(this.#time.nanos / 1e6)
  }
}
