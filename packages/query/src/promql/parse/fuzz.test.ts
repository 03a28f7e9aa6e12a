import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutate } from '../../testing/mutate.ts'
import { randomNumbers, testSeed } from '../../testing/seed.ts'
import { QueryError } from '../../text/error.ts'
import { MAX_QUERY_BYTES } from '../../text/query-text.ts'
import type { PromExpr } from '../ast.ts'
import { completePromQL, metricNamesIn } from '../edit/complete.ts'
import { highlightPromQL } from '../edit/highlight.ts'
import { formatPromQL } from '../print/pretty.ts'
import { printPromQL } from '../print/print.ts'
import { normalForm } from '../testing/normal-form.ts'
import { parsePromQL, parseSeriesMatchers } from './parse.ts'

const INPUTS = 100_000
const seed = testSeed('promql fuzz')

function texts(name: string): string[] {
  const lines = readFileSync(join(import.meta.dirname, '../testdata', name), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => (JSON.parse(line) as [string, string])[0])
}

const SEEDS = texts('valid.jsonl')
const PIECES = [
  ...[...SEEDS, ...texts('invalid.jsonl')].flatMap((query) => query.match(/\w+|[^\w\s]{1,2}|\s+/g) ?? []),
  ...['"', '`', '\\', '\0', '\ud800', '\u00a0', '😀', '1e999', '9'.repeat(30), '[', '# x', '\n', '(?P<', '@', '::'],
]

/** The tree of a text, if it has one; throws whatever is not a QueryError. */
function tryParse(text: string): PromExpr | undefined {
  try {
    return parsePromQL(text)
  } catch (error) {
    const placed = error instanceof QueryError && error.line > 0 && error.column > 0
    if (placed && /^(\d+:\d+|unknown position): parse error: \S/.test(error.message)) return undefined
    throw new Error(`no proper error for ${JSON.stringify(text)}`, { cause: error })
  }
}

function checkEditing(text: string, place: number): void {
  const stretches = highlightPromQL(text)
  if (stretches.some(({ start, end }, i) => start >= end || start < (stretches[i - 1]?.end ?? 0))) {
    throw new Error(`stretches overlap in ${JSON.stringify(text)}`)
  }
  const { from, to } = completePromQL(text, place)
  if (from > place || to < from || to > text.length) {
    throw new Error(`wrong stretch at ${place} in ${JSON.stringify(text)}`)
  }
  metricNamesIn(text)
}

/** All that is done with a text while it is edited. */
function work(text: string): void {
  const expr = tryParse(text)
  checkEditing(text, text.length)
  if (expr !== undefined) formatPromQL(text)
}

/** Milliseconds of CPU that something takes. */
function cpuOf(run: () => void): number {
  const before = process.cpuUsage()
  run()
  return process.cpuUsage(before).user / 1000
}

describe('broken queries', () => {
  it(`throw nothing but QueryError in ${INPUTS} mutations`, () => {
    const random = randomNumbers(seed)
    let accepted = 0
    for (let i = 0; i < INPUTS; i++) {
      const text = mutate(SEEDS[i % SEEDS.length] as string, PIECES, SEEDS, random)
      const expr = tryParse(text)
      if (expr !== undefined) accepted++
      if (i % 8 !== 0) continue
      checkEditing(text, Math.floor(random() * text.length))
      if (expr !== undefined) {
        expect(normalForm(parsePromQL(printPromQL(expr))), text).toEqual(normalForm(expr))
        expect(normalForm(parsePromQL(formatPromQL(text))), text).toEqual(normalForm(expr))
      }
    }
    // Neither only rubbish nor only harmless changes: both paths are exercised.
    expect(accepted).toBeGreaterThan(INPUTS / 50)
    expect(accepted).toBeLessThan(INPUTS / 2)
  }, 300_000)
})

