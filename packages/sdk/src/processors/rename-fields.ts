import type { Fields } from '../fields.ts'
import type { Processor } from '../processor.ts'
import { mapFields } from './map-fields.ts'

/**
 * Gives fields other names, those of the call and those of contexts and bound loggers: `renameFields({ uid: 'user_id' })`.
 * A field that has the new name already gives way. Members of fields are not looked at.
 */
export function renameFields(names: Readonly<Record<string, string>>): Processor {
  const given = new Map(Object.entries(names))

  function rename(fields: Fields): Fields {
    const keys = Object.keys(fields)
    const present = new Set(keys.filter((key) => given.has(key)))
    if (present.size === 0) return fields
    const taken = new Set([...present].map((key) => given.get(key) as string))
    const renamed = keys
      .filter((key) => present.has(key) || !taken.has(key))
      .map((key): [string, unknown] => [given.get(key) ?? key, fields[key]])
    return Object.fromEntries(renamed)
  }

  return Object.assign(mapFields(rename), { reason: 'rename_fields' })
}
