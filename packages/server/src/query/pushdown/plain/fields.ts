import { FLAT_JSON, FLAT_JSON_FULL, fieldSql, promotedFields } from '../../../store/promoted.ts'
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

function plainField(parser: FieldParser, name: string): PlainField {
  const field: PlainField = {
    text: fieldName(parser, 'text', name),
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
    number: parsed(field.number),
    duration: parsed(field.duration),
    size: parsed(field.size),
  }
}
