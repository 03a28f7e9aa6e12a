import { queryErrorAt } from '../../text/position.ts'
import { queryTextFault } from '../../text/query-text.ts'
import type { Expr, Selector } from '../ast.ts'
import { parseExpr } from './binary.ts'
import { Cursor } from './cursor.ts'
import { parseSelectorAt, requireNarrowSelector } from './selector.ts'

export { MAX_QUERY_BYTES } from '../../text/query-text.ts'

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
  const fault = queryTextFault(text)
  if (fault !== undefined) throw queryErrorAt(text, fault.offset, fault.message)
  return new Cursor(text)
}
