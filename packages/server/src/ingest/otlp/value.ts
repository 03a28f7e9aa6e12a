import { GirokError } from '../../model/errors.ts'
import type { ProtobufReader } from '../decode/protobuf.ts'
import type { TextSlices } from '../decode/text-slices.ts'

/** An OTLP `AnyValue`, of protobuf or JSON. Null is a value that was left out. */
export type AnyValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | readonly AnyValue[]
  | ReadonlyMap<string, AnyValue>

/** Deeper values are refused: they would need as deep a stack to be written. */
export const MAX_DEPTH = 64

export function tooDeep(): GirokError {
  return new GirokError('bad_request', `an attribute or body is nested deeper than ${MAX_DEPTH} levels`)
}

/** Reads the `AnyValue` message that the reader stands in, to its end. `texts` of the reader's bytes make it faster. */
export function readAnyValue(reader: ProtobufReader, depth = 0, texts?: TextSlices): AnyValue {
  if (depth > MAX_DEPTH) throw tooDeep()
  let value: AnyValue = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      reader.expect(2, 'string_value')
      value = texts ? texts.slice(reader.start, reader.stop) : reader.bytes.toString('utf8', reader.start, reader.stop)
    } else if (field === 2) {
      reader.expect(0, 'bool_value')
      value = reader.value !== 0
    } else if (field === 3) {
      reader.expect(0, 'int_value')
      value = signedInteger(reader)
    } else if (field === 4) {
      value = reader.double('double_value')
    } else if (field === 5) {
      const outer = reader.enter('array_value')
      value = readArray(reader, depth)
      reader.leave(outer)
    } else if (field === 6) {
      const outer = reader.enter('kvlist_value')
      value = readMap(reader, depth)
      reader.leave(outer)
    } else if (field === 7) {
      reader.expect(2, 'bytes_value')
      value = reader.bytes.subarray(reader.start, reader.stop)
    }
  }
  return value
}

function readArray(reader: ProtobufReader, depth: number): AnyValue[] {
  const values: AnyValue[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    const outer = reader.enter('values')
    values.push(readAnyValue(reader, depth + 1))
    reader.leave(outer)
  }
  return values
}

function readMap(reader: ProtobufReader, depth: number): Map<string, AnyValue> {
  const map = new Map<string, AnyValue>()
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    const outer = reader.enter('values')
    const [key, value] = readKeyValue(reader, depth + 1)
    reader.leave(outer)
    map.set(key, value)
  }
  return map
}

/** Reads the `KeyValue` message that the reader stands in, to its end. */
export function readKeyValue(reader: ProtobufReader, depth = 0): [key: string, value: AnyValue] {
  let key = ''
  let value: AnyValue = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.text('key')
    else if (field === 2) {
      const outer = reader.enter('value')
      value = readAnyValue(reader, depth)
      reader.leave(outer)
    }
  }
  return [key, value]
}

/** The current varint as int64; the reader's own number is exact below 2^53 only. */
function signedInteger({ bytes, position, value }: ProtobufReader): number | bigint {
  if (value <= Number.MAX_SAFE_INTEGER) return value
  let start = position - 1
  while ((bytes[start - 1] as number) >= 0x80 && position - start < 10) start--
  let exact = 0n
  for (let at = position - 1; at >= start; at--) exact = (exact << 7n) | BigInt((bytes[at] as number) & 0x7f)
  return BigInt.asIntN(64, exact)
}

/** The value as text: maps and arrays as JSON with sorted names, bytes in base64. */
export function valueText(value: AnyValue): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (typeof value === 'object') return jsonText(value)
  return String(value)
}

function jsonText(value: AnyValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('base64'))
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
  if (typeof value !== 'object') return String(value)
  if (value instanceof Map) {
    const names = [...value.keys()].sort()
    return `{${names.map((name) => `${JSON.stringify(name)}:${jsonText(value.get(name) as AnyValue)}`).join(',')}}`
  }
  return `[${(value as readonly AnyValue[]).map(jsonText).join(',')}]`
}

/** Calls `take` with the value, or of a map with each of its values under a joined name. Empty values are left out. */
export function flattenValue(name: string, value: AnyValue, take: (name: string, text: string) => void): void {
  if (value instanceof Map) {
    for (const [key, inner] of value) flattenValue(`${name}_${key}`, inner, take)
    return
  }
  const text = valueText(value)
  if (text !== '') take(name, text)
}
