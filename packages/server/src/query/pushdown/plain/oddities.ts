import { sqlString } from '../../../store/literal.ts'
import { MAY_HAVE_ERROR, MAY_HAVE_METADATA } from '../../../store/promoted.ts'
import { DETECTED_LEVEL, hasMetadata } from '../metadata-sql.ts'
import { lacks, type PlainField, type PlainRows } from './fields.ts'
import { readsLine } from './names.ts'

/** Collects why SQL may be wrong about a row, which must then be read and evaluated. */
export interface Oddities {
  /** The rows of this parser that are not plain. */
  parsedBy(rows: PlainRows): void
  /** Metadata of this name would stand in the way of a parsed label. */
  metadata(name: string): void
  /**
   * A label that is to be read as a number must be one, or be missing.
   *
   * @param needed whether a row without the number gives no result in any case
   */
  unread(field: PlainField, number: string, needed: boolean): void
  /** A label whose absence and emptiness are not the same to the query. */
  ambiguous(field: PlainField): void
  /** The label is read off a column that some rows lack. */
  stored(field: PlainField): void
  /** Rows of these streams. */
  streams(condition: string): void
  /** SQL, 1 for odd rows. */
  sql(): string
  /**
   * SQL, 1 for odd rows and for some plain rows that give no result, so that a statement need not read lines to tell
   * which are which: a number that has a column is missing there, or it is no number; its text stands in the line only.
   */
  suspects(): string
  /** Those and all rows with metadata: so that nobody has to look into it where there is none. */
  quickSuspects(): string
}

const ERROR = '__error__'

export function createOddities(): Oddities {
  const names = new Set<string>()
  const conditions = new Set<string>()
  const suspicious = new Set<string>()
  let full = '1'
  const empties = new Set<string>()
  const emptiesSuspected = new Set<string>()
  const written = (all: Set<string>, empty: Set<string>, ofMetadata: readonly string[]): string => {
    const parts = [...all, ...ofMetadata]
    if (full !== '1' && empty.size > 0) {
      parts.push(`(NOT (${full}) AND (${[...empty].join(' OR ')}))`)
    }
    return parts.length === 0 ? '0' : `(${parts.join(' OR ')})`
  }
  const erroneous = (): string[] => (names.has(ERROR) ? [MAY_HAVE_ERROR] : [])
  const named = (): string[] => {
    const parts = erroneous()
    const stored = [...names].filter((name) => name !== DETECTED_LEVEL && name !== ERROR)
    if (stored.length === 1) parts.push(hasMetadata(stored[0] as string))
    else if (stored.length > 1) parts.push(`hasAny(mapKeys(meta), [${stored.map(sqlString).join(', ')}])`)
    // The column wins over a label of that name in the map, which the evaluator sees both of.
    if (names.has(DETECTED_LEVEL)) parts.push(`mapContains(meta, ${sqlString(DETECTED_LEVEL)})`)
    return parts
  }
  const any = (): string[] => ([...names].some((name) => name !== ERROR) ? [MAY_HAVE_METADATA] : erroneous())
  const add = (condition: string): void => {
    conditions.add(condition)
    suspicious.add(condition)
  }
  return {
    parsedBy(rows) {
      add(`NOT (${rows.plain})`)
      full = rows.full
    },
    metadata: (name) => void names.add(name),
    unread(field, number, needed) {
      const { text, empty } = field
      const lacking = lacks(field, number)
      const unread = `(${lacking} AND NOT (${empty}))`
      conditions.add(unread)
      empties.add(empty)
      if (needed && readsLine(text) && !readsLine(number)) suspicious.add(lacking)
      else {
        suspicious.add(unread)
        emptiesSuspected.add(empty)
      }
    },
    ambiguous({ empty }) {
      empties.add(empty)
      emptiesSuspected.add(empty)
    },
    stored({ unknown }) {
      if (unknown !== undefined) add(unknown)
    },
    streams: add,
    sql: () => written(conditions, empties, named()),
    suspects: () => written(suspicious, emptiesSuspected, named()),
    quickSuspects: () => written(suspicious, emptiesSuspected, any()),
  }
}
