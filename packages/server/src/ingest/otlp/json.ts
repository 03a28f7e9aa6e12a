import { GirokError } from '../../model/errors.ts'
import type { Assembler } from '../batch/assembler.ts'
import { metadataName } from '../batch/metadata-name.ts'
import {
  anyValue,
  asObject,
  attributesOf,
  count,
  type JsonObject,
  member,
  objects,
  parse,
  readTime,
  text,
} from './json-members.ts'
import { emptyFields, type OtlpOptions, OtlpSink } from './sink.ts'
import { flattenValue, valueText } from './value.ts'

/**
 * Decodes OTLP/JSON: protobuf's JSON form, but for ids in hex and numbers for enums (names are taken, too). Returns the
 * number of records. 64-bit numbers are read from strings exactly. Throws `bad_request` with the place.
 */
export function decodeOtlpJson(body: Buffer, assembler: Assembler, options: OtlpOptions): number {
  const sink = new OtlpSink(assembler, options)
  const fields = emptyFields()
  const request = requestOf(body, 'resourceLogs')
  for (const resourceLogs of objects(request, 'resourceLogs')) {
    sink.startResource(attributesOf(member(resourceLogs, 'resource')))
    for (const scopeLogs of objects(resourceLogs, 'scopeLogs')) {
      const scope = member(scopeLogs, 'scope')
      sink.startScope(text(scope, 'name'), text(scope, 'version'), attributesOf(scope))
      for (const record of objects(scopeLogs, 'logRecords')) {
        readTime(record, 'timeUnixNano', fields.time)
        readTime(record, 'observedTimeUnixNano', fields.observed)
        fields.severityNumber = severity(record)
        fields.severityText = text(record, 'severityText')
        fields.traceId = id(record, 'traceId')
        fields.spanId = id(record, 'spanId')
        fields.eventName = text(record, 'eventName')
        fields.flags = count(record, 'flags')
        fields.dropped = count(record, 'droppedAttributesCount')
        fields.attributes = []
        const { pairs } = attributesOf(record)
        for (const [name, value] of pairs) {
          flattenValue(name, value, (flat, flatText) => fields.attributes.push(metadataName(flat), flatText))
        }
        const line = Buffer.from(record.body === undefined ? '' : valueText(anyValue(record.body, 0)))
        const start = line.length === 0 ? 0 : assembler.foreignText(line)
        sink.record(fields, start, start + line.length)
      }
    }
    sink.endResource()
  }
  if (sink.records === 0) refuseMisnamed(body)
  return sink.records
}

/** Names of other forms of the messages. Unknown names are to be passed over, but not with all records below them. */
const MISNAMED =
  /"(resource_(?:logs|metrics)|scope_(?:logs|metrics)|log_records|instrumentationLibrary(?:Logs|Metrics))"\s*:/

/** Of a body without a single record: throws `bad_request` when it has some under a name that is none of OTLP/JSON. */
export function refuseMisnamed(body: Buffer): void {
  const found = MISNAMED.exec(body.toString('utf8'))?.[1]
  if (found === undefined) return
  throw new GirokError(
    'bad_request',
    `OTLP: ${found} is not a name of OTLP/JSON: use resourceLogs, scopeLogs, logRecords, resourceMetrics, scopeMetrics, metrics`,
  )
}

/** The request as an object. Throws `bad_request` for JSON of something else, which has other members alone. */
export function requestOf(body: Buffer, records: 'resourceLogs' | 'resourceMetrics'): JsonObject {
  const request = asObject(parse(body), 'the body')
  const [other] = Object.keys(request)
  if (other === undefined || records in request) return request
  throw new GirokError('bad_request', `OTLP: the body has ${JSON.stringify(other.slice(0, 60))} but no "${records}"`)
}

function id(parent: JsonObject, name: string): string {
  const hex = text(parent, name).toLowerCase()
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new GirokError('bad_request', `OTLP: ${name} must be in hexadecimal`)
  return /[^0]/.test(hex) ? hex : ''
}

/** SEVERITY_NUMBER_WARN2 is 14: four for each of these. */
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

function severity(record: JsonObject): number {
  const value = record.severityNumber
  const [, word = '', place = '1'] =
    typeof value === 'string' ? (/^SEVERITY_NUMBER_([A-Z]+)([2-4])?$/.exec(value) ?? []) : []
  if (word === 'UNSPECIFIED') return 0
  const index = SEVERITIES.indexOf(word)
  return index >= 0 ? index * 4 + Number(place) : count(record, 'severityNumber')
}
