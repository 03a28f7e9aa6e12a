import { sqlString } from '../../../store/literal.ts'
import type { Condition } from '../condition.ts'
import { hasMetadata, metadataValue } from '../metadata-sql.ts'
import { labelRegexSql } from '../regex.ts'
import type { LabelRule } from '../rule.ts'

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
