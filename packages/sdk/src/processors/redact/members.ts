import { REMOVED } from './action.ts'

/** A copy of what formatters see of an object: its own enumerable members. One that throws is left out here. */
export function copyMembers(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return { ...value }
  } catch {
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      try {
        define(copy, key, value[key])
      } catch {
        // Whoever walks through the members says what is shown instead; the place among the others is held.
        define(copy, key, undefined)
      }
    }
    return copy
  }
}

/** Sets a member of a copy, under another name if need be; REMOVED takes it out. */
export function putMember(copy: Record<string, unknown>, key: string, shown: string, value: unknown): void {
  if (value === REMOVED) delete copy[key]
  else if (shown !== key) {
    delete copy[key]
    define(
      copy,
      freeName(shown, (name) => Object.hasOwn(copy, name)),
      value,
    )
  } else if (key === '__proto__') define(copy, key, value)
  else copy[key] = value
}

/** `name`, or with a number behind it when it is taken: two names that hold secrets may look the same without them. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name
  let number = 2
  while (isTaken(`${name} ${number}`)) number++
  return `${name} ${number}`
}

/** An assignment to `__proto__` would change the prototype; parsed JSON has such members. */
function define(copy: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true })
}
