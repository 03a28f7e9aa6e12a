import type { Matcher } from '@girok/query'
import { sqlString } from '../../store/literal.ts'
import type { Condition } from './condition.ts'
import { textMayAppear } from './field-text.ts'
import { hasMetadata, metadataValue } from './metadata-sql.ts'

/**
 * Rows that may have a field of this value: the value stands somewhere in the line, or is that of metadata. Undefined for
 * matchers that say nothing about the text of a line.
 */
export function fieldMatchCondition({ name, op, value }: Matcher): Condition | undefined {
  if (op !== '=' || value === '') return undefined
  const inLine = textMayAppear(value)
  if (!inLine) return undefined
  const inMetadata = `(${hasMetadata(name)} AND ${metadataValue(name)} = ${sqlString(value)})`
  return { sql: `(${inLine} OR ${inMetadata})`, exact: false }
}
