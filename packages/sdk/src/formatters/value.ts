import { quote } from './quote.ts'

/** Deeper levels of a value read `"[deep]"`; longer chains of causes are cut as well. */
const MAX_DEPTH = 12

const hasOwn = Object.prototype.hasOwnProperty

/**
 * Any value as JSON text. Never throws: circular references, getters that throw, bigint, Map, Set, NaN and errors all get
 * a form that reads well, where JSON.stringify throws or loses them. Undefined for what has no JSON (undefined).
 */
export function jsonValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      // A loss that became NaN is news; JSON has no NaN, and null would say that there was no loss.
      return Number.isFinite(value) ? `${value}` : `"${value}"`
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return undefined
    default:
      return value === null ? 'null' : write(value, [])
  }
}

function write(value: unknown, above: object[]): string | undefined {
  switch (typeof value) {
    case 'object':
      break
    case 'bigint':
      return `"${value}"`
    case 'function':
      return quote(`[function ${value.name || 'anonymous'}]`)
    case 'symbol':
      return quote(String(value))
    default:
      return jsonValue(value)
  }
  if (value === null) return 'null'
  if (above.includes(value)) return '"[circular]"'
  if (above.length >= MAX_DEPTH) return '"[deep]"'
  above.push(value)
  try {
    return writeObject(value, above)
  } catch (error) {
    return quote(`[threw ${error instanceof Error ? error.message : 'while it was read'}]`)
  } finally {
    above.pop()
  }
}

function writeObject(value: object, above: object[]): string | undefined {
  if (value instanceof Error) return writeError(value, above)
  const own = value as { toJSON?: unknown }
  if (ArrayBuffer.isView(value)) return quote(`[${value.constructor.name} ${value.byteLength} bytes]`)
  if (typeof own.toJSON === 'function') return write(own.toJSON(), above)
  if (Array.isArray(value)) return writeList(value, above)
  if (value instanceof Set) return writeList([...value], above)
  if (value instanceof Map)
    return writePairs(
      [...value].map(([key, item]) => [String(key), item]),
      above,
    )
  let text = ''
  for (const key in value) {
    if (!hasOwn.call(value, key)) continue
    const item = member(value as Record<string, unknown>, key, above)
    if (item !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${item}`
  }
  return `{${text}}`
}

/** One getter that throws must not cost the other members. */
function member(value: Record<string, unknown>, key: string, above: object[]): string | undefined {
  let item: unknown
  try {
    item = value[key]
  } catch (error) {
    return quote(`[threw ${error instanceof Error ? error.message : 'while it was read'}]`)
  }
  return write(item, above)
}

function writeList(items: readonly unknown[], above: object[]): string {
  let text = '['
  for (let index = 0; index < items.length; index++) {
    text += `${index === 0 ? '' : ','}${write(items[index], above) ?? 'null'}`
  }
  return `${text}]`
}

function writePairs(pairs: readonly (readonly [string, unknown])[], above: object[]): string {
  let text = ''
  for (const [key, item] of pairs) {
    const written = write(item, above)
    if (written !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${written}`
  }
  return `{${text}}`
}

/** {type, message, stack, …own members (code, path …), cause, errors} */
function writeError(error: Error, above: object[]): string {
  const pairs: [string, unknown][] = [
    ['type', error.constructor?.name || error.name],
    ['message', error.message],
    ['stack', error.stack],
  ]
  for (const key of Object.keys(error)) {
    if (key !== 'stack' && key !== 'message' && key !== 'type') pairs.push([key, Reflect.get(error, key)])
  }
  // Both are not enumerable when they come from the standard constructors.
  for (const key of ['cause', 'errors']) {
    if (!Object.keys(error).includes(key) && hasOwn.call(error, key)) pairs.push([key, Reflect.get(error, key)])
  }
  return writePairs(pairs, above)
}
