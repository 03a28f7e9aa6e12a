import { QueryError } from '../../text/error.ts'
import { queryTextFault } from '../../text/query-text.ts'
import type { Matcher, PromExpr } from '../ast.ts'
import { checkExpr } from '../check/check.ts'
import { matchesEmptyText } from '../check/matchers.ts'
import { Cursor } from './cursor.ts'
import { promErrorAt } from './error.ts'
import { ExprGrammar } from './expression.ts'
import { parseVectorSelector } from './selector.ts'

/**
 * Reads a PromQL expression and checks its types. Throws QueryError with Prometheus' words and place for whatever the grammar
 * or the types refuse. Linear in time; nesting and length are bounded.
 */
export function parsePromQL(text: string): PromExpr {
  const cursor = openCursor(text)
  if (cursor.at('eof')) cursor.fail('no expression found in input', 0)
  const grammar = new ExprGrammar(cursor)
  const expr = grammar.parse()
  if (!cursor.at('eof')) cursor.unexpected()
  checkExpr(expr, text, grammar.written)
  return expr
}

/**
 * Reads a plain vector selector, as parameters `match[]` hold it, and gives its matchers (the metric's name among them).
 * Throws QueryError for anything else, and for a selector that would match everything.
 */
export function parseSeriesMatchers(text: string): readonly Matcher[] {
  const cursor = openCursor(text)
  const { matchers } = parseVectorSelector(cursor)
  if (!cursor.at('eof')) cursor.unexpected()
  if (matchers.every(matchesEmptyText)) {
    throw new QueryError('match[] must contain at least one non-empty matcher', 0, 0)
  }
  return matchers
}

function openCursor(text: string): Cursor {
  const fault = queryTextFault(text)
  if (fault !== undefined) throw promErrorAt(text, fault.offset, fault.message)
  return new Cursor(text)
}
