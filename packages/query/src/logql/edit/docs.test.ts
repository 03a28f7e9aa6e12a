import { describe, expect, it } from 'vitest'
import { parseAndCheckLogQL } from '../check/check.ts'
import { FUNCTION_NAMES } from '../operations.ts'
import { BINARY_OPS } from '../operators.ts'
import { RESERVED_WORDS } from '../tokens.ts'
import { LOGQL_DOCS } from './docs.ts'

describe('LOGQL_DOCS', () => {
  it.each([...LOGQL_DOCS])('explains %s in one line with an example that uses it and parses', (name, doc) => {
    parseAndCheckLogQL(doc.example)
    expect(doc.example).toContain(name)
    expect(doc.signature).toContain(name)
    expect(doc.text).not.toContain('\n')
  })

  it('covers every function, reserved word and operator', () => {
    const names = [...FUNCTION_NAMES, ...RESERVED_WORDS, ...BINARY_OPS]
    expect(names.filter((name) => !LOGQL_DOCS.has(name))).toEqual([])
  })
})
