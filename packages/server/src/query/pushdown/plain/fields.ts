import type { CompareOp } from '@girok/query'
import { sqlNumber, sqlString } from '../../../store/literal.ts'
import { FLAT_JSON, FLAT_JSON_FULL, fieldSql, type PromotedField, promotedFields } from '../../../store/promoted.ts'
import { standsPlain } from '../../../store/stored-fields.ts'
import { DETECTED_LEVEL } from '../metadata-sql.ts'
import { PLAIN_LOGFMT } from './logfmt.ts'
import { type FieldParser, fieldName } from './names.ts'

/** SQL for the value of a label that a parser made of a plain row; see `names.ts` for what the names in it stand for. */
export interface PlainField {
  /** The label's text, '' when the row has no such label (or an empty one, where the row is not `full`). */
  readonly text: string
  /** Nullable(Float64): what Go's ParseFloat makes of the text; NULL when it is none, or when SQL cannot be sure. */
  readonly number: string
  /** Nullable(Float64): nanoseconds of the text as a duration, bytes of it as a size; NULL likewise. */
  readonly duration: string
  readonly size: string
  /** SQL, 1 for rows without such a label, or with an empty one. */
  readonly empty: string
  /** The column that holds the field as it stands there, where all of these are read off it alone. */
  readonly stored: PromotedField['stored']
  /** SQL, 1 for rows of which the column behind these does not say what they hold; undefined: there are none. */
  readonly unknown: string | undefined
}

/** Rows of which SQL knows what a parser makes of them. */
export interface PlainRows {
  readonly parser: FieldParser
  /** SQL: the row is plain. */
  readonly plain: string
  /** SQL, for plain rows: no label is an empty text. '1' when none ever is. */
  readonly full: string
  /** Undefined for names that plain rows never have or that SQL cannot look up. */
  readonly field: (name: string) => PlainField | undefined
}

/** What `| json` makes of flat lines. */
export const PLAIN_JSON_ROWS: PlainRows = {
  parser: 'json',
  plain: FLAT_JSON,
  full: FLAT_JSON_FULL,
  field: (name) => (fieldSql(name) ? plainField('json', name) : undefined),
}

/** What `| logfmt` makes of lines of bare words and pairs without escapes. */
export const PLAIN_LOGFMT_ROWS: PlainRows = {
  parser: 'logfmt',
  plain: PLAIN_LOGFMT,
  full: '1',
  field: (name) => (fieldSql(name) ? plainField('logfmt', name) : undefined),
}

/** SQL, 1 for plain rows of which the label is this text. */
export function isText({ stored, text }: PlainField, value: string): string {
  const sql = stored?.kind === 'text' && standsPlain(value) ? stored.column : text
  return `${sql} = ${sqlString(value)}`
}

/** SQL, 1 for rows without the number. `number` is one of the field's. */
export function lacks({ stored, number: own }: PlainField, number: string): string {
  return stored?.kind === 'number' && number === own ? `NOT isFinite(${stored.column})` : `isNull(${number})`
}

/** SQL, 1 for plain rows with the number of which the comparison holds. */
export function holds({ stored, number: own }: PlainField, number: string, op: CompareOp, value: number): string {
  const comparison = `${op === '==' ? '=' : op} ${sqlNumber(value)}`
  if (stored?.kind !== 'number' || number !== own) return `ifNull(${number} ${comparison}, 0)`
  // What is no number is stored as NaN, which differs from everything.
  return op === '!='
    ? `(isFinite(${stored.column}) AND ${stored.column} ${comparison})`
    : `${stored.column} ${comparison}`
}

function plainField(parser: FieldParser, name: string): PlainField {
  const stored = parser === 'json' ? promotedFields().get(name)?.stored : undefined
  const text = fieldName(parser, 'text', name)
  const field: PlainField = {
    text,
    empty: `${stored?.kind === 'text' ? stored.column : text} = ''`,
    stored,
    number: fieldName(parser, 'number', name),
    duration: fieldName(parser, 'duration', name),
    size: fieldName(parser, 'size', name),
    unknown: parser === 'json' ? promotedFields().get(name)?.unknown : undefined,
  }
  if (name !== DETECTED_LEVEL) return field
  // The level that detection found is metadata, which a parsed field of that name does not replace.
  const parsed = (sql: string): string => `if(level != '', NULL, ${sql})`
  return {
    ...field,
    text: `if(level != '', toString(level), ${field.text})`,
    empty: `(level = '' AND ${field.empty})`,
    stored: undefined,
    number: parsed(field.number),
    duration: parsed(field.duration),
    size: parsed(field.size),
  }
}
