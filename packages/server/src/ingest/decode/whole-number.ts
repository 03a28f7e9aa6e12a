import type { JsonCursor } from './json-cursor.ts'

/** Passes the value at the cursor, which must be a whole number of at most 15 digits; fails with `otherwise` if it is not. */
export function readWholeNumber(cursor: JsonCursor, otherwise: string): number {
  cursor.peek()
  const start = cursor.position
  cursor.skipValue()
  const text = cursor.bytes.toString('latin1', start, Math.min(cursor.position, start + 20))
  return /^\d{1,15}$/.test(text) ? Number(text) : cursor.fail(otherwise, start)
}
