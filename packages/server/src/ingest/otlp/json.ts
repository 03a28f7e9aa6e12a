import { GirokError } from '../../model/errors.ts'
import type { Assembler } from '../batch/assembler.ts'
import { metadataName } from '../batch/metadata-name.ts'
import { type Attributes, emptyFields, type OtlpOptions, OtlpSink, type OtlpTime } from './sink.ts'
import { type AnyValue, flattenValue, MAX_DEPTH, tooDeep, valueText } from './value.ts'

type JsonObject = Readonly<Record<string, unknown>>

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

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new GirokError('bad_request', `the body is not valid JSON: ${(error as Error).message.slice(0, 200)}`)
  }
}

export function asObject(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new GirokError('bad_request', `OTLP: ${name} must be an object`)
}

/** A member that is an object; an empty one when it is missing or null. */
export function member(parent: JsonObject, name: string): JsonObject {
  const value = parent[name]
  return value === undefined || value === null ? {} : asObject(value, name)
}

export function list(parent: JsonObject, name: string): readonly unknown[] {
  const value = parent[name]
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new GirokError('bad_request', `OTLP: ${name} must be an array`)
}

export function objects(parent: JsonObject, name: string): readonly JsonObject[] {
  return list(parent, name).map((value) => asObject(value, `an element of ${name}`))
}

export function text(parent: JsonObject, name: string): string {
  const value = parent[name]
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new GirokError('bad_request', `OTLP: ${name} must be a string`)
}

function id(parent: JsonObject, name: string): string {
  const hex = text(parent, name).toLowerCase()
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new GirokError('bad_request', `OTLP: ${name} must be in hexadecimal`)
  return /[^0]/.test(hex) ? hex : ''
}

export function count(parent: JsonObject, name: string): number {
  const value = parent[name]
  if (value === undefined || value === null) return 0
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff) return number
  throw new GirokError('bad_request', `OTLP: ${name} must be a whole number`)
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

export function readTime(record: JsonObject, name: string, into: OtlpTime): void {
  const value = record[name]
  into.seconds = 0
  into.nanos = 0
  if (value === undefined || value === null || value === '') return
  const digits = typeof value === 'number' && Number.isInteger(value) && value >= 0 ? BigInt(value).toString() : value
  if (typeof digits !== 'string' || !/^\d{1,20}$/.test(digits)) {
    throw new GirokError('bad_request', `OTLP: ${name} must be nanoseconds since 1970, as a string of digits`)
  }
  into.seconds = Number(digits.slice(0, -9) || '0')
  into.nanos = Number(digits.slice(-9))
}

export function attributesOf(parent: JsonObject): Attributes {
  const pairs = objects(parent, 'attributes').map((pair): [string, AnyValue] => [
    text(pair, 'key'),
    pair.value === undefined ? null : anyValue(pair.value, 0),
  ])
  return { pairs, dropped: count(parent, 'droppedAttributesCount') }
}

function anyValue(json: unknown, depth: number): AnyValue {
  if (depth > MAX_DEPTH) throw tooDeep()
  if (json === null) return null
  const value = asObject(json, 'a value')
  if ('stringValue' in value) return text(value, 'stringValue')
  if ('boolValue' in value) return value.boolValue === true || value.boolValue === 'true'
  if ('intValue' in value) return integer(value.intValue)
  if ('doubleValue' in value) return double(value.doubleValue)
  if ('bytesValue' in value) return Buffer.from(text(value, 'bytesValue'), 'base64')
  if ('arrayValue' in value) {
    return list(member(value, 'arrayValue'), 'values').map((inner) => anyValue(inner, depth + 1))
  }
  if ('kvlistValue' in value) {
    const pairs = objects(member(value, 'kvlistValue'), 'values')
    return new Map(
      pairs.map((pair) => [text(pair, 'key'), pair.value === undefined ? null : anyValue(pair.value, depth + 1)]),
    )
  }
  return null
}

export function integer(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value)) return BigInt(value)
  throw new GirokError('bad_request', 'OTLP: intValue must be a whole number, or a string of one')
}

export function double(value: unknown): number {
  const number =
    typeof value === 'string' && value !== '' ? Number(value.replace(/^([+-]?)Inf$/i, '$1Infinity')) : value
  if (typeof number === 'number' && (!Number.isNaN(number) || value === 'NaN')) return number
  throw new GirokError('bad_request', 'OTLP: doubleValue must be a number')
}
