import { quote } from './quote.ts'

/** Deeper levels of a value read `"[deep]"`; longer chains of causes are cut as well. */
export const MAX_DEPTH = 12

/** Names whose text is kept: quoting one costs as much as quoting a value. */
const MAX_KEPT = 4096

const hasOwn = Object.prototype.hasOwnProperty
const memberTexts = new Map<string, string>()

/** `,"name":` */
function memberText(name: string): string {
  let text = memberTexts.get(name)
  if (text === undefined) {
    text = `,${quote(name)}:`
    if (memberTexts.size < MAX_KEPT) memberTexts.set(name, text)
  }
  return text
}

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

/** `{type, message, stack, …own members (code, path …), cause, errors}`, the stack under the name given. Never throws. */
export function errorText(error: Error, stackName: string): string {
  try {
    return writeError(error, [error], stackName)
  } catch (thrown) {
    return threw(thrown)
  }
}

/** `above`: the objects that the value stands in, which finds circles. */
function write(value: unknown, above: object[]): string | undefined {
  switch (typeof value) {
    case 'object':
    case 'function':
      break
    case 'bigint':
      return `"${value}"`
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
    return threw(error)
  } finally {
    above.pop()
  }
}

function writeObject(value: object, above: object[]): string | undefined {
  const { toJSON } = value as { toJSON?: unknown }
  const isPlainObject = Object.getPrototypeOf(value) === Object.prototype && toJSON === undefined
  if (!isPlainObject) {
    if (typeof value === 'function') return quote(`[function ${value.name || 'anonymous'}]`)
    if (value instanceof Error) return writeError(value, above, 'stack')
    if (ArrayBuffer.isView(value)) return quote(`[${value.constructor.name} ${value.byteLength} bytes]`)
    if (typeof toJSON === 'function') return write(toJSON.call(value), above)
    if (Array.isArray(value)) return writeList(value, above)
    if (value instanceof Set) return writeList([...value], above)
    if (value instanceof Map) {
      const entries: Record<string, unknown> = Object.create(null)
      for (const [key, item] of value) entries[String(key)] = item
      return writeObject(entries, above)
    }
  }
  let text = ''
  for (const key in value) if (hasOwn.call(value, key)) text += member(value, key, above)
  // Errors of another realm (a frame, node:vm) are no instances of ours, and show nothing.
  if (text === '' && !isPlainObject && Object.prototype.toString.call(value) === '[object Error]') {
    return writeError(value as Error, above, 'stack')
  }
  return `{${text.slice(1)}}`
}

/** `,"key":value`, or nothing. One getter that throws must not cost the other members. */
function member(value: object, key: string, above: object[], name = key): string {
  let written: string | undefined
  try {
    written = write((value as Record<string, unknown>)[key], above)
  } catch (error) {
    written = threw(error)
  }
  return written === undefined ? '' : memberText(name) + written
}

function writeList(items: readonly unknown[], above: object[]): string {
  let text = ''
  for (let index = 0; index < items.length; index++) text += `,${write(items[index], above) ?? 'null'}`
  return `[${text.slice(1)}]`
}

function writeError(error: Error, above: object[], stackName: string): string {
  let text = `"type":${quote(String(error.constructor?.name || error.name))}`
  text += member(error, 'message', above) + member(error, 'stack', above, stackName)
  const written = ['message', 'stack']
  // The last two are not enumerable when they come from the standard constructors.
  for (const key of [...Object.keys(error), 'cause', 'errors']) {
    if (written.includes(key) || !hasOwn.call(error, key)) continue
    written.push(key)
    text += member(error, key, above, key === 'type' || key === stackName ? `${key}_` : key)
  }
  return `{${text}}`
}

function threw(error: unknown): string {
  let message = 'while it was read'
  try {
    if (error instanceof Error) message = String(error.message)
  } catch {
    // What was thrown throws in turn.
  }
  return quote(`[threw ${message}]`)
}
