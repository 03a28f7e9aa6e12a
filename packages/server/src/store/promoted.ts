import { sqlString } from './literal.ts'

/**
 * What SQL knows of the fields of a JSON line without asking the parser of the query language. Exact for **flat** lines
 * only; a test holds every expression here equal to what the `json` stage gives, line by line.
 *
 * A flat line is one strict JSON object, nothing before or behind it, whose keys are plain label names followed at once
 * by the colon, spaces only behind colons and commas, and whose values are strings, numbers of at most 18 digits before
 * the point and a two-digit exponent, booleans, nulls, or arrays of those; no character is U+FFFD or half a surrogate
 * pair, and all bytes are valid UTF-8. In such a line `"key":` stands where the key stands and nowhere else, because a
 * quote within a string has a backslash before it.
 */

/** A key that a flat line may have, and SQL over a row of `logs` for its value. */
export interface PromotedField {
  readonly name: string
  /**
   * What `| json` gives as the label's value when the row is flat: strings unescaped, other values as they are written,
   * the first of equal keys that is no null and no array. '' when the line has no such field (or an empty string: see
   * {@link FLAT_JSON_FULL}). Never NULL. Of rows that are not flat it says nothing.
   */
  readonly text: string
  /**
   * Nullable(Float64): the value when the field of a flat row is a JSON number, exactly as Go's ParseFloat reads its
   * text. NULL for anything else, numbers in quotes included.
   */
  readonly number: string
  /** SQL, 1 for rows that were stored without the field's column, of which the two say nothing; left out: there are none. */
  readonly unknown?: string
  /** The column that it is stored in; left out: it is read off the line. See stored-fields.ts for what columns hold. */
  readonly stored?: { readonly kind: 'number' | 'text'; readonly column: string }
}

/**
 * Column of `logs`, UInt8: what a query may know of a row without reading its line and metadata. What the `json` stage
 * makes of the line: 1 a flat object without empty strings as values, 2 a flat object with some, 3 no object at all (the
 * stage fails and sets no field), 4 anything else; {@link WITH_METADATA} is added for rows that have structured metadata,
 * {@link WITH_ERROR} besides for those with an entry `__error__`. The writer fills it. 0 in rows that were stored without
 * it: nothing is known of them. They get theirs by {@link rowKindSql}, once, in the background.
 *
 * One byte for all of it, because a map costs 10 ms per million rows to be found empty, this 1.
 */
export const ROW_KIND = 'row_kind'

/** Added to the row's kind; see {@link ROW_KIND}. */
export const WITH_METADATA = 16
export const WITH_ERROR = 32

/** SQL, 1 for rows with flat lines and without `__error__`: what {@link PromotedField} says holds for them. */
export const FLAT_JSON = `${ROW_KIND} IN (1, 2, 17, 18)`

/** SQL, 1 for such rows in which no value is an empty string, so that '' as a field's text means that it is missing. */
export const FLAT_JSON_FULL = `${ROW_KIND} IN (1, 17)`

/** SQL, 1 for rows whose lines are no JSON object: the `json` stage sets `JSONParserErr` on them and no field. */
export const NOT_JSON = `${ROW_KIND} IN (3, 19)`

/** SQL, 1 for rows with metadata, and for rows of which nothing is known. */
export const MAY_HAVE_METADATA = `(${ROW_KIND} = 0 OR ${ROW_KIND} >= ${WITH_METADATA})`

/** SQL, 1 for rows with a metadata entry `__error__`, and for rows of which nothing is known. */
export const MAY_HAVE_ERROR = `(${ROW_KIND} = 0 OR ${ROW_KIND} >= ${WITH_ERROR})`

let promoted: ReadonlyMap<string, PromotedField> = new Map()

/** Fields with columns of their own, which are cheaper to read than the line they stand in. */
export function promotedFields(): ReadonlyMap<string, PromotedField> {
  return promoted
}

