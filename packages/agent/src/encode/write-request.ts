import type { MetricDescription } from '../model/sink.ts'
import { bufferOf, FieldWalker } from './field-walker.ts'
import { readTextPair } from './push-request.ts'
import { METRIC_TYPES, STALE_HIGH, STALE_LOW } from './samples-encoder.ts'

export interface SeriesPoint {
  readonly timeMs: number
  /** Undefined: the series has ended. */
  readonly value: number | undefined
  readonly exemplars: SeriesExemplar[]
}

export interface SeriesExemplar {
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly value: number
  readonly timeMs: number
}

export interface Series {
  readonly labels: readonly (readonly [name: string, value: string])[]
  /** Each with the exemplars that stand behind it. */
  readonly points: readonly SeriesPoint[]
}

export interface WriteRequest {
  readonly series: readonly Series[]
  readonly descriptions: readonly MetricDescription[]
}

/** Reads remote write 1.0, as {@link SamplesEncoder} writes it. Throws RangeError when it is not such a message. */
export function readWriteRequest(bytes: Uint8Array): WriteRequest {
  const series: Series[] = []
  const descriptions: MetricDescription[] = []
  const request = new FieldWalker(bufferOf(bytes))
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) series.push(readSeries(request.message()))
    else if (field === 3) descriptions.push(readDescription(request.message()))
  }
  return { series, descriptions }
}

function readSeries(message: FieldWalker): Series {
  const labels: [string, string][] = []
  const points: SeriesPoint[] = []
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) labels.push(readTextPair(message.message()))
    else if (field === 2) points.push({ ...readValue(message.message(), 1, 2), exemplars: [] })
    else if (field === 3) points.at(-1)?.exemplars.push(readExemplar(message))
  }
  return { labels, points }
}

function readExemplar(field: FieldWalker): SeriesExemplar {
  const labels: [string, string][] = []
  const message = field.message()
  for (let part = message.next(); part !== 0; part = message.next()) {
    if (part === 1) labels.push(readTextPair(message.message()))
  }
  const { value = Number.NaN, timeMs } = readValue(field.message(), 2, 3)
  return { labels, value, timeMs }
}

function readValue(
  message: FieldWalker,
  valueField: number,
  timeField: number,
): { value: number | undefined; timeMs: number } {
  let value: number | undefined = 0
  let timeMs = 0
  for (let field = message.next(); field !== 0; field = message.next()) {
    const { bytes, start } = message
    if (field === timeField) timeMs = message.signed
    else if (field === valueField) {
      const ended = bytes.readUInt32LE(start) === STALE_LOW && bytes.readUInt32LE(start + 4) === STALE_HIGH
      value = ended ? undefined : bytes.readDoubleLE(start)
    }
  }
  return { value, timeMs }
}

function readDescription(message: FieldWalker): MetricDescription {
  let type = 0
  const texts = ['', '', '', '', '', '']
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) type = message.value
    else if (field === 2 || field === 4 || field === 5) texts[field] = message.text
  }
  return { metric: texts[2]!, type: METRIC_TYPES[type] ?? 'unknown', help: texts[4]!, unit: texts[5]! }
}