describe('long queries', () => {
  const LENGTH = 100_000
  const repeat = (piece: string) => piece.repeat(Math.floor(LENGTH / piece.length))
  it.each([
    ['parentheses', repeat('(')],
    ['closed parentheses', `${repeat('(')}1${repeat(')')}`],
    ['calls', repeat('abs(')],
    ['aggregations', repeat('sum(')],
    ['groupings', repeat('sum by (a) (')],
    ['braces', repeat('{')],
    ['brackets', repeat('[')],
    ['quotes', repeat('"')],
    ['subqueries', `a${repeat('[1m:]')}`],
    ['modifiers', `a${repeat(' @ 5')}`],
    ['offsets', `a offset ${repeat('-')}`],
    ['nested durations', `a[${repeat('(')}`],
    ['signs in durations', `a[${repeat('- ')}5m]`],
    ['sums of durations', `a[1m${repeat('+1m')}]`],
    ['powers of durations', `a[1${repeat('^1')}]`],
    ['choices of durations', `a[${repeat('min_of(')}`],
    ['or of vectors', `a${repeat(' or a')}`],
    ['powers', `2${repeat(' ^ 2')}`],
    ['sums of numbers', `1${repeat('+1')}`],
    ['sums in brackets', `(1${repeat('+1')})`],
    ['minus signs', repeat('-')],
    ['signs before a number', `${repeat('- ')}1`],
    ['matchers', `{a="b"${repeat(',a="b"')}}`],
    ['regular expressions', `{a="b"${repeat(',a=~"b.*"')}}`],
    ['one string', `{a="${repeat('x')}"}`],
    ['one string of escapes', `"${repeat('\\n')}"`],
    ['one string of broken escapes', `"${repeat('\\q')}"`],
    ['arguments', `label_join(a, "b", "c"${repeat(', "d"')})`],
    ['labels', `sum by (a${repeat(',a')}) (a)`],
    ['labels of a matching', `a * on (${repeat('a,')}) group_left (${'b,'.repeat(9)}) b`],
    ['digits', repeat('1')],
    ['durations', repeat('1h')],
    ['points', repeat('1.')],
    ['comments', repeat('#\n')],
    ['blanks', repeat(' ')],
    ['fill', `a + fill${repeat(' ')}`],
    ['many fills', repeat('fill ')],
    ['letters between brackets', `a[${repeat('step')}`],
  ])(
    'takes linear time for 100 KB of %s',
    (_, text) => {
      const eighth = text.slice(0, text.length / 8)
      work(eighth)
      const small = cpuOf(() => {
        for (let i = 0; i < 8; i++) work(eighth)
      })
      const whole = cpuOf(() => work(text))
      // Linear: about the same. A quadratic step would take eight times as long, which is seconds. CPU time and a comparison,
      // because the machine may be busy.
      expect(whole).toBeLessThan(3 * small + 1000)
    },
    120_000,
  )

  it('refuses what is longer than the limit in bytes', () => {
    const fits = `{a="${'é'.repeat(Math.floor((MAX_QUERY_BYTES - 6) / 2))}"}`
    expect(parsePromQL(fits).kind).toBe('selector')
    expect(() => parsePromQL(`${fits} `)).toThrow(/longer than 131072 bytes/)
    expect(() => parseSeriesMatchers(`${fits} `)).toThrow(/longer than 131072 bytes/)
  })

  it('refuses to nest deeper than recursion could follow', () => {
    expect(() => parsePromQL(`${'('.repeat(1000)}1${')'.repeat(1000)}`)).toThrow(/nested more than 200 levels/)
    expect(parsePromQL(`${'('.repeat(150)}1${')'.repeat(150)}`).kind).toBe('paren')
    expect(() => parsePromQL(`a${' or a'.repeat(2000)}`)).toThrow(/more than 1000 operators/)
    expect(printPromQL(parsePromQL(`a${' or a'.repeat(900)}`))).toContain('a or a')
    expect(() => parsePromQL(`(a)${'[1m:]'.repeat(2000)}`)).toThrow(/more than 1000 operators/)
  })
})
