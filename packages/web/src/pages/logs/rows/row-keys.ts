import { activeRow, logs, opened, source, tail } from '../model/explorer.ts'

/** Opens the panel of a row; the row becomes the active one. */
export function openRow(row: number): void {
  const entry = source().at(row)
  if (entry === undefined) return
  if (logs.peek().live) tail.pause()
  activeRow.value = row
  opened.value = entry
}

/** Moves the active row; the panel follows when it is open. Answers false when there are no rows. */
export function moveRow(by: number): boolean {
  const rows = source()
  if (rows.end === rows.first) return false
  if (logs.peek().live) tail.pause()
  const from = activeRow.peek()
  const row = from === undefined ? (logs.peek().live ? rows.end - 1 : rows.first) : from + by
  const next = Math.min(rows.end - 1, Math.max(rows.first, row))
  activeRow.value = next
  if (opened.peek() !== undefined) opened.value = rows.at(next)
  return true
}
