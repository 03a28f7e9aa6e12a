import { GirokError } from '../../model/errors.ts'
import type { Attributes } from './sink.ts'
import type { OtlpTime } from './time.ts'
import { type AnyValue, MAX_DEPTH, tooDeep } from './value.ts'

/** An object of OTLP/JSON. What is read of it throws `bad_request` with its name when it is something else. */
export type JsonObject = Readonly<Record<string, unknown>>

/** JSON of any kind. */
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

/** A member that is an array; an empty one when it is missing or null. */
export function list(parent: JsonObject, name: string): readonly unknown[] {
  const value = parent[name]
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw new GirokError('bad_request', `OTLP: ${name} must be an array`)
}

export function objects(parent: JsonObject, name: string): readonly JsonObject[] {
  return list(parent, name).map((value) => asObject(value, `an element of ${name}`))
}

/** A member that is a text; empty when it is missing or null. */
export function text(parent: JsonObject, name: string): string {
  const value = parent[name]
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new GirokError('bad_request', `OTLP: ${name} must be a string`)
}

/** A member that is a whole number of 32 bits; 0 when it is missing or null. */
export function count(parent: JsonObject, name: string): number {
  const value = parent[name]
  if (value === undefined || value === null) return 0
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff) return number
  throw new GirokError('bad_request', `OTLP: ${name} must be a whole number`)
}

/** Nanoseconds since 1970, as digits or a number; 0 when they are missing, null or empty. */
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

/** An `AnyValue`; `depth` is how many others it stands in. */
export function anyValue(json: unknown, depth: number): AnyValue {
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

/** 64-bit integers come as digits, from some as numbers. */
export function integer(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value)) return BigInt(value)
  throw new GirokError('bad_request', 'OTLP: intValue must be a whole number, or a string of one')
}

/** Numbers, or texts of numbers and of those that JSON does not have. */
export function double(value: unknown): number {
  const number =
    typeof value === 'string' && value !== '' ? Number(value.replace(/^([+-]?)Inf$/i, '$1Infinity')) : value
  if (typeof number === 'number' && (!Number.isNaN(number) || value === 'NaN')) return number
  throw new GirokError('bad_request', 'OTLP: doubleValue must be a number')
}
