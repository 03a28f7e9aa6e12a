import { sqlString } from '../../../store/literal.ts'
import { DETECTED_LEVEL, hasMetadata } from '../metadata-sql.ts'
import type { PlainRows } from './fields.ts'

/** Collects why SQL may be wrong about a row, which must then be read and evaluated. */
export interface Oddities {
  /** The rows of this parser that are not plain. */
  parsedBy(rows: PlainRows): void
  /** Metadata of this name would stand in the way of a parsed label. */
  metadata(name: string): void
  /** A label that is to be read as a number must be one, or be missing. */
  unread(text: string, number: string): void
  /** A label whose absence and emptiness are not the same to the query. */
  ambiguous(text: string): void
  /** Rows of these streams. */
  streams(condition: string): void
  add(condition: string): void
  /** SQL, 1 for odd rows; '0' when there are none. */
  sql(): string
}

export function createOddities(): Oddities {
  const names = new Set<string>()
  const conditions = new Set<string>()
  let full = '1'
  const empties = new Set<string>()
  return {
    parsedBy(rows) {
      conditions.add(`NOT (${rows.plain})`)
      full = rows.full
    },
    metadata: (name) => void names.add(name),
    unread(text, number) {
      conditions.add(`(isNull(${number}) AND ${text} != '')`)
      empties.add(text)
    },
    ambiguous: (text) => void empties.add(text),
    streams: (condition) => void conditions.add(condition),
    add: (condition) => void conditions.add(condition),
    sql() {
      const all = [...conditions]
      if (full !== '1' && empties.size > 0) {
        const empty = [...empties].map((text) => `${text} = ''`).join(' OR ')
        all.push(`(NOT (${full}) AND (${empty}))`)
      }
      const stored = [...names].filter((name) => name !== DETECTED_LEVEL)
      if (stored.length > 0) {
        all.push(
          stored.length === 1
            ? hasMetadata(stored[0] as string)
            : `hasAny(mapKeys(meta), [${stored.map(sqlString).join(', ')}])`,
        )
      }
      // The column wins over a label of that name in the map, which the evaluator sees both of.
      if (names.has(DETECTED_LEVEL)) all.push(`mapContains(meta, ${sqlString(DETECTED_LEVEL)})`)
      return all.length === 0 ? '0' : `(${all.join(' OR ')})`
    },
  }
}
