import { GirokError } from '../../model/errors.ts'
import type { Driver, QueryOptions } from '../../store/driver.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import type { Run } from '../run/runs.ts'
import { askAndDecode } from './answer.ts'
import { type DecodedRows, decodeRows, type FindStream, type StoredRow } from './decode.ts'
import { type RowSet, rowsStatement } from './statement.ts'

/** What pages are read of. */
export interface RowSource {
  readonly driver: Driver
  readonly rows: Omit<RowSet, 'span'>
  readonly findStream: FindStream
  readonly direction: 'forward' | 'backward'
  /** Rows to leave out besides what the conditions do. */
  readonly hides?: (row: StoredRow) => boolean
}

/** Rows in order, and what of the span is left to read. */
export interface Page {
  readonly rows: readonly StoredRow[]
  /** There were more rows than asked for. */
  readonly full: boolean
  /** Undefined when the span is read to its end. */
  readonly rest: TimeSpan | undefined
}

/** How the store is asked. */
export type ReadSettings = Pick<QueryOptions, 'maxThreads'>

/** Above this the engine no longer puts off reading the lines until it knows which rows are wanted. */
export const MAX_PAGE_ROWS = 10_000

/** Pages of long lines are cut down to this before the query fails. */
const MIN_PAGE_ROWS = 16

/**
 * Reads the first rows of a span, about `size` of them. Rows of one time are never torn apart: when a page is full, the
 * rows of its last time are left to the next one, unless there is no other time in it, when all of that time are read.
 */
export async function readPage(
  source: RowSource,
  span: TimeSpan,
  size: number,
  run: Run,
  settings: ReadSettings = {},
): Promise<Page> {
  let limit = Math.min(size, MAX_PAGE_ROWS - 1) + 1
  for (;;) {
    try {
      return await readUpTo(source, span, limit, run, settings)
    } catch (error) {
      // Too many bytes for one answer of the store: lines are long.
      const tooLarge = error instanceof GirokError && error.code === 'limit_exceeded'
      if (!tooLarge || limit <= MIN_PAGE_ROWS || run.signal.aborted) throw error
      limit = Math.max(MIN_PAGE_ROWS, limit >> 3)
    }
  }
}

async function readUpTo(
  source: RowSource,
  span: TimeSpan,
  limit: number,
  run: Run,
  settings: ReadSettings,
): Promise<Page> {
  const forward = source.direction === 'forward'
  const { rows, given, firstNs, lastNs } = await ask(source, span, limit, run, settings)
  if (given < limit) return { rows: inOrder(rows, forward), full: false, rest: undefined }
  if (firstNs !== lastNs) {
    const whole = rows.filter((row) => row.timeNs !== lastNs)
    const rest = forward ? { fromNs: lastNs, toNs: span.toNs } : { fromNs: span.fromNs, toNs: lastNs + 1n }
    return { rows: inOrder(whole, forward), full: true, rest }
  }
  const moment = await ask(source, { fromNs: lastNs, toNs: lastNs + 1n }, undefined, run, settings)
  const rest = forward ? { fromNs: lastNs + 1n, toNs: span.toNs } : { fromNs: span.fromNs, toNs: lastNs }
  return { rows: inOrder(moment.rows, forward), full: true, rest: rest.fromNs < rest.toNs ? rest : undefined }
}

async function ask(
  source: RowSource,
  span: TimeSpan,
  limit: number | undefined,
  run: Run,
  settings: ReadSettings,
): Promise<DecodedRows> {
  const statement = rowsStatement({ ...source.rows, span }, source.direction, limit)
  const decode = (bytes: Buffer): Promise<DecodedRows> => decodeRows(bytes, source.findStream, run.breathe)
  const decoded = await askAndDecode(source.driver, statement, run, decode, settings)
  run.countRead(
    decoded.given,
    decoded.rows.reduce((sum, { lineBytes }) => sum + lineBytes, 0),
  )
  const { hides } = source
  return hides ? { ...decoded, rows: decoded.rows.filter((row) => !hides(row)) } : decoded
}

/**
 * Rows come in order of time; those of one time are put in order of stream text, then of arrival, in both directions, so
 * that a page ends at the same row whatever the direction and wherever the page before it ended.
 */
function inOrder(rows: StoredRow[], forward: boolean): StoredRow[] {
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i] as StoredRow
    const before = rows[i - 1] as StoredRow
    if (row.timeNs === before.timeNs && tieOrder(before, row) > 0) {
      return rows.sort((a, b) => (a.timeNs === b.timeNs ? tieOrder(a, b) : a.timeNs < b.timeNs === forward ? -1 : 1))
    }
  }
  return rows
}

function tieOrder(a: StoredRow, b: StoredRow): number {
  return a.streamRank - b.streamRank || a.part - b.part || a.offset - b.offset
}
