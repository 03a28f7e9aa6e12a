import { sqlString } from '../../store/literal.ts'
import type { Condition } from './condition.ts'
import { labelRegexSql } from './regex.ts'
import type { LabelRule } from './rule.ts'

/** The level that detection found is a column of its own, and the last metadata entry of a row. */
export const DETECTED_LEVEL = 'detected_level'

/** The row has this metadata entry. */
export function hasMetadata(name: string): string {
  const has = `mapContains(meta, ${sqlString(name)})`
  return name === DETECTED_LEVEL ? `(level != '' OR ${has})` : has
}

/** The value of this metadata entry, the last if there are several; empty when the row has none. */
export function metadataValue(name: string): string {
  const value = `arrayReverse(mapValues(meta))[indexOf(arrayReverse(mapKeys(meta)), ${sqlString(name)})]`
  return name === DETECTED_LEVEL ? `if(level != '', level, ${value})` : value
}

/** Filters on structured metadata, before any parser has run. */
export const metadata: LabelRule = {
  name: 'metadata',
  summary:
    'Filters on structured metadata and detected_level compare the stored value; numbers only ask that it is there.',
  condition: (test, scope) => {
    if (scope.parsers.length > 0) return undefined
    if (test.kind !== 'string') {
      // A label that is missing fails such a filter; one that cannot be read as a number passes it with an error.
      return test.kind === 'ip' ? undefined : { sql: hasMetadata(test.name), exact: false }
    }
    const { name, op, value } = test.matcher
    const stored = metadataValue(name)
    if (op === '=' && value !== '') return exactly(`(${hasMetadata(name)} AND ${stored} = ${sqlString(value)})`)
    if (op === '=' || op === '!=') return exactly(`${stored} ${op} ${sqlString(value)}`)
    const match = labelRegexSql(stored, value)
    return exactly(op === '=~' ? match : `NOT ${match}`)
  },
}

function exactly(sql: string): Condition {
  return { sql, exact: true }
}
