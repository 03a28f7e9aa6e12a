import { Dictionary, GoInt, GoObject, mapGet, sortedKeys, type Value } from '../value.ts'

const MAX_NESTING = 500

/** A value that has no JSON, as Go's `encoding/json` says it. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
}

/**
 * JSON as Go's `encoding/json` writes it: `<`, `>` and `&` as escapes, maps (`Map`, `Dictionary`) in order of keys, objects in
 * their own order as structs are. `undefined` within an object is left out. Throws `JsonFault`.
 */
export function encodeGoJson(value: Value, depth = 0): string {
  if (depth > MAX_NESTING) throw new JsonFault(`data is nested more than ${MAX_NESTING} levels deep`)
  switch (typeof value) {
    case 'string':
      return quoteJson(value)
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      if (!Number.isFinite(value)) throw new JsonFault(`json: unsupported value: ${goName(value)}`)
      return Object.is(value, -0) ? '-0' : String(value)
    case 'undefined':
      return 'null'
    case 'object':
      return encodeObject(value, depth + 1)
    default:
      throw new JsonFault(`json: unsupported type: ${typeof value}`)
  }
}

function encodeObject(value: object | null, depth: number): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map((element) => encodeGoJson(element, depth)).join(',')}]`
  if (value instanceof GoInt) return String(value.value)
  if (value instanceof GoObject) {
    const shown = value.json()
    return shown === undefined ? quoteJson(value.toString()) : encodeGoJson(shown, depth)
  }
  if (value instanceof Dictionary || value instanceof Map) {
    return braced(
      sortedKeys(value).map((key) => [key, mapGet(value, key)]),
      depth,
    )
  }
  return braced(
    Object.entries(value).filter(([, element]) => element !== undefined),
    depth,
  )
}

function braced(entries: readonly (readonly [string, Value])[], depth: number): string {
  return `{${entries.map(([key, element]) => `${quoteJson(key)}:${encodeGoJson(element, depth)}`).join(',')}}`
}

function quoteJson(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function goName(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
