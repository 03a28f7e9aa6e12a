import type { Driver } from './driver.ts'
import { sqlString } from './literal.ts'
import { FLAT_JSON, lineField, type PromotedField } from './promoted.ts'
import { LOGS } from './schema.ts'

/**
 * How a field of flat JSON lines is stored in a column of its own.
 * - `number`: Float64, NaN where the field is missing or no JSON number. For measurements. Its text is read off the line.
 * - `text`: String, for words, codes and paths; numbers in it stand as they are written.
 */
export type FieldKind = 'number' | 'text'

/** Which fields are stored, by name. */
export type FieldKinds = Readonly<Record<string, FieldKind>>

/** A field with a column in `logs`. */
export interface StoredField {
  readonly name: string
  readonly kind: FieldKind
  readonly column: string
}

/**
 * Stored unless told otherwise: what dashboards ask for most. A column costs about 0.1 µs of CPU per row that is stored
 * and, in rows that have it, 2 to 3 bytes as a number of four random digits, a few bits as a word that repeats.
 */
export const DEFAULT_FIELDS: FieldKinds = {
  latency_ms: 'number',
  duration_ms: 'number',
  gpu_utilization: 'number',
  loss: 'number',
  level: 'text',
  status: 'text',
  status_code: 'text',
  path: 'text',
  model: 'text',
  model_name: 'text',
}

const PREFIX: Readonly<Record<FieldKind, string>> = { number: 'number_', text: 'text_' }

/** `name:kind` as in the configuration; names that a flat line may have, of a length that file systems take. */
export const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,62}:(?:number|text)$/

/** The fields of texts of the form {@link FIELD}; of a name given twice the last counts. */
export function fieldKinds(texts: readonly string[]): FieldKinds {
  return Object.fromEntries(texts.map((text) => text.split(':') as [string, FieldKind]))
}

/** The default as the configuration writes it. */
export function fieldTexts(): string[] {
  return Object.entries(DEFAULT_FIELDS).map(([name, kind]) => `${name}:${kind}`)
}

/** The stored fields of the names and kinds, in order of their columns. */
export function storedFields(kinds: FieldKinds): StoredField[] {
  return Object.entries(kinds)
    .map(([name, kind]) => ({ name, kind, column: PREFIX[kind] + name }))
    .sort((a, b) => (a.column < b.column ? -1 : 1))
}

/**
 * A text column holds strings unescaped, anything else as it is written, and a quote before strings that begin so: they
 * could be taken for a number, or for a string with such a quote.
 */
const AMBIGUOUS = '^["0-9.-]'

/** Whether the text, in a text column, stands as it is, and nothing else stands so. */
export function standsPlain(text: string): boolean {
  return text !== '' && !needsQuote(text.charCodeAt(0))
}

/** The text of what a text column holds. */
export function unquoted(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1) : cell
}

/** See {@link AMBIGUOUS}. */
export function needsQuote(firstByte: number): boolean {
  return firstByte === 0x22 || firstByte === 0x2d || firstByte === 0x2e || (firstByte >= 0x30 && firstByte <= 0x39)
}

/**
 * What columns hold in rows that were stored without them: no number of JSON is infinite, and a string that is a lone
 * quote has another one before it. Constants, because an expression over the line as a column's default makes every
 * statement slower, whatever it reads.
 */
const UNKNOWN: Readonly<Record<FieldKind, string>> = { number: 'inf', text: `'"'` }

/** SQL for what the column should hold, from the row's line. */
function valueSql({ name, kind }: StoredField): string {
  const { text, number } = lineField(name)
  if (kind === 'number') return `if(${FLAT_JSON}, ifNull(${number}, nan), nan)`
  const isQuoted = `(${number}) IS NULL AND match(${text}, ${sqlString(AMBIGUOUS)})`
  return `multiIf(NOT (${FLAT_JSON}), '', ${isQuoted}, concat('"', ${text}), ${text})`
}

/** The field as queries read it. */
export function promotedField(field: StoredField): PromotedField {
  const { name, kind, column } = field
  if (kind === 'number') {
    // Whoever looks at the number takes rows without one for odd where the line has the field.
    return {
      name,
      text: lineField(name).text,
      number: `if(isFinite(${column}), ${column}, NULL)`,
      stored: { kind, column },
    }
  }
  return {
    name,
    unknown: `${column} = ${UNKNOWN.text}`,
    stored: { kind, column },
    text: `if(startsWith(${column}, '"'), substring(${column}, 2), ${column})`,
    // What begins with a minus or a digit: comparing texts is quicker than cutting them.
    number: `if(${column} >= '-' AND ${column} < ':', toFloat64OrNull(${column}), NULL)`,
  }
}

/**
 * Adds the columns of the wanted fields that `logs` lacks and drops those of others: changes of a second, whatever is
 * stored. Rows stored before are filled in from their lines in the background, part by part; until then queries evaluate
 * them one by one.
 */
export async function syncFields(driver: Driver, kinds: FieldKinds): Promise<readonly StoredField[]> {
  const wanted = storedFields(kinds)
  const answer = await driver.query(
    `SELECT name, position(default_expression, 'line') > 0 FROM system.columns ` +
      `WHERE database = currentDatabase() AND table = '${LOGS}' ` +
      `AND match(name, '^(${Object.values(PREFIX).join('|')})')`,
    'TabSeparated',
    { lane: 'interactive', timeoutMs: 30_000 },
  )
  const found = new Map<string, boolean>()
  for (const line of answer.toString('latin1').split('\n')) {
    const [column, isComputed] = line.split('\t')
    if (column) found.set(column, isComputed === '1')
  }
  const changes: string[] = []
  const missing = wanted.filter(({ column }) => !found.has(column))
  for (const field of missing) changes.push(`ADD COLUMN IF NOT EXISTS ${definition(field)}`)
  // As the second version of the tables made them.
  for (const field of wanted) if (found.get(field.column)) changes.push(`MODIFY COLUMN ${definition(field)}`)
  const columns = new Set(wanted.map(({ column }) => column))
  for (const column of found.keys()) if (!columns.has(column)) changes.push(`DROP COLUMN IF EXISTS ${column}`)
  if (changes.length > 0) await driver.command(`ALTER TABLE ${LOGS} ${changes.join(', ')}`)
  const unfilled = wanted.filter(({ column }) => found.get(column) !== false)
  if (unfilled.length > 0 && (await hasRows(driver))) await driver.command(fillingSql(unfilled))
  return wanted
}

/** The command that works out the fields of rows that were stored without them; it returns before that is done. */
export function fillingSql(fields: readonly StoredField[]): string {
  const updates = fields.map((field) => `UPDATE ${field.column} = ${valueSql(field)} WHERE ${isUnknown(field)}`)
  return `ALTER TABLE ${LOGS} ${updates.join(', ')}`
}

async function hasRows(driver: Driver): Promise<boolean> {
  const answer = await driver.query(`SELECT 1 FROM ${LOGS} LIMIT 1`, 'TabSeparated', {
    lane: 'interactive',
    timeoutMs: 30_000,
  })
  return answer.length > 0
}

function isUnknown({ column, kind }: StoredField): string {
  return `${column} = ${UNKNOWN[kind]}`
}

function definition({ column, kind }: StoredField): string {
  return `${column} ${kind === 'number' ? 'Float64' : 'String'} DEFAULT ${UNKNOWN[kind]} CODEC(ZSTD(1))`
}
