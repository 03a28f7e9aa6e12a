import { parseLabelText } from '../encode/label-text.ts'
import { type PushEntry, readPushRequest } from '../encode/push-request.ts'
import { OtlpWriter } from './otlp-form.ts'

/** Labels that say what OpenTelemetry calls `service.name`, the most telling first. */
const SERVICE_LABELS = ['service_name', 'job', 'app']
const LEVEL_NAMES = ['level', 'detected_level', 'severity']
/** The least number of each severity in OpenTelemetry's data model, by the words in use for it. */
const SEVERITIES: readonly (readonly [words: RegExp, number: number])[] = [
  [/^(trace|trc)/, 1],
  [/^(debug|dbg)/, 5],
  [/^(info|notice)/, 9],
  [/^(warn|wrn)/, 13],
  [/^err/, 17],
  [/^(crit|fatal|alert|emerg|panic)/, 21],
]

/**
 * `ExportLogsServiceRequest` (opentelemetry-proto, logs/v1) of Loki's PushRequest: a stream is a resource, its labels are
 * the resource's attributes, metadata are attributes of the record, but for trace and span ids, which have fields.
 * Throws RangeError when the bytes are no PushRequest.
 */
export function otlpLogs(payload: Uint8Array): Uint8Array {
  const writer = new OtlpWriter(payload.length * 2 + 1024)
  for (const { labels, entries } of readPushRequest(payload)) {
    const pairs = parseLabelText(labels)
    const level = firstNamed(pairs, LEVEL_NAMES)
    writer.nested(0x0a, () => {
      writer.resource(resourceOf(pairs))
      writer.nested(0x12, () => {
        for (const entry of entries) writer.nested(0x12, () => writeRecord(writer, entry, level))
      })
    })
  }
  return writer.bytes.subarray(0, writer.length)
}

type Pairs = readonly (readonly [name: string, value: string])[]

function resourceOf(labels: Pairs): [string, string][] {
  const service = firstNamed(labels, SERVICE_LABELS)
  const others = labels
    .filter(([name]) => name !== 'service_name')
    .map(([name, value]): [string, string] => [name, value])
  return service === undefined ? others : [['service.name', service], ...others]
}

function firstNamed(pairs: Pairs, names: readonly string[]): string | undefined {
  for (const wanted of names) {
    const found = pairs.find(([name]) => name === wanted)
    if (found !== undefined) return found[1]
  }
  return undefined
}

function writeRecord(writer: OtlpWriter, { timeNs, line, metadata }: PushEntry, streamLevel: string | undefined): void {
  writer.time(0x09, timeNs)
  const level = firstNamed(metadata, LEVEL_NAMES) ?? streamLevel
  if (level !== undefined) {
    const number = SEVERITIES.find(([words]) => words.test(level.toLowerCase()))?.[1]
    if (number !== undefined) writer.number(0x10, number)
    writer.textField(0x1a, level)
  }
  writer.nested(0x2a, () => writer.bytesField(0x0a, line))
  for (const [name, value] of metadata) {
    if (name === 'trace_id' && /^[0-9a-f]{32}$/i.test(value)) writer.bytesField(0x4a, Buffer.from(value, 'hex'))
    else if (name === 'span_id' && /^[0-9a-f]{16}$/i.test(value)) writer.bytesField(0x52, Buffer.from(value, 'hex'))
    else writer.attribute(0x32, name, value)
  }
}
