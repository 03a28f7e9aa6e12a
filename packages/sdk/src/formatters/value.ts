import { MAX_NAMES, type MemberText, memberText } from './member-text.ts'
import { isPlain, quote } from './quote.ts'

/** Deeper levels of a value read `"[deep]"`; longer chains of causes are cut as well. */
export const MAX_DEPTH = 12

const hasOwn = Object.prototype.hasOwnProperty

const memberTexts = new Map<string, MemberText>()

/** Kept, for quoting a name costs as much as quoting a value. */
function textOf(name: string): MemberText {
  let text = memberTexts.get(name)
  if (text === undefined) {
    text = memberText(name)
    if (memberTexts.size < MAX_NAMES) memberTexts.set(name, text)
  }
  return text
}

/** An object that a value stands in, and what that stands in: what finds circles and depth. */
interface Above {
  readonly value: object
  readonly above: Above | undefined
}

/**
 * Any value as JSON text. Never throws: circular references, getters that throw, bigint, Map, Set, NaN and errors all get
 * a form that reads well, where JSON.stringify throws or loses them. Undefined for what has no JSON (undefined).
 */
export function jsonValue(value: unknown): string | undefined {
  return write(value, undefined)
}

/** `{type, message, stack, …own members (code, path …), cause, errors}`, the stack under the name given. Never throws. */
export function errorText(error: Error, stackName: string): string {
  try {
    return writeError(error, { value: error, above: undefined }, stackName)
  } catch (thrown) {
    return threw(thrown)
  }
}

function write(value: unknown, above: Above | undefined): string | undefined {
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
    case 'bigint':
      return `"${value}"`
    case 'symbol':
      return quote(String(value))
    default:
      return value === null ? 'null' : writeObject(value as object, above)
  }
}

function writeObject(value: object, above: Above | undefined): string | undefined {
  let depth = 0
  for (let one = above; one !== undefined; one = one.above) {
    if (one.value === value) return '"[circular]"'
    depth++
  }
  if (depth >= MAX_DEPTH) return '"[deep]"'
  try {
    const isPlainObject = Object.getPrototypeOf(value) === Object.prototype
    if (isPlainObject && (value as { toJSON?: unknown }).toJSON === undefined) return writeMembers(value, above)
    return writeSpecial(value, { value, above })
  } catch (error) {
    return threw(error)
  }
}

/** What is no plain object. `here` is the value itself with what it stands in. */
function writeSpecial(value: object, here: Above): string | undefined {
  if (typeof value === 'function') return quote(`[function ${value.name || 'anonymous'}]`)
  if (value instanceof Error) return writeError(value, here, 'stack')
  if (ArrayBuffer.isView(value)) return quote(`[${value.constructor.name} ${value.byteLength} bytes]`)
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return write(toJSON.call(value), here)
  if (Array.isArray(value)) return writeList(value, here)
  if (value instanceof Set) return writeList([...value], here)
  if (value instanceof Map) {
    const members: Record<string, unknown> = Object.create(null)
    for (const [key, item] of value) members[String(key)] = item
    return writeMembers(members, here)
  }
  const text = writeMembers(value, here.above)
  // Errors of another realm (a frame, node:vm) are no instances of ours, and show nothing.
  const isError = text === '{}' && Object.prototype.toString.call(value) === '[object Error]'
  return isError ? writeError(value as Error, here, 'stack') : text
}

/** `above` is what the value stands in; the entry for the value itself is made only when a member needs it. */
function writeMembers(value: object, above: Above | undefined): string {
  let here: Above | undefined
  let text = ''
  /** Whether the quote that ends a string is still to come: see MemberText. */
  let open = false
  for (const key in value) {
    if (!hasOwn.call(value, key)) continue
    let written: string | undefined
    try {
      const item = (value as Record<string, unknown>)[key]
      if (typeof item === 'string' && isPlain(item)) {
        const member = textOf(key)
        if (text === '') text = member.firstString + item
        else text += (open ? member.closeThenString : member.string) + item
        open = true
        continue
      }
      if (typeof item === 'object' && item !== null) {
        here ??= { value, above }
        written = writeObject(item, here)
      } else written = write(item, above)
    } catch (error) {
      // One getter that throws must not cost the other members.
      written = threw(error)
    }
    if (written === undefined) continue
    const member = textOf(key)
    if (text === '') text = member.first + written
    else text += (open ? member.closeThenValue : member.value) + written
    open = false
  }
  if (text === '') return '{}'
  return open ? `${text}"}` : `${text}}`
}

function writeList(items: readonly unknown[], here: Above): string {
  let text = '['
  for (let index = 0; index < items.length; index++) {
    text += (index === 0 ? '' : ',') + (write(items[index], here) ?? 'null')
  }
  return `${text}]`
}

function writeError(error: Error, here: Above, stackName: string): string {
  let text = `{"type":${quote(String(error.constructor?.name || error.name))}`
  const add = (key: string, shown: string) => {
    let written: string | undefined
    try {
      written = write((error as unknown as Record<string, unknown>)[key], here)
    } catch (thrown) {
      written = threw(thrown)
    }
    if (written !== undefined) text += textOf(shown).value + written
  }
  add('message', 'message')
  add('stack', stackName)
  const written = ['message', 'stack']
  // The last two are not enumerable when they come from the standard constructors.
  for (const key of [...Object.keys(error), 'cause', 'errors']) {
    if (written.includes(key) || !hasOwn.call(error, key)) continue
    written.push(key)
    add(key, key === 'type' || key === stackName ? `${key}_` : key)
  }
  return `${text}}`
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
