import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fields } from '../fields.ts'
import { recordOf } from '../testing/record.ts'
import { wantsColors } from './colors.ts'
import { type PrettyOptions, prettyFormatter } from './pretty.ts'

const plain = (fields?: Fields, options: PrettyOptions = {}) =>
  prettyFormatter({ colors: false, timeZone: 'utc', width: 100, ...options }).format(recordOf({ fields }))

const HEAD = '08:05:07.042 INFO     app  hello'

describe('layout', () => {
  test('short fields stay on the line', () => {
    expect(plain()).toBe(HEAD)
    expect(plain({ order: 4711, name: 'two words', ok: true, none: null, gone: undefined })).toBe(
      `${HEAD}  order=4711  name=two words  ok=true  none=null`,
    )
    expect(plain({ user: { id: 7, tags: ['a', 'b'] }, 'x y': 1 })).toBe(
      `${HEAD}  user={ id: 7, tags: ['a', 'b'] }  x y=1`,
    )
  })

  test('else each gets its own, names aligned', () => {
    expect(plain({ order_id: 4711, note: 'x'.repeat(60) })).toBe(
      `${HEAD}\n    order_id  4711\n    note      ${'x'.repeat(60)}`,
    )
  })

  test('objects that do not fit are shown member by member', () => {
    const items = [
      { sku: 'aaaaaaaa', count: 1, at: new Date(0) },
      { sku: 'b', list: [], more: { 'odd key': "it's" } },
    ]
    expect(plain({ items }, { width: 50 })).toBe(
      [
        HEAD,
        '    items  [',
        '      {',
        "        sku: 'aaaaaaaa',",
        '        count: 1,',
        "        at: '1970-01-01T00:00:00.000Z'",
        '      },',
        '      {',
        "        sku: 'b',",
        '        list: [],',
        "        more: { 'odd key': 'it\\'s' }",
        '      }',
        '    ]',
      ].join('\n'),
    )
  })

  test('a text of several lines is a block', () => {
    expect(plain({ sql: 'select 1\nfrom t\n' })).toBe(`${HEAD}\n    sql  \n      select 1\n      from t`)
  })

  test('texts that could be mistaken are quoted', () => {
    expect(plain({ a: '', b: ' x', c: 'y=1', d: 'a  b' })).toBe(`${HEAD}  a=''  b=' x'  c='y=1'  d='a  b'`)
  })

  test('errors: message, members, stack, causes, several at once', () => {
    const inner = new Error('inner')
    const error = Object.assign(new TypeError('outer', { cause: inner }), { code: 'E_X' })
    const lines = plain({ error, order: 1 }).split('\n')
    expect(lines[0]).toBe(`${HEAD}  order=1`)
    expect(lines[1]).toBe('    error  TypeError: outer')
    expect(lines[2]).toBe('        code  E_X')
    expect(lines[3]).toMatch(/^ {8}at .*pretty\.test/)
    expect(lines).toContain('    caused by  Error: inner')
    inner.cause = error
    expect(plain({ error }).match(/TypeError: outer/g)).toHaveLength(1)
    expect(plain({ error: new AggregateError([inner, new Error('second')], 'both') })).toMatch(
      /error {2}AggregateError: both\n[\s\S]*one of {2}Error: inner\n[\s\S]*one of {2}Error: second\n/,
    )
    expect(plain({ error: Object.assign(new Error('bare'), { stack: undefined }) })).toContain('error  Error: bare')
  })

  test('options that are none are refused', () => {
    expect(() => prettyFormatter({ width: 0 })).toThrow('prettyFormatter, width: 0 columns, it must be 1 or more')
    expect(() => prettyFormatter({ dateFormat: '%Q' })).toThrow(RangeError)
    expect(plain(undefined, { dateFormat: '%Y-%m-%d' })).toMatch(/^2026-01-31 INFO/)
  })
})

describe('colours', () => {
  test.each([
    [50, 31],
    [40, 31],
    [30, 33],
    [25, 32],
    [20, 32],
    [10, 36],
  ])('level %i has %i', (level, code) => {
    const text = prettyFormatter({ colors: true }).format(recordOf({ level }))
    expect(text).toContain(`\u001b[${code}m`)
    expect(text.split('\n').every((line) => !line.includes('\u001b') || line.includes('\u001b[39m'))).toBe(true)
  })

  test('change nothing but colours', () => {
    const record = recordOf({ level: 40, fields: { error: new Error('x'), list: Array(60).fill(7), note: 'a\nb' } })
    const painted = prettyFormatter({ colors: true, width: 80 }).format(record)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are looked for
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(prettyFormatter({ colors: false, width: 80 }).format(record))
  })

  test.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %s with %j: %s', (isTerminal, environment, expected) => {
    expect(wantsColors(isTerminal, environment)).toBe(expected)
  })
})

test('whatever the fields are, it does not throw, paint or write a line that could pass for a record', () => {
  const formatter = prettyFormatter({ colors: false })
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.anything({ withBigInt: true, withMap: true, withSet: true })),
      fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u001b', '\u2028', '\t') }),
      (fields, evil) => {
        const error = Object.assign(new Error(evil), { name: evil, own: evil })
        const text = formatter.format(
          recordOf({ message: evil, fields: { ...fields, evil, [evil]: { [evil]: evil }, error } }),
        )
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/)
        for (const line of text.split('\n').slice(1)) expect(line).toMatch(/^ {4}/)
      },
    ),
    { numRuns: 300 },
  )
})

test('fields that throw do not', () => {
  const error = new Error('x')
  Object.defineProperty(error, 'stack', {
    get() {
      throw new Error('no')
    },
  })
  const proxy = new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new Error('no')
      },
    },
  )
  expect(plain({ error, proxy, a: 1 })).toMatch(/a=1[\s\S]*\n {4}error {2}\[threw while it was read\]$/)
})
