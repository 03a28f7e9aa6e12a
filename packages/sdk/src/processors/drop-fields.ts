import type { Fields } from '../fields.ts'
import type { Processor } from '../processor.ts'
import { mapFields } from './map-fields.ts'

/**
 * Leaves fields out, by name or by an expression: those of the call and those of contexts and bound loggers. Members of
 * fields are not looked at: see redact with the action `remove`.
 */
export function dropFields(...names: readonly (string | RegExp)[]): Processor {
  const exact = new Set(names.filter((name) => typeof name === 'string'))
  const expressions = names.filter((name) => name instanceof RegExp)
  const isDropped = (key: string) => exact.has(key) || expressions.some((expression) => key.search(expression) !== -1)

  function drop(fields: Fields): Fields {
    const keys = Object.keys(fields)
    const kept = keys.filter((key) => !isDropped(key))
    return kept.length === keys.length ? fields : Object.fromEntries(kept.map((key) => [key, fields[key]]))
  }

  return Object.assign(mapFields(drop), { reason: 'drop_fields' })
}
