import { GirokError } from '../../model/errors.ts'
import { refuseMisnamed, requestOf } from './json.ts'
import {
  attributesOf,
  count,
  double,
  integer,
  type JsonObject,
  list,
  member,
  objects,
  readTime,
  text,
} from './json-members.ts'
import { emptyMetric, emptyPoint, type MetricSink, type OtlpMetric, type OtlpPoint } from './metrics-model.ts'
import type { OtlpTime } from './time.ts'

const KINDS: readonly (readonly [member: string, kind: OtlpMetric['kind']])[] = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential'],
  ['summary', 'summary'],
]
const TEMPORALITIES = [
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
]

/** Decodes OTLP/JSON metrics (protobuf's JSON form; enums as numbers or names). Throws `bad_request` with the place. */
export function decodeMetricsJson(body: Buffer, sink: MetricSink): void {
  const request = requestOf(body, 'resourceMetrics')
  let metrics = 0
  for (const resourceMetrics of objects(request, 'resourceMetrics')) {
    sink.startResource(attributesOf(member(resourceMetrics, 'resource')).pairs)
    for (const scopeMetrics of objects(resourceMetrics, 'scopeMetrics')) {
      for (const metric of objects(scopeMetrics, 'metrics')) {
        sink.metric(metricOf(metric))
        metrics++
      }
    }
    sink.endResource()
  }
  if (metrics === 0) refuseMisnamed(body)
}

function metricOf(json: JsonObject): OtlpMetric {
  const metric = emptyMetric()
  metric.name = text(json, 'name')
  metric.description = text(json, 'description')
  metric.unit = text(json, 'unit')
  const found = KINDS.find(([name]) => json[name] !== undefined && json[name] !== null)
  if (found === undefined) return metric
  const [name, kind] = found
  const data = member(json, name)
  metric.kind = kind
  metric.isMonotonic = data.isMonotonic === true
  metric.temporality = temporality(data)
  metric.points = objects(data, 'dataPoints').map((point) => pointOf(point))
  return metric
}

function temporality(data: JsonObject): number {
  const named = TEMPORALITIES.indexOf(String(data.aggregationTemporality))
  return named >= 0 ? named : count(data, 'aggregationTemporality')
}

function pointOf(json: JsonObject): OtlpPoint {
  const point = emptyPoint()
  const time: OtlpTime = { seconds: 0, nanos: 0 }
  readTime(json, 'timeUnixNano', time)
  point.timeMs = time.seconds * 1000 + Math.floor(time.nanos / 1e6)
  point.attributes = [...attributesOf(json).pairs]
  point.flags = count(json, 'flags')
  if (isThere(json.asDouble)) point.value = double(json.asDouble)
  else if (isThere(json.asInt)) point.value = Number(integer(json.asInt))
  if (isThere(json.count)) point.count = whole(json.count, 'count')
  if (isThere(json.sum)) point.sum = double(json.sum)
  point.bounds = list(json, 'explicitBounds').map(double)
  point.bucketCounts = list(json, 'bucketCounts').map((value) => whole(value, 'bucketCounts'))
  point.quantiles = objects(json, 'quantileValues').map((one) => [
    isThere(one.quantile) ? double(one.quantile) : 0,
    isThere(one.value) ? double(one.value) : 0,
  ])
  return point
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function whole(value: unknown, name: string): number {
  const number = Number(integer(value))
  if (number < 0) throw new GirokError('bad_request', `OTLP: ${name} must not be negative`)
  return number
}
