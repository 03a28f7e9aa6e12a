import { describe, expect, it } from 'vitest'
import { QueryError } from '../../text/error.ts'
import type { LabelFilter, LogExpr, RangeAggregation } from '../ast.ts'
import { withoutPlaces } from '../testing/without-places.ts'
import { parseLogQL, parseSelector } from './parse.ts'

function log(text: string): LogExpr {
  const expr = parseLogQL(text)
  if (expr.kind !== 'log') throw new Error(`not a log query: ${text}`)
  return expr
}

function range(text: string): RangeAggregation {
  const expr = parseLogQL(text)
  if (expr.kind !== 'rangeAggregation') throw new Error(`not a range aggregation: ${text}`)
  return expr
}

/** A label filter in prefix form. */
function shape(filter: LabelFilter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.kind} ${shape(filter.left)} ${shape(filter.right)})`
    case 'string':
      return filter.matcher.name
    default:
      return filter.name
  }
}

describe('stages', () => {
  it.each([
    ['a="1" or b="2" and c="3"', '(or a (and b c))'],
    ['a="1" and b="2" or c="3"', '(or (and a b) c)'],
    ['(a="1" or b="2") and c="3"', '(and (or a b) c)'],
    ['a="1" or b="2" c="3"', '(or a (and b c))'],
    ['a="1", b="2", c="3"', '(and (and a b) c)'],
    ['a="1", b="2" or c="3"', '(and a (or b c))'],
    ['a="1" or b="2", c="3" or d="4"', '(or a (and b (or c d)))'],
  ])('binds %s as %s', (text, expected) => {
    const [stage] = log(`{x="y"} | ${text}`).stages
    expect(stage?.kind === 'labelFilter' ? shape(stage.filter) : stage?.kind).toBe(expected)
  })

  it('tells texts, numbers, durations, sizes and addresses apart', () => {
    const { stages } = log('{x="y"} | a=1 | b!=-2.5 | c=1d | d>-5m | e<=2.5KiB | f=ip("::1") | ip="1" | g>+0x1p3')
    expect(withoutPlaces(stages.map((stage) => (stage.kind === 'labelFilter' ? stage.filter : stage)))).toEqual([
      { kind: 'number', name: 'a', op: '==', value: 1 },
      { kind: 'number', name: 'b', op: '!=', value: -2.5 },
      { kind: 'duration', name: 'c', op: '==', valueNs: 86_400_000_000_000n },
      { kind: 'duration', name: 'd', op: '>', valueNs: -300_000_000_000n },
      { kind: 'bytes', name: 'e', op: '<=', value: 2560, text: '2.5KiB' },
      { kind: 'ip', name: 'f', op: '=', pattern: '::1' },
      { kind: 'string', matcher: { name: 'ip', op: '=', value: '1' } },
      { kind: 'number', name: 'g', op: '>', value: 8 },
    ])
  })

  it('reads the arguments of every stage', () => {
    const text =
      '{x="y"} |= "a" or ip("10.0.0.1") | json | json a="b.c", d | logfmt --keep-empty e | label_format f=g, h="{{.i}}" | drop j, k!="l"'
    expect(withoutPlaces(log(text).stages)).toEqual([
      {
        kind: 'lineFilter',
        op: '|=',
        operands: [
          { kind: 'text', value: 'a' },
          { kind: 'ip', value: '10.0.0.1' },
        ],
      },
      { kind: 'json', extractions: [] },
      {
        kind: 'json',
        extractions: [
          { name: 'a', expression: 'b.c' },
          { name: 'd', expression: 'd' },
        ],
      },
      { kind: 'logfmt', strict: false, keepEmpty: true, extractions: [{ name: 'e', expression: 'e' }] },
      {
        kind: 'labelFormat',
        assignments: [
          { name: 'f', value: { kind: 'label', name: 'g' } },
          { name: 'h', value: { kind: 'template', text: '{{.i}}' } },
        ],
      },
      { kind: 'drop', targets: [{ name: 'j' }, { name: 'k', matcher: { name: 'k', op: '!=', value: 'l' } }] },
    ])
  })
})

describe('ranges', () => {
  const expected = withoutPlaces(range('sum_over_time({a="b"} | json | unwrap c | d="e" [5m] offset 1h)'))
  it.each([
    'sum_over_time({a="b"}[5m] offset 1h | json | unwrap c | d="e")',
    'sum_over_time(({a="b"} | json | unwrap c | d="e")[5m] offset 1h)',
    'sum_over_time((({a="b"}[5m] offset 1h | json | unwrap c | d="e")))',
    'Sum_Over_Time({a="b"} | JSON | UNWRAP c | d="e" [5m] OFFSET 60m)',
  ])('reads %s', (text) => {
    expect(withoutPlaces(range(text))).toEqual(expected)
  })

  it('keeps the place of a fault-prone node', () => {
    const text = 'rate({a="b"} |= "c" [5m])'
    const { log: inner } = range(text).range
    expect(text.slice(inner.at.start, inner.at.end)).toBe('{a="b"} |= "c"')
    expect(text.slice(inner.stages[0]!.at.start, inner.stages[0]!.at.end)).toBe('|= "c"')
    expect(text.slice(inner.selector.matchers[0]!.at.start, inner.selector.matchers[0]!.at.end)).toBe('a="b"')
  })
})

describe('numbers', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', 4],
    ['1--1', 2],
    ['7 % 4 - 10 / 4', 0.5],
    ['1 / 0', Number.NaN],
    ['1 % 0', Number.NaN],
    ['1 > 1 > bool 1', 0],
    ['2 == bool 2', 1],
    ['1 ^ (0 / 0)', 1],
    ['0x1p-2 + .5', 0.75],
  ])('folds %s to %d', (text, value) => {
    expect(parseLogQL(text)).toMatchObject({ kind: 'number', value })
  })
})

describe('names', () => {
  it('are functions only where they are called', () => {
    const text = 'sum by (count, rate) (rate({rate="x", sum!="y"} | logfmt | bytes="1" | keep vector, ip [1m]))'
    expect(parseLogQL(text)).toMatchObject({ op: 'sum', grouping: { labels: ['count', 'rate'] } })
  })

  it.each(['by', 'Without', 'bool', 'on', 'offset', 'or', 'json', 'unwrap', 'KEEP', 'pattern'])(
    'refuse the word %s',
    (word) => {
      expect(() => parseLogQL(`{${word}="x"}`)).toThrow(`unexpected ${word.toLowerCase()}, expecting IDENTIFIER`)
    },
  )
})

describe('faults', () => {
  it.each([
    ['', 1, 1, 'unexpected end of query'],
    ['{a="b"', 1, 7, 'expecting } or ,'],
    ['{a="b"}}', 1, 8, 'unexpected }'],
    ['{a=b}', 1, 4, 'put the text in quotes: "b"'],
    ['{a="b}', 1, 4, 'literal not terminated'],
    ['{a="\\d"}', 1, 5, 'invalid char escape'],
    ["{a='b'}", 1, 4, 'single quotes'],
    ['{a="😀"}\n|= x', 2, 4, 'expecting STRING'],
    ['{é="😀", =}', 1, 9, 'unexpected =, expecting IDENTIFIER'],
    ['{a=~"("}', 1, 5, 'error parsing regexp: missing closing )'],
    ['{a!="b"}', 1, 1, 'queries require at least one'],
    ['{a=~".*", b=""}', 1, 1, 'empty-compatible'],
    ['{}', 1, 1, 'queries require at least one'],
    ['rate({a="b"})', 1, 13, 'a range such as [5m] is missing'],
    ['rate({a="b"}[5 m])', 1, 13, 'unknown unit " m" in duration "5 m"'],
    ['rate({a="b"}[])', 1, 13, 'empty duration'],
    ['rate({a="b"}[5m)', 1, 13, "missing closing ']'"],
    ['rate({a="b"}[1m1h])', 1, 13, 'not a valid duration'],
    ['rate({a="b"}[999999y])', 1, 13, 'out of range'],
    ['rate({a="b"}[1m]) offset 5m', 1, 19, 'right after a range'],
    ['{a="b"}[1m]', 1, 8, 'inside a range aggregation'],
    ['{a="b"} | unwrap c', 1, 9, 'inside a range aggregation'],
    ['rate(sum({a="b"}[1m]))', 1, 6, 'aggregate the other way round'],
    ['rte({a="b"}[1m])', 1, 1, 'did you mean rate?'],
    ['{a="b"} | jsno', 1, 11, 'did you mean json?'],
    ['{a="b"} | level', 1, 11, 'needs an operator'],
    ['{a="b"} | x > "1"', 1, 15, '> compares numbers'],
    ['{a="b"} | x > ip("::1")', 1, 15, 'syntax error: unexpected ip'],
    ['{a="b"} | x = 0x1A', 1, 15, 'unable to parse literal as a float: 0x1A'],
    ['{a="b"} | x > 1mb', 1, 18, 'unexpected'],
    ['{a="b"} | keep', 1, 15, 'expecting IDENTIFIER'],
    ['{a="b"} | label_format c=d,', 1, 28, 'expecting IDENTIFIER'],
    ['{a="b"} | regexp "x"', 1, 18, 'at least one named capture'],
    ['{a="b"} | pattern "<a><b>"', 1, 19, 'consecutive captures'],
    ['{a="b"} | pattern "<a> <a>"', 1, 19, 'duplicate capture'],
    ['sum_over_time({a="b"}[1m])', 1, 1, 'invalid aggregation sum_over_time without unwrap'],
    ['count_over_time({a="b"} | unwrap c [1m])', 1, 25, 'invalid aggregation count_over_time with unwrap'],
    ['rate({a="b"}[1m]) by (c)', 1, 19, 'grouping not allowed for rate aggregation'],
    ['rate by (c) ({a="b"}[1m])', 1, 6, 'after its parentheses'],
    ['quantile_over_time({a="b"} | unwrap c [1m])', 1, 20, 'parameter required'],
    ['rate(1, {a="b"}[1m])', 1, 6, 'parameter not supported'],
    ['sum by a (vector(1))', 1, 8, 'labels stand in parentheses: (a)'],
    ['sum by (a) (vector(1)) by (b)', 1, 24, 'unexpected by'],
    ['sort(vector(1)) by (a)', 1, 17, 'grouping not allowed for sort'],
    ['sum(2, vector(1))', 1, 5, 'unsupported parameter'],
    ['topk(vector(1))', 1, 6, 'parameter required for operation topk'],
    ['topk(0, vector(1))', 1, 6, 'must be greater than 0'],
    ['topk(1.5, vector(1))', 1, 6, 'invalid parameter'],
    ['topk(-1, vector(1))', 1, 6, 'unexpected -, expecting NUMBER'],
    ['topk(vector(1), 5)', 1, 6, 'parameter required'],
    ['sum({a="b"})', 1, 5, 'expecting a metric query'],
    ['vector(-1)', 1, 8, 'expecting NUMBER'],
    ['-vector(1)', 1, 2, 'expecting NUMBER'],
    ['1 and vector(1)', 1, 1, 'unexpected literal for left leg of logical/set binary operation (and): 1.000000'],
    ['vector(1) or (1 + 1)', 1, 14, 'unexpected literal for right leg'],
    ['{a="b"} + 1', 1, 1, 'unexpected type for left leg of binary operation (+)'],
    ['1 + {a="b"}', 1, 5, 'unexpected type for right leg'],
    ['vector(1) + bool 1', 1, 13, 'bool is allowed only after a comparison'],
    ['vector(1) + group_left vector(2)', 1, 13, 'needs on (…) or ignoring (…)'],
    ['vector(1) and on () group_left () vector(2)', 1, 21, 'no grouping allowed for and'],
    ['label_replace(vector(1), "a", "b", "c", "(")', 1, 41, 'invalid regex in label_replace'],
    ['label_replace(vector(1), "a", "b", "c")', 1, 39, 'expecting ,'],
    ['{a="b"}\u00a0', 1, 8, 'invisible character U+00A0'],
    ['{a="\ud800"}', 1, 5, 'invalid UTF-8'],
    ['1 + 1e999', 1, 5, 'unable to parse literal'],
  ])('%s', (text, line, column, message) => {
    let fault: unknown
    try {
      parseLogQL(text)
    } catch (error) {
      fault = error
    }
    expect(fault).toBeInstanceOf(QueryError)
    expect((fault as QueryError).message).toContain(message)
    expect((fault as QueryError).message).toMatch(`parse error at line ${line}, col ${column}: `)
    expect(fault).toMatchObject({ line, column, phase: 'parse' })
  })
})

describe('parseSelector', () => {
  it('reads a bare selector, and the empty one only when allowed', () => {
    expect(withoutPlaces(parseSelector(' {a="b"} # c')).matchers).toEqual([{ name: 'a', op: '=', value: 'b' }])
    expect(parseSelector('{}', { allowEmpty: true }).matchers).toEqual([])
    expect(() => parseSelector('{}')).toThrow(QueryError)
    expect(() => parseSelector('{a!="b"}', { allowEmpty: true })).toThrow(QueryError)
    expect(() => parseSelector('{a="b"} |= "c"')).toThrow('only a selector')
  })
})

describe('speed', () => {
  it('parses a usual query within 30 µs when warm', () => {
    const text =
      'sum by (level) (rate({app="shop", env=~"prod|dev"} |= "error" | json | status >= 500 | took > 1s [5m])) / 2'
    let best = Infinity
    for (let batch = 0; batch < 10; batch++) {
      const started = performance.now()
      for (let i = 0; i < 1000; i++) parseLogQL(text)
      best = Math.min(best, performance.now() - started)
    }
    // Milliseconds per thousand are microseconds each.
    expect(best).toBeLessThan(30)
  })
})
