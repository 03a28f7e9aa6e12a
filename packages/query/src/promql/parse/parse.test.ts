import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import type { PromExpr } from '../ast.ts'
import { printPromQL } from '../print/print.ts'
import { normalForm } from '../testing/normal-form.ts'
import { parsePromQL, parseSeriesMatchers } from './parse.ts'

/** Pairs of texts, one JSON array a line. */
function pairs(name: string): [string, string][] {
  const lines = readFileSync(join(import.meta.dirname, '../testdata', name), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as [string, string])
}

function faultOf(text: string): QueryError {
  try {
    parsePromQL(text)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`was read: ${text}`)
}

describe('what is refused', () => {
  it.each(pairs('invalid.jsonl'))('%j', (text, message) => {
    expect(faultOf(text).message).toBe(message)
  })

  it('counts bytes in the message and code points in the error', () => {
    expect(faultOf('a{x="é😀"} + )')).toMatchObject({
      message: "1:18: parse error: unexpected right parenthesis ')'",
      line: 1,
      column: 14,
      phase: 'parse',
    })
    expect(faultOf('a\n+ "é" )')).toMatchObject({ line: 2, column: 8 })
  })
})

describe('what is read', () => {
  it.each(pairs('valid.jsonl'))('%j', (text, printed) => {
    const expr = parsePromQL(text)
    expect(printPromQL(expr)).toBe(printed)
    expect(printPromQL(parsePromQL(printed))).toBe(printed)
    expect(normalForm(parsePromQL(printed))).toEqual(normalForm(expr))
  })

  it('knows the places of nodes', () => {
    const text = ' sum by (x) (rate(a{b="c"}[5m] offset 1h)) > bool -5 '
    const places: string[] = []
    const visit = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return
      const { kind, at } = value as { kind?: string; at?: { start: number; end: number } }
      if (at !== undefined && !Array.isArray(value)) places.push(`${kind ?? 'matcher'} ${text.slice(at.start, at.end)}`)
      for (const [key, child] of Object.entries(value)) if (key !== 'at' && key !== 'opAt') visit(child)
    }
    const expr = parsePromQL(text)
    visit(expr)
    expect(places).toEqual([
      'binary sum by (x) (rate(a{b="c"}[5m] offset 1h)) > bool -5',
      'aggregate sum by (x) (rate(a{b="c"}[5m] offset 1h))',
      'call rate(a{b="c"}[5m] offset 1h)',
      'matrix a{b="c"}[5m] offset 1h',
      'selector a{b="c"}',
      'matcher b="c"',
      'matcher a',
      'number -5',
    ])
    expect(expr.kind === 'binary' && text.slice(expr.opAt.start, expr.opAt.end)).toBe('>')
  })

  it('takes a name from before the braces or from inside', () => {
    const name = (text: string) => (parsePromQL(text) as Extract<PromExpr, { kind: 'selector' }>).name
    expect([name('a'), name('{"b.c", x="y"}'), name('{x="y"}'), name('{__name__="a"}')]).toEqual([
      'a',
      'b.c',
      undefined,
      undefined,
    ])
  })

  it('sets the matching of vectors only', () => {
    const matching = (text: string) => (parsePromQL(text) as Extract<PromExpr, { kind: 'binary' }>).matching
    expect(matching('a + b')).toMatchObject({ cardinality: 'one-to-one', on: false, labels: [] })
    expect(matching('a and b')).toMatchObject({ cardinality: 'many-to-many' })
    expect(matching('a * on (x) group_right (y) b')).toMatchObject({ cardinality: 'one-to-many', include: ['y'] })
    expect(matching('a + 1')).toBeUndefined()
    expect(matching('1 + 1')).toBeUndefined()
  })
})

describe('selectors of series', () => {
  it('are plain selectors', () => {
    expect(parseSeriesMatchers('up{job=~"a|b"}').map(({ name, op, value }) => name + op + value)).toEqual([
      'job=~a|b',
      '__name__=up',
    ])
    expect(parseSeriesMatchers('{"my.metric"}')).toHaveLength(1)
  })

  it.each([
    ['', 'unknown position: parse error: unexpected end of input'],
    ['up + up', '1:4: parse error: unexpected <op:+>'],
    ['up[5m]', '1:3: parse error: unexpected "["'],
    ['sum(up)', '1:4: parse error: unexpected "("'],
    ['5', '1:1: parse error: unexpected number "5"'],
    ['{}', 'match[] must contain at least one non-empty matcher'],
    ['{a=~".*"}', 'match[] must contain at least one non-empty matcher'],
    ['up{', '1:4: parse error: unexpected end of input inside braces'],
  ])('and %j is none', (text, message) => {
    expect(() => parseSeriesMatchers(text)).toThrow(message)
  })
})
