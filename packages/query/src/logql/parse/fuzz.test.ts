import { describe, expect, it } from 'vitest'
import { mutate } from '../../testing/mutate.ts'
import { randomNumbers, testSeed } from '../../testing/seed.ts'
import { QueryError } from '../../text/error.ts'
import { checkLogQL } from '../check/check.ts'
import { completionAt } from '../edit/complete.ts'
import { tokenizeForHighlight } from '../edit/highlight.ts'
import { formatQuery } from '../print/format.ts'
import { printExpr } from '../print/print.ts'
import { CORPUS } from '../testing/corpus.ts'
import { withoutPlaces } from '../testing/without-places.ts'
import { MAX_QUERY_BYTES, parseLogQL } from './parse.ts'

const seed = testSeed('logql fuzz')
const INPUTS = 200_000
const SEEDS = [
  ...CORPUS,
  '{app="shop"} | json | distinct user_id, path | status >= 500',
  'count_values by (app) ("n", sum by (app, pod) (present_over_time({app="shop"} | distinct="x" [5m])))',
]
const PIECES = [
  ...SEEDS.flatMap((query) => query.match(/\w+|[^\w\s]{1,2}|\s+/g) ?? []),
  ...[
    '"',
    '`',
    '\\',
    '\0',
    '\ud800',
    '\u00a0',
    '😀',
    '1e999',
    '-',
    '--strict',
    '0x',
    '9'.repeat(30),
    '[',
    '# x',
    '\n',
    '(?P<',
    '{{',
  ],
]

/** Whether the text is a query; throws whatever is not a QueryError. */
function tryParse(text: string): boolean {
  try {
    const expr = parseLogQL(text)
    checkLogQL(expr, text)
    return true
  } catch (error) {
    if (!(error instanceof QueryError))
      throw new Error(`not a QueryError for ${JSON.stringify(text)}`, { cause: error })
    if (error.line < 1 || error.column < 1) throw new Error(`no place for ${JSON.stringify(text)}`, { cause: error })
    return false
  }
}

describe('broken queries', () => {
  it(`throw nothing but QueryError in ${INPUTS} mutations`, () => {
    const random = randomNumbers(seed)
    let accepted = 0
    for (let i = 0; i < INPUTS; i++) {
      const text = mutate(SEEDS[i % SEEDS.length] as string, PIECES, SEEDS, random)
      const valid = tryParse(text)
      if (valid) accepted++
      if (i % 8 !== 0) continue
      const stretches = tokenizeForHighlight(text)
      if (stretches.some(({ start, end }, j) => start >= end || start < (stretches[j - 1]?.end ?? 0))) {
        throw new Error(`stretches overlap in ${JSON.stringify(text)}`)
      }
      const place = Math.floor(random() * text.length)
      const { from, to } = completionAt(text, place)
      if (from > place || to < from || to > text.length)
        throw new Error(`wrong stretch at ${place} in ${JSON.stringify(text)}`)
      if (valid) {
        const again = withoutPlaces(parseLogQL(printExpr(parseLogQL(text))))
        expect(again, text).toEqual(withoutPlaces(parseLogQL(text)))
      }
    }
    // Neither only rubbish nor only harmless changes: both paths are exercised.
    expect(accepted).toBeGreaterThan(INPUTS / 50)
    expect(accepted).toBeLessThan(INPUTS / 2)
  }, 60_000)
})

describe('long queries', () => {
  const LENGTH = 100_000
  const repeat = (piece: string) => piece.repeat(Math.floor(LENGTH / piece.length))
  it.each([
    ['distinct labels', `{a="b"} | distinct c${repeat(', c')}`],
    ['distinct stages', `{a="b"}${repeat(' | distinct c')}`],
    ['values of values', `${repeat('count_values("a",')}`],
    ['empty choices', `{a="b"} |= "x"${repeat(' or ""')}`],
    ['parentheses', repeat('(')],
    ['closed parentheses', `${repeat('(')}1${repeat(')')}`],
    ['calls', repeat('sum(')],
    ['braces', repeat('{')],
    ['brackets', repeat('[')],
    ['quotes', repeat('"')],
    ['or of vectors', `vector(1)${repeat(' or vector(1)')}`],
    ['or of texts', `{a="b"} |= "x"${repeat(' or "x"')}`],
    ['or of filters', `{a="b"} | x="y"${repeat(' or x="y"')}`],
    ['filters side by side', `{a="b"} | x="y"${repeat(' x="y"')}`],
    ['filters with or and comma', `{a="b"} | x="y"${repeat(' or x="y", x="z"')}`],
    ['nested filters', `{a="b"} | ${repeat('(')}`],
    ['pipes', `{a="b"}${repeat('|')}`],
    ['stages', `{a="b"}${repeat(' | json')}`],
    ['matchers', `{a="b"${repeat(',a="b"')}}`],
    ['regular expressions', `{a="b"${repeat(',a=~"b.*"')}}`],
    ['strings', `{a="b"} |= ${repeat('"x" or ')}"y"`],
    ['one string', `{a="${repeat('x')}"}`],
    ['one string of escapes', `{a="${repeat('\\n')}"}`],
    ['one regular expression', `{a=~"${repeat('x')}"}`],
    ['powers', `2${repeat(' ^ 2')}`],
    ['powers of vectors', `vector(2)${repeat(' ^ vector(2)')}`],
    ['sum of numbers', `1${repeat('+1')}`],
    ['minus signs', repeat('-')],
    ['digits', repeat('1')],
    ['durations', repeat('1h')],
    ['dotted durations', repeat('1s.')],
    ['comments', repeat('#\n')],
    ['blanks', repeat(' ')],
    ['names', `sum by (a${repeat(',a')}) (vector(1))`],
    ['template', `{a="b"} | line_format "${repeat('{{.a}}')}"`],
    ['open template', `{a="b"} | line_format "${repeat('{{/*')}"`],
    ['pattern', `{a="b"} |> "${repeat('<_> ')}"`],
    ['path', `{a="b"} | json a="b${repeat('.b')}"`],
  ])('takes linear time for 100 KB of %s', (_, text) => {
    const small = text.slice(0, text.length / 8)
    tryParse(small)
    const before = process.cpuUsage()
    const valid = tryParse(text)
    tokenizeForHighlight(text)
    completionAt(text, text.length)
    if (valid) formatQuery(text)
    // A quadratic step over 100,000 characters would take many seconds. CPU time, because the machine may be busy.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1500)
  })

  it('refuses what is longer than the limit in bytes', () => {
    const fits = `{a="${'é'.repeat(Math.floor((MAX_QUERY_BYTES - 6) / 2))}"}`
    expect(parseLogQL(fits).kind).toBe('log')
    expect(() => parseLogQL(`${fits} `)).toThrow(/longer than 131072 bytes/)
  })

  it('refuses to nest deeper than recursion could follow', () => {
    expect(() => parseLogQL(`${'('.repeat(1000)}1${')'.repeat(1000)}`)).toThrow(/nested more than 200 levels/)
    expect(parseLogQL(`${'('.repeat(150)}1${')'.repeat(150)}`).kind).toBe('number')
    expect(() => parseLogQL(`vector(1)${' or vector(1)'.repeat(2000)}`)).toThrow(/more than 1000 operators/)
    expect(parseLogQL(`vector(1)${' or vector(1)'.repeat(900)}`).kind).toBe('binary')
    expect(() => parseLogQL(`{a="b"} | x="y"${' or x="y"'.repeat(2000)}`)).toThrow(/use one regular expression/)
  })
})
