import { REMOVED } from './action.ts'

/** Members that formatters show of an error, whether enumerable or not. */
const ALWAYS = ['name', 'message', 'stack']
const WHEN_OWN = ['cause', 'errors']

/** What formatters show of an error: name, message, stack, its own members, cause and errors. */
export function errorMembers(error: Error): [string, unknown][] {
  const keys = Object.keys(error)
  const names = [...ALWAYS, ...keys.filter((key) => !ALWAYS.includes(key))]
  for (const key of WHEN_OWN) if (Object.hasOwn(error, key) && !keys.includes(key)) names.push(key)
  return names.map((name) => [name, Reflect.get(error, name)])
}

/**
 * An error of the same class with other members: formatters know errors by their class. Its constructor is not called,
 * for it may do anything.
 */
export function copyError(error: Error, members: readonly (readonly [string, unknown])[]): Error {
  const copy = Object.create(Object.getPrototypeOf(error)) as Error
  const shown = new Map(members)
  for (const [name, value] of shown) {
    if (value === REMOVED && !ALWAYS.includes(name)) continue
    Object.defineProperty(copy, name, {
      value: value === REMOVED ? '' : name === 'stack' ? stackWithout(error, shown) : value,
      enumerable: Object.prototype.propertyIsEnumerable.call(error, name),
      writable: true,
      configurable: true,
    })
  }
  return copy
}

/** A stack begins with the message: what is hidden there must not stand here. */
function stackWithout({ message }: Error, shown: ReadonlyMap<string, unknown>): unknown {
  const stack = shown.get('stack')
  const seen = shown.get('message')
  if (typeof stack !== 'string' || typeof message !== 'string' || message === '' || seen === message) return stack
  return stack.replaceAll(message, () => (seen === REMOVED ? '' : String(seen)))
}
