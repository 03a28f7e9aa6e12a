import { type Entry, fieldOf } from '../../../api/entry.ts'
import { readLine } from './line-reading.ts'

/**
 * Value of a field for a column. What neither labels nor the query give is read from the line itself, so that a column
 * needs no `| json` in the query.
 */
export function columnValue(entry: Entry, name: string): string | undefined {
  return fieldOf(entry, name) ?? readLine(entry).fields.get(name)
}
