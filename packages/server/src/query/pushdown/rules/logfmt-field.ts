import { sqlString } from '../../../store/literal.ts'
import { nameParts, textMayAppear } from '../field-text.ts'
import { hasMetadata } from '../metadata-sql.ts'
import type { LabelRule } from '../rule.ts'

/**
 * Filters on fields of logfmt lines (or of lines that may be either): the name and, for equality, the value must stand
 * in the line. The engine has no parser that agrees with the language's, so this is all that SQL says.
 */
export const logfmtField: LabelRule = {
  name: 'logfmt-field',
  summary: 'Filters behind `logfmt` ask that name and value stand in the line, as a superset.',
  condition: (test, scope) => {
    if (scope.parsers.length === 0 || scope.parsers.includes('other')) return undefined
    if (test.kind === 'ip') return undefined
    const name = test.kind === 'string' ? test.matcher.name : test.name
    const parts = nameParts(name)
    if (!parts) return undefined
    let text: string | undefined
    if (test.kind === 'string') {
      const { op, value } = test.matcher
      const wantsLabel = (op === '=' && value !== '') || (op === '!=' && value === '')
      if (!wantsLabel) return undefined
      if (op === '=') text = textMayAppear(value)
    }
    const present = parts.map((part) => `position(line, ${sqlString(part)}) > 0`)
    const all = [...present, ...(text ? [text] : [])].join(' AND ')
    const escaped = scope.parsers.includes('json') ? ` OR position(line, ${sqlString('\\u00')}) > 0` : ''
    return { sql: `((${all})${escaped} OR ${hasMetadata(name)})`, exact: false }
  },
}
