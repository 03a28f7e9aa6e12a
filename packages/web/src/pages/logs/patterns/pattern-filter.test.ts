import { parseLogQL, printExpr } from '@girok/query'
import { describe, expect, it } from 'vitest'
import { dropPattern, excludePattern, includePattern, patternFilters } from './pattern-filter.ts'

const plain = '{app="x"} |= "a" | json'
const texts = ['<_> done', 'cache miss for <_>', 'say "hi" to `<_>`', 'tab\there\nand \\ there']

describe('filters by pattern', () => {
  it('are written behind the query and can be taken back, whatever the pattern holds', () => {
    for (const pattern of texts) {
      for (const add of [includePattern, excludePattern]) {
        const query = add(plain, pattern)
        const expr = parseLogQL(query)
        expect(expr.kind === 'log' ? expr.stages.at(-1) : undefined).toMatchObject({
          kind: 'lineFilter',
          op: add === includePattern ? '|>' : '!>',
          operands: [{ kind: 'text', value: pattern }],
        })
        const [filter] = patternFilters(query)
        expect(filter?.pattern).toBe(pattern)
        expect(dropPattern(query, filter!)).toBe(plain)
        expect(add(query, pattern)).toBe(query)
      }
    }
  })

  it('join by or when several are included, and each can go', () => {
    const two = includePattern(includePattern(plain, 'a <_>'), 'b <_>')
    expect(two).toBe('{app="x"} |= "a" | json |> "a <_>" or "b <_>"')
    expect(dropPattern(two, { op: '|>', pattern: 'a <_>' })).toBe('{app="x"} |= "a" | json |> "b <_>"')
    expect(dropPattern(two, { op: '|>', pattern: 'b <_>' })).toBe('{app="x"} |= "a" | json |> "a <_>"')
    const three = includePattern(two, 'c')
    expect(printExpr(parseLogQL(dropPattern(three, { op: '|>', pattern: 'b <_>' })))).toBe(
      '{app="x"} |= "a" | json |> "a <_>" or "c"',
    )
  })

  it('take back their opposite', () => {
    const hidden = excludePattern(plain, 'a <_>')
    expect(includePattern(hidden, 'a <_>')).toBe(includePattern(plain, 'a <_>'))
    expect(excludePattern(includePattern(plain, 'a <_>'), 'a <_>')).toBe(hidden)
    expect(dropPattern(plain, { op: '|>', pattern: 'a' })).toBe(plain)
  })

  it('stand before a comment at the end', () => {
    expect(excludePattern('{a="b"} # mine', 'x')).toBe('{a="b"} !> "x" # mine')
  })
})
