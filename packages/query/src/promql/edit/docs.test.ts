import { describe, expect, it } from 'vitest'
import { PROM_FUNCTIONS } from '../functions.ts'
import { KEYWORDS } from '../lex/tokens.ts'
import { AGGREGATIONS, BINARY_OPS } from '../operators.ts'
import { parsePromQL } from '../parse/parse.ts'
import { PROMQL_DOCS } from './docs.ts'

describe('PROMQL_DOCS', () => {
  it.each([...PROMQL_DOCS])('explains %s in one sentence with an example that uses it and parses', (name, doc) => {
    parsePromQL(doc.example)
    expect(doc.example).toContain(name)
    expect(doc.signature).toContain(name)
    expect(doc.text).toMatch(/^[^\n]+\.$/)
  })

  it('covers every function, aggregation, operator and modifier, and nothing else', () => {
    const names = [...PROM_FUNCTIONS.keys(), ...AGGREGATIONS.keys(), ...BINARY_OPS, ...KEYWORDS, '@']
    expect([...PROMQL_DOCS.keys()].sort()).toEqual([...names].sort())
  })

  it('names a parameter for every argument', () => {
    for (const [name, { args }] of PROM_FUNCTIONS) {
      const { signature } = PROMQL_DOCS.get(name) ?? { signature: '' }
      expect(signature.slice(0, signature.lastIndexOf(')')).split(': ').length - 1, name).toBe(args.length)
    }
  })
})
