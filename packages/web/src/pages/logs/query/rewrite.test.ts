import { parseLogQL, printExpr } from '@girok/query'
import { describe, expect, it } from 'vitest'
import {
  countByLevel,
  excludeValue,
  type FieldOrigin,
  includeText,
  includeValue,
  onlyValue,
  searchedTexts,
  selectorOf,
  withoutStage,
  withParser,
  wrapText,
} from './rewrite.ts'

const field = (name: string, value: string, origin: FieldOrigin = 'label') => ({ name, value, origin })

/** Every rewritten query must be one that the parser reads. */
function valid(query: string): string {
  expect(() => parseLogQL(query), query).not.toThrow()
  return query
}

describe('includeValue', () => {
  it.each([
    ['{env="prod"}', field('app', 'api'), '{env="prod", app="api"}'],
    ['{}', field('app', 'api'), '{app="api"}'],
    ['{app="api"}', field('app', 'api'), '{app="api"}'],
    ['{app="a.b"}', field('app', 'c'), '{app=~`a\\.b|c`}'],
    ['{app=~"a|b"}', field('app', 'c'), '{app=~"a|b|c"}'],
    ['{app=~"a.+"}', field('app', 'c'), '{app="c"}'],
    ['{env="x", app!="api"} |= "q"', field('app', 'api'), '{env="x", app="api"} |= "q"'],
    ['{env="x"} # note', field('status', '500', 'json'), '{env="x"} | json | status="500" # note'],
    ['{env="x"} | json', field('status', '500', 'json'), '{env="x"} | json | status="500"'],
    ['{env="x"}', field('gpu', '3', 'logfmt'), '{env="x"} | logfmt | gpu="3"'],
    ['{env="x"}', field('trace_id', 'ab', 'metadata'), '{env="x"} | trace_id="ab"'],
    ['{env="x"} | trace_id != `ab`', field('trace_id', 'ab', 'metadata'), '{env="x"} | trace_id="ab"'],
    ['{env="x"} | trace_id="ab"', field('trace_id', 'ab', 'metadata'), '{env="x"} | trace_id="ab"'],
    ['{env="x"}', field('app', 'say "hi"\\'), '{env="x", app=`say "hi"\\`}'],
  ])('%s + %o', (query, value, wanted) => {
    expect(valid(includeValue(query, value))).toBe(wanted)
  })

  it('leaves metric queries and plain text alone', () => {
    for (const query of ['rate({a="b"}[5m])', 'some words', '']) {
      expect(includeValue(query, field('app', 'x'))).toBe(query)
    }
  })
})

describe('excludeValue', () => {
  it.each([
    ['{env="prod"}', field('app', 'api'), '{env="prod", app!="api"}'],
    ['{env="prod", app!="api"}', field('app', 'api'), '{env="prod", app!="api"}'],
    ['{env="prod", app="api"}', field('app', 'api'), '{env="prod", app!="api"}'],
    ['{app="api"}', field('app', 'api'), '{app=~".+", app!="api"}'],
    ['{a="b"} | json | status="500"', field('status', '500', 'json'), '{a="b"} | json | status!="500"'],
    ['{a="b"} | x="1" | y="2"', field('x', '1', 'metadata'), '{a="b"} | y="2" | x!="1"'],
  ])('%s - %o', (query, value, wanted) => {
    expect(valid(excludeValue(query, value))).toBe(wanted)
  })
})

describe('onlyValue', () => {
  it('replaces every condition on the field', () => {
    expect(valid(onlyValue('{env="x", app=~"a|b", app!="c"}', field('app', 'd')))).toBe('{env="x", app="d"}')
    expect(valid(onlyValue('{a="b"} | json | s="1" | s!="2"', field('s', '3', 'json')))).toBe('{a="b"} | json | s="3"')
  })
})

describe('other rewriting', () => {
  it('adds a line filter', () => {
    expect(valid(includeText('{a="b"} | json', 'x', true))).toBe('{a="b"} | json != "x"')
  })

  it('turns words into a search whatever their case', () => {
    expect(valid(wrapText(' cost (USD) ', '{a="b"}'))).toBe('{a="b"} |~ `(?i)cost \\(USD\\)`')
  })

  it('drops one stage', () => {
    expect(withoutStage('{a="b"} |= "x" | json', 0)).toBe('{a="b"} | json')
    expect(withoutStage('{a="b"}', 0)).toBeUndefined()
  })

  it('finds the texts searched for', () => {
    expect(searchedTexts('{a="b"} |= "one" or "two" |~ `(?i)cost \\(USD\\)` |~ "a.+" != "no"')).toEqual([
      'one',
      'two',
      'cost (USD)',
    ])
  })

  it('adds the parser that a field needs, once', () => {
    expect(valid(withParser('{a="b"}', 'json'))).toBe('{a="b"} | json')
    expect(withParser('{a="b"} | logfmt', 'json')).toBe('{a="b"} | logfmt')
    expect(withParser('{a="b"}', 'metadata')).toBe('{a="b"}')
  })

  it('gives the selector alone', () => {
    expect(selectorOf('sum(rate({a="b"} |= "x" [5m]))')).toBe('{a="b"}')
    expect(selectorOf('words')).toBe('{}')
  })

  it('counts lines by level and drops parser errors only when there can be some', () => {
    expect(valid(countByLevel('{a="b"} |= "x" # why', 5000))).toBe(
      'sum by (detected_level) (count_over_time({a="b"} |= "x" [5000ms]))',
    )
    const parsing = valid(countByLevel('{a="b"} | json', 60_000))
    expect(printExpr(parseLogQL(parsing))).toContain('drop __error__')
  })
})
