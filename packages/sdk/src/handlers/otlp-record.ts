import { jsonValue } from '../formatters/value.ts'
import { levelName } from '../level.ts'
import { allFields, type LogRecord } from '../record.ts'
import { wellFormed } from './remote/well-formed.ts'

/** opentelemetry.proto.common.v1.AnyValue, in the JSON form of Protocol Buffers: int64 as a string. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }

export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** A record as opentelemetry.proto.logs.v1.LogRecord in JSON. */
export function otlpLogRecord(record: LogRecord): string {
  const fields = { ...allFields(record) }
  const traceId = idIn(fields, 'trace_id', TRACE_ID)
  const spanId = traceId === undefined ? undefined : idIn(fields, 'span_id', SPAN_ID)
  const time = `${Math.floor(record.timeMs)}000000`
  return JSON.stringify({
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: severityNumber(record.level),
    severityText: levelName(record.level),
    body: { stringValue: wellFormed(record.message) },
    attributes: otlpKeyValues(fields),
    traceId,
    spanId,
    eventName: record.event?.name,
  })
}

/** Takes an id out of the fields if it is one; other values stay among the attributes. */
function idIn(fields: Record<string, unknown>, name: string, form: RegExp): string | undefined {
  const value = fields[name]
  const id = typeof value === 'string' ? value.toLowerCase() : ''
  if (!form.test(id)) return undefined
  delete fields[name]
  return id
}

/**
 * OpenTelemetry's severities: TRACE 1, DEBUG 5, INFO 9, WARN 13, ERROR 17, FATAL 21, with three steps between two of them
 * for levels between the named ones (25 is 11).
 */
export function severityNumber(level: number): number {
  if (level < 10) return 1
  if (level >= 50) return Math.min(24, 21 + Math.floor((level - 50) / 2.5))
  return 1 + Math.floor(level / 2.5)
}

/** Fields as attributes. Undefined ones are left out; an Error under `error` becomes OpenTelemetry's `exception.*`. */
export function otlpKeyValues(fields: Readonly<Record<string, unknown>>): KeyValue[] {
  const attributes: KeyValue[] = []
  for (const key of Object.keys(fields)) {
    let field: unknown
    try {
      field = fields[key]
    } catch {
      field = '[threw while it was read]'
    }
    if (key === 'error' && field instanceof Error) {
      attributes.push(...exceptionOf(field))
      continue
    }
    const value = anyValue(field)
    if (value !== undefined) attributes.push({ key: wellFormed(key), value })
  }
  return attributes
}

/** Semantic conventions for exceptions in logs; what else the error has (code, cause …) stays under `error`. */
function exceptionOf(error: Error): KeyValue[] {
  const { type, message, stack, ...rest } = JSON.parse(jsonValue(error) as string) as Record<string, unknown>
  const attributes = [
    ['exception.type', type],
    ['exception.message', message],
    ['exception.stacktrace', stack],
    ['error', Object.keys(rest).length === 0 ? undefined : rest],
  ] as const
  return attributes.flatMap(([key, field]) => {
    const value = anyValue(field)
    return value === undefined ? [] : [{ key, value }]
  })
}

function anyValue(value: unknown): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
      return { stringValue: wellFormed(value) }
    case 'boolean':
      return { boolValue: value }
    case 'number':
      if (Number.isSafeInteger(value)) return { intValue: String(value) }
      return { doubleValue: Number.isFinite(value) ? value : (String(value) as 'NaN') }
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? { intValue: String(value) } : { stringValue: String(value) }
    case 'undefined':
      return undefined
    default: {
      // One reading of what can be circular, throw or have no JSON, for all handlers: that of jsonValue.
      const text = jsonValue(value)
      return text === undefined ? undefined : plainValue(JSON.parse(text))
    }
  }
}

/** A value that came out of JSON. An empty AnyValue stands for null. */
function plainValue(value: unknown): AnyValue {
  if (value === null) return {} as AnyValue
  if (Array.isArray(value)) return { arrayValue: { values: value.map(plainValue) } }
  if (typeof value !== 'object') return anyValue(value) as AnyValue
  const values = Object.entries(value).map(([key, item]) => ({ key: wellFormed(key), value: plainValue(item) }))
  return { kvlistValue: { values } }
}
