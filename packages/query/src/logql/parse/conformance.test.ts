import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import { checkLogQL } from '../check/check.ts'
import { formatQuery } from '../print/format.ts'
import { printExpr } from '../print/print.ts'
import { withoutPlaces } from '../testing/without-places.ts'
import { parseLogQL } from './parse.ts'

interface ListedQuery {
  readonly q: string
  readonly valid: boolean
  readonly kind: 'log' | 'metric' | null
  readonly phase?: 'parse' | 'compile'
}

const folder = process.env.GIROK_CONFORMANCE

describe.skipIf(folder === undefined)('listed queries', () => {
  const path = join(folder ?? '', 'logql_queries.json')
  const queries = folder === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as ListedQuery[])

  it.each(queries.filter((query) => query.valid))('accepts $q', ({ q, kind }) => {
    const expr = parseLogQL(q)
    expect(expr.kind === 'log' ? 'log' : 'metric').toBe(kind)
    // One of them holds a broken regular expression: only its form was judged.
    checkLogQL(expr, q, { lineRegexes: false })
    expect(withoutPlaces(parseLogQL(printExpr(expr)))).toEqual(withoutPlaces(expr))
    expect(withoutPlaces(parseLogQL(formatQuery(q)))).toEqual(withoutPlaces(expr))
  })

  it.each(queries.filter((query) => query.phase === 'parse'))('refuses to parse $q', ({ q }) => {
    expect(() => parseLogQL(q)).toThrow(QueryError)
  })

  it.each(queries.filter((query) => query.phase === 'compile'))('parses but refuses to build $q', ({ q }) => {
    const expr = parseLogQL(q)
    expect(() => checkLogQL(expr, q)).toThrow(QueryError)
  })
})
