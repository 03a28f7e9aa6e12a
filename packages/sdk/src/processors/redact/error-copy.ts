import { REMOVED } from './action.ts'
import { freeName } from './members.ts'

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

/** A member of the copy: what it is called in the error, and what is shown. */
interface ShownMember {
  readonly name: string
  readonly shown: string
  readonly value: unknown
}

/**
 * An error of the same class with other members: formatters know errors by their class. Its constructor is not called,
 * for it may do anything.
 */
export function copyError(error: Error, members: readonly ShownMember[]): Error {
  const copy = Object.create(error instanceof Error ? Object.getPrototypeOf(error) : Error.prototype) as Error
  const shownOf = (wanted: string) => members.find(({ name }) => name === wanted)?.value
  for (const { name, shown, value } of members) {
    if (value === REMOVED && !ALWAYS.includes(name)) continue
    Object.defineProperty(copy, name === shown ? name : freeName(shown, (taken) => Object.hasOwn(copy, taken)), {
      value: value === REMOVED ? '' : name === 'stack' ? stackWithout(error, value, shownOf('message')) : value,
      enumerable: Object.prototype.propertyIsEnumerable.call(error, name),
      writable: true,
      configurable: true,
    })
  }
  return copy
}

/** A stack begins with the message: what is hidden there must not stand here. */
function stackWithout({ message }: Error, stack: unknown, shown: unknown): unknown {
  if (typeof stack !== 'string' || typeof message !== 'string' || message === '' || shown === message) return stack
  return stack.replaceAll(message, () => (shown === REMOVED ? '' : String(shown)))
}
