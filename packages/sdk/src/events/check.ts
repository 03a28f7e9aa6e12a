import type { Fields } from '../fields.ts'
import type { FieldKind, FieldSchema } from './schema.ts'

const isListOf = (type: string) => (value: unknown) =>
  Array.isArray(value) && value.every((item) => typeof item === type)

const TESTS: Readonly<Record<FieldKind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  error: (value) => value instanceof Error,
  json: (value) => value !== undefined,
  'string[]': isListOf('string'),
  'number[]': isListOf('number'),
}

/** Says what is wrong with the fields of an event; undefined when nothing is. */
export type EventCheck = (fields: Fields) => string | undefined

/**
 * Compiles a check of the fields' types. Its texts name fields and types, never values: what went into the wrong field may
 * be what must not be logged.
 */
export function compileCheck(schemas: readonly FieldSchema[]): EventCheck {
  const rules = schemas.map((schema) => ({ ...schema, fits: fitOf(schema) }))
  const known = new Set(schemas.map(({ name }) => name))
  return (fields) => {
    let faults: string[] | undefined
    for (const { name, kind, values, optional, fits } of rules) {
      const value = fields[name]
      if (value === undefined ? optional : fits(value)) continue
      faults ??= []
      if (value === undefined) faults.push(`${name} is missing`)
      else if (values !== undefined) faults.push(`${name} is none of ${values.join(', ')}`)
      else faults.push(`${name} is ${typeName(value)}, not ${kind}`)
    }
    for (const name in fields) {
      if (known.has(name)) continue
      faults ??= []
      faults.push(`${name} is not declared`)
    }
    return faults?.join('; ')
  }
}

function fitOf({ kind, values }: FieldSchema): (value: unknown) => boolean {
  if (kind !== 'enum') return TESTS[kind]
  const allowed = new Set<unknown>(values)
  return (value) => allowed.has(value)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? value.constructor?.name || 'object' : typeof value
}
