import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeMatcher } from './make-matcher.ts'
import { type Matcher, matchesAll } from './matcher.ts'
import { MatcherFault } from './matcher-fault.ts'
import { parseMatcher, parseMatchers } from './parse-matchers.ts'
import { compareMatchers, printMatcher, printMatchers } from './print-matcher.ts'

const OPERATORS = ['=', '!=', '=~', '!~'] as const

/** How Alertmanager 0.33.1 shows, in /api/v2/status, what was written as one of `matchers`. */
const READ_BY_ALERTMANAGER: readonly (readonly [string, string])[] = [
  ['foo=bar', '{foo="bar"}'],
  [' foo =~ "a|b" ', '{foo=~"a|b"}'],
  ['{foo="bar", dings != "bums", }', '{foo="bar",dings!="bums"}'],
  ['foo=bar baz', '{foo="bar baz"}'],
  ['foo=', '{foo=""}'],
  ['foo=""', '{foo=""}'],
  ['foo="a\\tb"', '{foo="a\\\\tb"}'],
  ['foo="a\\nb"', '{foo="a\\nb"}'],
  ['foo=a\\nb', '{foo="a\\nb"}'],
  ['foo="say: \\"hi, ladies\\""', '{foo="say: \\"hi, ladies\\""}'],
  ['foo=~[a-z]+', '{foo=~"[a-z]+"}'],
  ['foo="🙂"', '{foo="🙂"}'],
  ['"foo bar"="b\\tc"', '{"foo bar"="b\\tc"}'],
  ['"foo.bar"=x', '{foo.bar="x"}'],
  ['foo.bar=x', '{foo.bar="x"}'],
  ['föö=~x', '{föö=~"x"}'],
  ['foo={bar}', '{foo="{bar"}'],
  ['foo=bar}', '{foo="bar"}'],
  ['{foo=bar', '{foo="bar"}'],
  ['foo="a\\', 'fault'],
  ['foo:bar=x', '{foo:bar="x"}'],
  ["foo='x'", '{foo="\'x\'"}'],
  ['', '{}'],
  ['{}', '{}'],
  ['{', '{}'],
  ['}', '{}'],
]

describe('reading', () => {
  test.each(READ_BY_ALERTMANAGER.filter(([, shown]) => shown !== 'fault'))('%j is %s', (written, shown) => {
    expect(printMatchers(parseMatchers(written))).toBe(shown)
  })

  test.each([
    ['foo', 'an operator (=, !=, =~ or !~)', 3],
    ['=bar', 'the name of a label', 0],
    ['foo=~"("', 'no regular expression', 5],
    ['"foo"="bar', 'not terminated', 6],
    ['{"foo"=bar', 'closing brace', 10],
    ['"foo"=bar}', 'opening brace', 0],
    ['"foo"=bar baz', 'a comma is expected, not "b": quote what holds it', 10],
    ['"foo"="\\xff"', 'no UTF-8', 6],
    ['""=bar', 'name of a label', 0],
    ['foo="a"b"', 'is expected', 7],
    [',', 'the name of a label', 0],
  ])('%j is refused: %s', (text, reason, offset) => {
    const fault = faultOf(() => parseMatchers(text))
    expect(fault?.message).toContain(reason)
    expect(fault?.offset).toBe(offset)
  })

  test.each(['{foo="bar"}', 'foo="bar"}', '', '"a"="b","c"="d"'])('%j is not one matcher', (text) => {
    expect(() => parseMatcher(text)).toThrow(MatcherFault)
  })

  test('of one matcher, a comma belongs to a bare value', () => {
    expect(parseMatcher('foo=a,b').value).toBe('a,b')
  })

  test('any text is read or is a fault that lies within it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '=', '!', '~', ',', '{', '}', ' ', 'n', '\n', 'x', '(', 'é') }),
    )
    fc.assert(
      fc.property(text, (given) => {
        const fault = faultOf(() => parseMatchers(given))
        if (fault === undefined) return
        expect(fault).toBeInstanceOf(RangeError)
        expect(fault.offset).toBeGreaterThanOrEqual(0)
        expect(fault.offset).toBeLessThanOrEqual(given.length)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('printing', () => {
  const matcher = fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', ',', '}', '\t') }),
    ),
  })

  test('what is printed reads back', () => {
    fc.assert(
      fc.property(matcher, (given) => {
        const { name, op, value } = parseMatcher(printMatcher(given))
        expect({ name, op, value }).toEqual(given)
      }),
      { numRuns: 1000 },
    )
  })

  test('lists too', () => {
    fc.assert(
      fc.property(fc.array(matcher, { maxLength: 4 }), (given) => {
        expect(parseMatchers(printMatchers(given)).map(({ name, op, value }) => ({ name, op, value }))).toEqual(given)
      }),
      { numRuns: 1000 },
    )
  })

  test('the order is that of bytes: name, value, operator', () => {
    const sorted = ['a="2"', 'a="1"', 'a!="1"', 'B="1"', 'a=~"1"'].map(parseMatcher).sort(compareMatchers)
    expect(sorted.map(printMatcher)).toEqual(['B="1"', 'a="1"', 'a!="1"', 'a=~"1"', 'a="2"'])
  })
})

describe('matching', () => {
  test.each<readonly [string, Matcher['op'], string, boolean]>([
    ['a', '=', 'a', true],
    ['a', '!=', 'a', false],
    ['a|b', '=~', 'b', true],
    ['a|b', '=~', 'ab', false],
    ['a|b', '!~', 'ab', true],
    ['.*', '=~', '', true],
    ['.*', '=~', 'a\nb', false],
    ['(?s).*', '=~', 'a\nb', true],
    ['a)|(b', '=~', 'ab', false],
    ['a)|(b', '=~', 'b', true],
    ['(?i)WARN', '=~', 'warn', true],
    ['', '=', '', true],
  ])('%j %s of %j: %s', (value, op, text, expected) => {
    expect(makeMatcher('x', op, value).matches(text)).toBe(expected)
  })

  test('an absent label is an empty one', () => {
    expect(matchesAll(parseMatchers('a="",b!="x",c=~"|y"'), new Map())).toBe(true)
    expect(matchesAll(parseMatchers('a!=""'), new Map())).toBe(false)
  })

  test.each(OPERATORS)('a matcher with %s of parts is the one that is read', (op) => {
    const { name, value } = parseMatcher(printMatcher(makeMatcher('team', op, 'a.b')))
    expect({ name, value }).toEqual({ name: 'team', value: 'a.b' })
  })
})

function faultOf(read: () => unknown): MatcherFault | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return error as MatcherFault
  }
}
