import type { Fields } from '../fields.ts'
import type { FieldKind, FieldSchema } from './schema.ts'

const isListOf = (value: unknown, type: string) => Array.isArray(value) && value.every((item) => typeof item === type)

function fits(kind: FieldKind | 'enum', values: ReadonlySet<unknown> | undefined, value: unknown): boolean {
  switch (kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === kind
    case 'enum':
      return values?.has(value) === true
    case 'integer':
      return Number.isInteger(value)
    case 'date':
      return value instanceof Date
    case 'error':
      return value instanceof Error
    case 'json':
      return value !== undefined
    case 'string[]':
      return isListOf(value, 'string')
    case 'number[]':
      return isListOf(value, 'number')
  }
}

/** Says what is wrong with the fields of an event; undefined when nothing is. Never throws. */
export type EventCheck = (fields: Fields) => string | undefined

/**
 * Compiles a check of the fields' types. Its texts name fields and types, never values: what went into the wrong field may
 * be what must not be logged.
 */
export function compileCheck(schemas: readonly FieldSchema[]): EventCheck {
  const rules = schemas.map((schema, index) => ({
    ...schema,
    index,
    allowed: schema.values === undefined ? undefined : new Set<unknown>(schema.values),
  }))
  const byName = new Map(rules.map((rule) => [rule.name, rule]))
  const required = rules.filter(({ optional }) => !optional).length

  /** One walk over the fields, which is quick as long as they come in the order of the definition. */
  function isRight(fields: Fields): boolean {
    let next = 0
    let found = 0
    for (const name in fields) {
      let rule = rules[next]
      if (rule === undefined || rule.name !== name) {
        rule = byName.get(name)
        if (rule === undefined) return false
        next = rule.index
      }
      next++
      const value = fields[name]
      if (value === undefined) {
        if (!rule.optional) return false
        continue
      }
      if (!fits(rule.kind, rule.allowed, value)) return false
      if (!rule.optional) found++
    }
    return found === required
  }

  function faults(fields: Fields): string {
    const list: string[] = []
    for (const { name, kind, values, allowed, optional } of rules) {
      const value = fields[name]
      if (value === undefined) {
        if (!optional) list.push(`${name} is missing`)
      } else if (!fits(kind, allowed, value)) {
        list.push(values ? `${name} is none of ${values.join(', ')}` : `${name} is ${typeName(value)}, not ${kind}`)
      }
    }
    for (const name in fields) if (!byName.has(name)) list.push(`${name} is not declared`)
    return list.join('; ')
  }

  return (fields) => {
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return 'the fields are no object'
    try {
      return isRight(fields) ? undefined : faults(fields)
    } catch {
      return 'the fields cannot be read'
    }
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? value.constructor?.name || 'object' : typeof value
}
