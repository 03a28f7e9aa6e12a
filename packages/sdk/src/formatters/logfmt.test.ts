import { compilePipeline, parseLogQL } from '@girok/query'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fields } from '../fields.ts'
import { recordOf } from '../testing/record.ts'
import { type LogfmtOptions, logfmtFormatter } from './logfmt.ts'
import { jsonValue } from './value.ts'

const HEAD = 'ts=2026-01-31T08:05:07.042Z level=INFO logger=app msg=hello'

const line = (fields?: Fields, options: LogfmtOptions = {}) => logfmtFormatter(options).format(recordOf({ fields }))

/** What the parser of a log store makes of a line. */
function parsed(text: string): Record<string, string> {
  const query = parseLogQL('{app="a"} | logfmt --strict --keep-empty')
  if (query.kind !== 'log') throw new Error('not a log query')
  const entry = compilePipeline(query).process({ timeNs: 0n, stream: new Map(), metadata: [], line: text })
  return Object.fromEntries(entry?.parsed ?? [])
}

/** Pairs of a line by the rules of the format, strictly: keys as they stand. */
function decoded(text: string): [string, string][] {
  const pairs: [string, string][] = []
  const pair = /([^\s="]+)=("(?:[^"\\]|\\.)*"|[^\s"=]+)(?: |$)/y
  for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
    const [, key = '', value = ''] = match
    pairs.push([key, value.startsWith('"') ? JSON.parse(value) : value])
    if (pair.lastIndex === text.length) return pairs
  }
  throw new Error(`not logfmt: ${text}`)
}

describe('values', () => {
  test('time, level, logger and message come first', () => {
    expect(line()).toBe(HEAD)
    const record = recordOf({ level: 25, logger: 'a.b', message: 'two words', frames: [{ a: 1 }], fields: { b: 2 } })
    expect(logfmtFormatter().format(record)).toBe(
      'ts=2026-01-31T08:05:07.042Z level="LEVEL 25" logger=a.b msg="two words" a=1 b=2',
    )
  })

  test.each<[string, unknown, string]>([
    ['a word', 'x-1/2', 'x-1/2'],
    ['nothing', '', '""'],
    ['blanks', 'a b', '"a b"'],
    ['quotes and equals', 'a="b"', '"a=\\"b\\""'],
    ['a backslash', 'C:\\x', '"C:\\\\x"'],
    ['line ends', 'a\nb\u2028c\u0085d', '"a\\nb\\u2028c\\u0085d"'],
    ['escape codes', '\u001b[2J\u009b', '"\\u001b[2J\\u009b"'],
    ['half a surrogate pair', 'a\ud800', '"a\\ud800"'],
    ['other scripts', '한국어', '한국어'],
    ['numbers', -1.5, '-1.5'],
    ['no number', Number.NaN, 'NaN'],
    ['bigint', 2n ** 70n, '1180591620717411303424'],
    ['boolean', false, 'false'],
    ['null', null, 'null'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a list', [1, 'a'], '"[1,\\"a\\"]"'],
    ['an object', { a: 1 }, '"{\\"a\\":1}"'],
  ])('%s', (_what, value, expected) => {
    expect(line({ v: value })).toBe(`${HEAD} v=${expected}`)
  })

  test('undefined is left out', () => {
    expect(line({ a: undefined, b: 1 })).toBe(`${HEAD} b=1`)
  })

  test('nested members with dots', () => {
    const error = Object.assign(new TypeError('no'), { code: 'E_NO', stack: 'TypeError: no\n    at x' })
    expect(line({ user: { id: 7, tags: ['a'], more: { deep: true }, none: {} }, error }, { nested: 'dots' })).toBe(
      `${HEAD} user.id=7 user.tags="[\\"a\\"]" user.more.deep=true user.none={} ` +
        'error.type=TypeError error.message=no error.stack="TypeError: no\\n    at x" error.code=E_NO',
    )
  })

  test('an option that is none is refused', () => {
    expect(() => logfmtFormatter({ nested: 'xml' as 'json' })).toThrow('nested: "xml" is neither "json" nor "dots"')
  })
})

describe('keys', () => {
  test('what a key cannot hold becomes _, and no key stands twice', () => {
    expect(line({ 'a b': 1, 'a=b': 2, 'a"b': 3, '': 4, msg: 5, level: 6, 'a\nb': 7, 요청: 8, 'x\u3000y': 9 })).toBe(
      `${HEAD} a_b=1 a_b_=2 a_b__=3 _=4 msg_=5 level_=6 a_b___=7 요청=8 x_y=9`,
    )
  })
})

test('module, function and line on request', () => {
  const source = { path: '/app/pay.ts', file: 'pay.ts', module: 'pay', function: 'charge', line: 7 }
  const formatter = logfmtFormatter({ source: true })
  expect(formatter.needsSource).toBeTypeOf('function')
  expect(formatter.format(recordOf({ source, fields: { line: 1 } }))).toBe(
    `${HEAD} module=pay function=charge line=7 line_=1`,
  )
  expect(logfmtFormatter().needsSource).toBeUndefined()
})

describe('what is written is read back', () => {
  const name = fc
    .stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
    .filter((key) => !['ts', 'level', 'logger', 'msg'].includes(key))
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.string({ unit: fc.constantFrom(' ', '"', '=', '\\', '\n', '\t', 'a', '\u2028', '{') }),
  )

  test('by the parser of LogQL', () => {
    fc.assert(
      fc.property(fc.dictionary(name, text), text, (fields, message) => {
        const labels = parsed(logfmtFormatter().format(recordOf({ message, fields })))
        const expected = { ts: '2026-01-31T08:05:07.042Z', level: 'INFO', logger: 'app', msg: message, ...fields }
        // That parser writes U+FFFD, which stands for broken bytes, as a blank.
        const clean = Object.entries(expected).map(([key, value]) => [key, value.replaceAll('\ufffd', ' ')])
        expect(labels).toEqual(Object.fromEntries(clean))
      }),
      { numRuns: 500 },
    )
  })

  test('whatever keys and values are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), name), fc.anything({ withBigInt: true, withDate: true })),
        (fields) => {
          const written = logfmtFormatter().format(recordOf({ fields }))
          expect(written).not.toMatch(/[\n\r\u2028\u2029]/)
          const pairs = decoded(written).slice(4)
          const values = Object.values(fields).filter((value) => jsonValue(value) !== undefined)
          expect(pairs.map(([, value]) => value)).toEqual(
            values.map((value) => {
              const json = jsonValue(value) as string
              const plain: unknown = JSON.parse(json)
              return typeof plain === 'string' ? plain : json
            }),
          )
          expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('with dots nothing is lost either', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (fields) => {
        expect(decoded(logfmtFormatter({ nested: 'dots' }).format(recordOf({ fields }))).slice(4)).toHaveLength(
          Object.values(fields).reduce<number>((sum, value) => sum + leaves(value), 0),
        )
      }),
    )
  })
})

function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 1
  const members = Object.values(value)
  return members.length === 0 ? 1 : members.reduce((sum, member) => sum + leaves(member), 0)
}
