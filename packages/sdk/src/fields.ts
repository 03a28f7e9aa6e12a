/** Values that a record carries besides its message: any JavaScript values, errors included. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * What is taken where fields are given: any object with fields, also of an interface or a class, which TypeScript does not
 * take for a Record. Not lists, maps, promises, functions, or dates: their content would not be seen.
 */
export type GivenFields =
  | Fields
  | (object & {
      readonly [Symbol.iterator]?: never
      readonly [Symbol.hasInstance]?: never
      readonly [Symbol.toPrimitive]?: never
      readonly [Symbol.toStringTag]?: never
    })

/** One field; a getter that throws costs only itself. */
export function readField(fields: Fields, name: string): unknown {
  try {
    return fields[name]
  } catch {
    return '[threw while it was read]'
  }
}

/** A shallow copy, of later fields over earlier ones. Throws only when a proxy does not even tell its keys. */
export function mergeFields(...parts: readonly (Fields | undefined)[]): Fields {
  // Without a prototype `__proto__` is a name like any other.
  const merged: Record<string, unknown> = Object.create(null)
  for (const part of parts) {
    if (part !== undefined) for (const name of Object.keys(part)) merged[name] = readField(part, name)
  }
  return merged
}
