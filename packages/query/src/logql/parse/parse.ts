import { queryErrorAt, utf8Length } from '../../text/position.ts'
import type { Expr, Selector } from '../ast.ts'
import { parseExpr } from './binary.ts'
import { Cursor } from './cursor.ts'
import { parseSelectorAt, requireNarrowSelector } from './selector.ts'

/** Longest query that is read, in UTF-8 bytes. */
export const MAX_QUERY_BYTES = 131_072
const LONE_SURROGATE = /[\ud800-\udfff]/u

/**
 * Reads a LogQL query. Throws QueryError with line and column for whatever the grammar or its types refuse; what is found
 * only when stages are built (see `checkLogQL`) passes. Linear in time; nesting and length are bounded.
 */
export function parseLogQL(text: string): Expr {
  const cursor = openCursor(text)
  const expr = parseExpr(cursor)
  if (!cursor.at('end')) cursor.unexpected([], leftoverHint(cursor))
  return expr
}

function leftoverHint(cursor: Cursor): string {
  if (cursor.at('range')) return 'a range belongs inside a range aggregation, as in rate({app="x"} [5m])'
  if (cursor.at('offset')) return 'offset stands right after a range: [5m] offset 1h'
  if (cursor.at('|') && cursor.lookahead().kind === 'unwrap') {
    return 'unwrap belongs inside a range aggregation, as in sum_over_time({app="x"} | logfmt | unwrap took [5m])'
  }
  return ''
}

/** Reads a bare selector such as `{app="x"}`. */
export function parseSelector(text: string, options: { readonly allowEmpty?: boolean } = {}): Selector {
  const cursor = openCursor(text)
  const selector = parseSelectorAt(cursor)
  if (!cursor.at('end')) cursor.unexpected([], 'only a selector such as {app="x"} is expected here')
  const unlimited = options.allowEmpty === true && selector.matchers.length === 0
  if (!unlimited) requireNarrowSelector(cursor, selector)
  return selector
}

function openCursor(text: string): Cursor {
  // A byte takes at most one code unit, so only texts beyond a third of the limit need counting.
  if (text.length * 3 > MAX_QUERY_BYTES && utf8Length(text) > MAX_QUERY_BYTES) {
    throw queryErrorAt(text, 0, `the query is longer than ${MAX_QUERY_BYTES} bytes`)
  }
  const surrogate = LONE_SURROGATE.exec(text)
  if (surrogate !== null) throw queryErrorAt(text, surrogate.index, 'invalid UTF-8 encoding')
  return new Cursor(text)
}
