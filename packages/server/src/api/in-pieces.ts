import { startBreathing } from '../query/run/breathe.ts'
import type { ApiResponse } from './route.ts'

/** Characters that are gathered before they are sent. */
const PIECE = 65_536

/** Rows between a head and a tail in pieces, each made when the client has taken the last; pauses let others in between. */
export async function* inPieces(head: string, rows: Iterable<string>, tail: () => string): AsyncGenerator<string> {
  const breathe = startBreathing()
  let piece = head
  for (const row of rows) {
    piece += row
    const pause = breathe()
    if (pause !== undefined) await pause
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  yield piece + tail()
}

/**
 * A JSON answer with a list that may be long: as a whole where it is short, else in pieces. What the values throw before the
 * first piece is full is the answer's error.
 *
 * @param head up to the list, which begins with `[`
 * @param tail from the end of the list, asked for when all values are written
 */
export function jsonList(
  head: string,
  values: Iterable<unknown>,
  tail: () => string,
  type = 'application/json; charset=utf-8',
): ApiResponse {
  return listAnswer(`${head}[`, commaRows(values), () => `]${tail()}\n`, type)
}

/** As {@link jsonList}, of any rows of text. */
export function listAnswer(head: string, rows: Generator<string>, tail: () => string, type: string): ApiResponse {
  const headers = { 'content-type': type }
  let first = head
  while (first.length < PIECE) {
    const row = rows.next()
    if (row.done === true) return { status: 200, headers, body: first + tail() }
    first += row.value
  }
  return { status: 200, headers, body: inPieces(first, rows, tail) }
}

function* commaRows(values: Iterable<unknown>): Generator<string> {
  let isFirst = true
  for (const value of values) {
    yield `${isFirst ? '' : ','}${JSON.stringify(value)}`
    isFirst = false
  }
}
