import type { CompareOp, Matcher } from '@girok/query'
import { sqlNumber, sqlString } from '../../../store/literal.ts'
import type { Condition } from '../condition.ts'
import { nameParts, textMayAppear } from '../field-text.ts'
import { hasMetadata } from '../metadata-sql.ts'
import { labelRegexSql } from '../regex.ts'
import type { LabelRule } from '../rule.ts'

/**
 * Filters on fields of JSON lines. The parser of the query language takes the first of duplicate keys, joins nested keys
 * with `_`, replaces odd characters, keeps what stands before a fault, trims keys; the engine's JSON functions do not.
 * So SQL only drops a row when its answer is beyond doubt: the engine parsed the line, found the key at the top, and part
 * of the name stands in the line once only, so that no other key can make the same label.
 */
export const jsonField: LabelRule = {
  name: 'json-field',
  summary: 'Filters behind `json` become JSONExtract on the field, as a superset.',
  condition: (test, scope) => {
    if (scope.parsers.length !== 1 || scope.parsers[0] !== 'json') return undefined
    const name = test.kind === 'string' ? test.matcher.name : test.name
    const field = jsonFieldSql(name)
    if (!field) return undefined
    switch (test.kind) {
      case 'string':
        return stringTest(test.matcher, field)
      case 'number':
        if (!Number.isFinite(test.value)) return requiring(field)
        return requiring(field, `ifNull(${wider(field.number, test.op, test.value)}, 1)`)
      case 'duration':
      case 'bytes':
        return requiring(field)
      case 'ip':
        return undefined
    }
  },
}

interface JsonFieldSql {
  readonly name: string
  readonly parts: readonly string[]
  /** The text of a string, number or boolean; empty when missing, null, or the line is not JSON. */
  readonly text: string
  /** The number, NULL when it is none. */
  readonly number: string
  /** Another key may make the same label. */
  readonly ambiguous: string
}

function jsonFieldSql(name: string): JsonFieldSql | undefined {
  const parts = nameParts(name)
  if (!parts) return undefined
  const key = sqlString(name)
  const twoLongest = [...parts].sort((a, b) => b.length - a.length).slice(0, 2)
  return {
    name,
    parts,
    text: `JSONExtractString(line, ${key})`,
    number: `toFloat64OrNull(JSONExtractRaw(line, ${key}))`,
    ambiguous: twoLongest.map((part) => `countSubstrings(line, ${sqlString(part)}) != 1`).join(' AND '),
  }
}

/** A key may be written with escapes, which stand for letters only in this form. */
const ESCAPED_LETTER = `position(line, ${sqlString('\\u00')}) > 0`

/** The label must be there, `appears` must hold in any case, and `test` where SQL is sure of the label's value. */
function requiring(field: JsonFieldSql, test?: string, appears?: string): Condition {
  const all = field.parts.map((part) => `position(line, ${sqlString(part)}) > 0`)
  if (appears) all.push(appears)
  if (test) all.push(`(${test} OR (${field.ambiguous}))`)
  return { sql: `((${all.join(' AND ')}) OR ${ESCAPED_LETTER} OR ${hasMetadata(field.name)})`, exact: false }
}

function stringTest({ op, value }: Matcher, field: JsonFieldSql): Condition | undefined {
  const text = field.text
  // What the engine prints for a number may differ from what stands in the line (5e2 and 500); a key below that is blank
  // gives its value to the key above.
  const unsure = `(${text} IN ('', 'true', 'false') OR match(${text}, '^[-0-9{]') OR position(${text}, '\uFFFD') > 0)`
  switch (op) {
    case '=': {
      if (value === '') return undefined
      const test = looksPlain(value) ? `(${text} = ${sqlString(value)} OR ${unsure})` : undefined
      return requiring(field, test, textMayAppear(value))
    }
    case '!=':
      if (value === '') return requiring(field)
      if (!looksPlain(value)) return undefined
      return {
        // Some engines read a text that begins with a byte order mark; the language does not.
        sql: `(${text} != ${sqlString(value)} OR NOT startsWith(line, '{') OR (${field.ambiguous}) OR ${ESCAPED_LETTER} OR ${hasMetadata(field.name)})`,
        exact: false,
      }
    case '=~':
      if (matchesEmpty(value)) return undefined
      return requiring(field, `(${labelRegexSql(text, value)} OR ${unsure})`)
    case '!~':
      return undefined
  }
}

/** Not what a number, a boolean or an object looks like, and without the character that the parser replaces. */
function looksPlain(value: string): boolean {
  return !/^[-0-9{]/.test(value) && value !== 'true' && value !== 'false' && !value.includes('\uFFFD')
}

/** Whether a label that is missing may pass; when in doubt, yes. */
function matchesEmpty(pattern: string): boolean {
  return !/^[A-Za-z0-9_/-]/.test(pattern) || pattern.includes('|') || /^.[*?{]/.test(pattern)
}

/** The comparison, a little wider than asked: the engine's reading of a decimal text may be off by one bit. */
function wider(number: string, op: CompareOp, value: number): string {
  const slack = Math.abs(value) * 1e-12 + Number.MIN_VALUE
  const low = sqlNumber(value - slack)
  const high = sqlNumber(value + slack)
  switch (op) {
    case '>':
    case '>=':
      return `${number} >= ${low}`
    case '<':
    case '<=':
      return `${number} <= ${high}`
    case '==':
      return `${number} BETWEEN ${low} AND ${high}`
    case '!=':
      return '1'
  }
}
