import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import { parseLogQL } from './parse.ts'

interface ListedQuery {
  readonly q: string
  readonly valid: boolean
  readonly kind: 'log' | 'metric' | null
  readonly phase?: 'parse' | 'compile'
}

const folder = process.env['GIROK_CONFORMANCE']

describe.skipIf(folder === undefined)('listed queries', () => {
  const path = join(folder ?? '', 'logql_queries.json')
  const queries = folder === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as ListedQuery[])

  it.each(queries.filter((query) => query.valid))('accepts $q', ({ q, kind }) => {
    const expr = parseLogQL(q)
    expect(expr.kind === 'log' ? 'log' : 'metric').toBe(kind)
  })

  it.each(queries.filter((query) => query.phase === 'parse'))('refuses to parse $q', ({ q }) => {
    expect(() => parseLogQL(q)).toThrow(QueryError)
  })
})