/** Says which fields have columns: the store, when it has opened. A process has one store. */
export function setPromotedFields(fields: readonly PromotedField[]): void {
  promoted = new Map(fields.map((field) => [field.name, field]))
}

/** The field of any name that a flat line may have; undefined for names that its keys cannot have. */
export function fieldSql(name: string): PromotedField | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || RESERVED.has(name)) return undefined
  return promotedFields().get(name) ?? lineField(name)
}

/** Labels of the pipeline's own, which no line can set. */
const RESERVED: ReadonlySet<string> = new Set(['__error__', '__error_details__', '__preserve_error__'])

/** The field, read out of the line itself. */
export function lineField(name: string): PromotedField {
  const scalar = lineScalar(name)
  return { name, text: scalarText(scalar), number: scalarNumber(scalar) }
}

/** The field of a flat line as it is written there, quotes and escapes included; '' when it has none. */
export function lineScalar(name: string): string {
  const raw = `trimLeft(simpleJSONExtractRaw(line, ${sqlString(name)}))`
  const first = `extract(line, ${sqlString(`"${name}": *("(?:[^"\\\\]|\\\\.)*"|[-0-9tf][^,}]*)`)})`
  // The parser passes over nulls and arrays, so that a later field of the name may count. (The quick function takes the
  // quote behind an escaped backslash for an escaped one.)
  return `if(position(line, '\\\\') > 0 OR substring(${raw}, 1, 1) IN ('n', '['), ${first}, ${raw})`
}

/** {@link PromotedField.text} of what {@link lineScalar} gave. */
export function scalarText(scalar: string): string {
  const unquoted =
    `if(position(${scalar}, '\\\\') > 0, JSONExtractString(concat('[', ${scalar}, ']'), 1), ` +
    `substring(${scalar}, 2, length(${scalar}) - 2))`
  return `if(startsWith(${scalar}, '"'), ${unquoted}, ${scalar})`
}

/** {@link PromotedField.number} of what {@link lineScalar} gave. */
export function scalarNumber(scalar: string): string {
  return `if(substring(${scalar}, 1, 1) BETWEEN '-' AND '9', toFloat64OrNull(${scalar}), NULL)`
}

/** SQL for what the `json` stage makes of a line, as {@link ROW_KIND} counts; `line` is SQL of a text. */
function jsonKindSql(line: string): string {
  const blanks = ' *'
  const character = '[ !#-\\[\\]-\\x{D7FF}\\x{E000}-\\x{FFFC}\\x{FFFE}-\\x{10FFFF}]'
  const unit = '(?:[0-9a-cA-CeE][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}|[fF][0-9a-eA-E][0-9a-fA-F]{2})'
  const escaped = `\\\\(?:["\\\\/bfnrt]|u${unit})`
  const string = `"(?:${character}|${escaped})*"`
  const number = '-?(?:0|[1-9][0-9]{0,17})(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?'
  const scalar = `(?:${string}|${number}|true|false|null)`
  const value = `(?:${scalar}|\\[(?:${scalar}(?:,${blanks}${scalar})*)?\\])`
  const member = `"[A-Za-z_][A-Za-z0-9_]*":${blanks}${value}`
  const flat = `^\\{(?:${member}(?:,${blanks}${member})*)?\\}$`
  // In a flat line an empty value is two quotes behind a colon; within a string a quote has a backslash before it.
  const empty = `(position(${line}, ':""') > 0 OR match(${line}, ': +""'))`
  return (
    `multiIf(match(${line}, ${sqlString(flat)}), if(${empty}, 2, 1), ` +
    `NOT match(${line}, ${sqlString('^[ \\t\\r\\n]*\\{')}), 3, 4)`
  )
}

/** SQL for what column {@link ROW_KIND} holds. */
export function rowKindSql(): string {
  const metadata = `multiIf(mapContains(meta, '__error__'), ${WITH_METADATA + WITH_ERROR}, notEmpty(meta), ${WITH_METADATA}, 0)`
  return `toUInt8(${jsonKindSql('line')} + ${metadata})`
}
