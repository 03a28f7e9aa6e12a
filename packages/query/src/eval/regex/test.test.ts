import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { compileMatcher } from '../matcher.ts'
import { literalPattern } from './literals.ts'
import { compileFullMatch, compileSearch } from './test.ts'

describe('patterns that are only literals', () => {
  test.each([
    ['error', ['error']],
    ['a|b|', ['a', 'b', '']],
    ['(GET|PUT) /x', ['GET /x', 'PUT /x']],
    ['a\\.b', ['a.b']],
    ['(?:a|b(c|d))e', ['ae', 'bce', 'bde']],
  ])('%s', (pattern, texts) => {
    expect(literalPattern(pattern)?.texts).toEqual(texts)
  })

  test.each([
    'a.b',
    'a+',
    '(?P<x>a)',
    '^a',
    'a\\d',
    '[ab]',
    '.*a|b',
    '(a|b)*',
    'a{2}',
    '(a',
    'a)',
    '(?i:a)',
    `${'('.repeat(50_000)}a`,
  ])('%s is left to the engine', (pattern) => {
    expect(literalPattern(pattern)).toBeUndefined()
  })
})

const pattern = fc
  .tuple(
    fc.constantFrom('', '(?i)', '.*', '(?i).*', '^'),
    fc.array(fc.constantFrom('a', 'B', 'k', 's', '|', '(', ')', '(?:', '\\.', '.', '.*', 'é', '\n', '😀', 'ab', '+'), {
      maxLength: 7,
    }),
    fc.constantFrom('', '.*', '$'),
  )
  .map(([head, middle, tail]) => head + middle.join('') + tail)
  .filter((text) => {
    try {
      RE2JS.compile(text)
      RE2JS.compile(`^(?s:${text})$`)
      return true
    } catch {
      return false
    }
  })
const subject = fc
  .array(
    fc.constantFrom('a', 'A', 'b', 'B', 'k', '\u212a', 's', '\u017f', 'S', '.', 'é', 'É', '\n', '😀', '\u0130', 'i'),
    { maxLength: 6 },
  )
  .map((chars) => chars.join(''))

test('depth is bounded', () => {
  expect(literalPattern(`${'('.repeat(50_000)}a${')'.repeat(50_000)}`)).toBeUndefined()
})

test('the short cuts answer as the engine does', () => {
  fc.assert(
    fc.property(pattern, subject, (source, text) => {
      expect(compileSearch(source)(text)).toBe(RE2JS.compile(source).test(text))
      expect(compileFullMatch(source)(text)).toBe(RE2JS.compile(`^(?s:${source})$`).test(text))
    }),
    { numRuns: 8000 },
  )
})

test('label matchers are anchored and let a dot match newlines; line filters neither', () => {
  const matcher = (op: '=~' | '!~', value: string) => compileMatcher({ name: 'x', op, value, at: { start: 0, end: 0 } })
  expect(matcher('=~', 'a.c')('a\nc')).toBe(true)
  expect(matcher('=~', 'b')('abc')).toBe(false)
  expect(matcher('!~', 'a|b')('b')).toBe(false)
  expect(compileSearch('a.c')('a\nc')).toBe(false)
  expect(compileSearch('b+')('abc')).toBe(true)
  expect(() => compileSearch('(')).toThrow('missing closing )')
})
