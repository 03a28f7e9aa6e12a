import { type Entry, fieldOf } from '../../../api/entry.ts'
import { flatten, jsonOf, logfmtOf } from '../panel/json-fields.ts'

const read = new WeakMap<Entry, ReadonlyMap<string, string>>()

/**
 * Value of a field for a column. What neither labels nor the query give is read from the line itself, so that a column
 * needs no `| json` in the query; only rows on screen are ever read.
 */
export function columnValue(entry: Entry, name: string): string | undefined {
  const given = fieldOf(entry, name)
  if (given !== undefined) return given
  let fields = read.get(entry)
  if (fields === undefined) {
    const json = jsonOf(entry.line)
    fields = new Map((json === undefined ? logfmtOf(entry.line) : flatten(json)).reverse())
    read.set(entry, fields)
  }
  return fields.get(name)
}
