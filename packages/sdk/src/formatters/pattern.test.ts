import { describe, expect, test } from 'vitest'
import type { Fields } from '../fields.ts'
import { createHierarchy, type Handler } from '../index.ts'
import { recordOf } from '../testing/record.ts'
import { textFormatter } from './pattern.ts'
import { textFormatter as coreFormatter } from './text.ts'

const TIME = new Date(2026, 0, 31, 9, 5, 7, 42).getTime()
const source = { path: '/srv/app/checkout.ts', file: 'checkout.ts', module: 'checkout', function: 'pay', line: 42 }

const line = (pattern: string, fields?: Fields, message = 'm') =>
  textFormatter(pattern).format(recordOf({ timeMs: TIME, message, fields, source, logger: 'shop' }))

describe('parts', () => {
  test('every name of Python', () => {
    expect(
      line('%(asctime)s - %(name)s - %(levelname)s - %(filename)s:%(lineno)d - %(funcName)s %(module)s %(pathname)s'),
    ).toBe('2026-01-31 09:05:07,042 - shop - INFO - checkout.ts:42 - pay checkout /srv/app/checkout.ts')
    expect(line('%(levelno)d %(created)f %(msecs)03d %(isotime)s')).toBe(
      `20 ${(TIME / 1000).toFixed(6)} 042 ${new Date(TIME).toISOString()}`,
    )
    expect(line('%(process)d %(processName)s %(thread)d %(threadName)s')).toBe(
      `${process.pid} MainProcess 0 MainThread`,
    )
    expect(Number(line('%(relativeCreated)d'))).toBeLessThan(0)
  })

  test('the line of the development form', () => {
    const formatter = textFormatter('%(asctime)s - %(name)s - %(levelname)s - %(message)s')
    const record = recordOf({
      timeMs: new Date(2024, 11, 28, 10, 30, 0, 123).getTime(),
      logger: 'api_monitor',
      message: 'API 요청 시작: POST /api/v1/code/generate',
    })
    expect(formatter.format(record)).toBe(
      '2024-12-28 10:30:00,123 - api_monitor - INFO - API 요청 시작: POST /api/v1/code/generate',
    )
    expect(textFormatter().format(record)).toBe(formatter.format(record))
  })

  test('any other name is a field, by path too, and a dash where there is none', () => {
    const fields = { request_id: 'r-1', user: { id: 7, 'a.b': 1 }, 'http.status': 204, none: null }
    expect(line('[%(request_id)s] %(user.id)d %(http.status)05d %(none)s %(nothing)s %(user.x.y)s', fields)).toBe(
      '[r-1] 7 00204 null - - user={"id":7,"a.b":1} http.status=204 none=null'.replace(
        ' http.status=204 none=null',
        '',
      ),
    )
    expect(line('%(constructor)s %(__proto__)s', {})).toBe('- -')
    expect(line('%(error)s %(list)s %(at)s', { error: new TypeError('no'), list: [1, 'a'], at: new Date(0) })).toMatch(
      /^TypeError: no \[1,"a"\] "1970-01-01T00:00:00.000Z"\n {4}TypeError: no\n/,
    )
  })

  test('a field may be called like a part: both are told', () => {
    expect(line('%(levelname)s %(message)s', { levelname: 'mine', message: 'other' })).toBe(
      'INFO m levelname=mine message=other',
    )
  })

  test('fields follow the line of the message, stand where they are placed, or stay away', () => {
    expect(line('%(message)s [%(a)s]\nsecond %(name)s', { a: 1, b: 2 })).toBe('m [1] b=2\nsecond shop')
    expect(line('%(fields)s | %(message)s', { a: 1, b: 'x y' })).toBe('a=1 b="x y" | m')
    expect(line('%(name)s', { a: 1 })).toBe('shop a=1')
    expect(textFormatter({ pattern: '%(message)s', fields: 'omit' }).format(recordOf({ fields: { a: 1 } }))).toBe(
      'hello',
    )
  })

  test('what is not known reads as a dash', () => {
    const formatter = textFormatter('%(filename)s:%(lineno)d %(funcName)s')
    expect(formatter.format(recordOf())).toBe('-:- -')
  })
})

describe('stacks', () => {
  const FILE = '%(message)s\nFile: %(filename)s - Line: %(lineno)d - Function: %(funcName)s\n%(exc_info)s'

  test('stand where exc_info is, with their causes', () => {
    const error = new RangeError('outer', { cause: new Error('inner') })
    const text = line(FILE, { error, order: 1 }, 'failed')
    expect(text.split('\n').slice(0, 3)).toEqual([
      'failed error="RangeError: outer" order=1',
      'File: checkout.ts - Line: 42 - Function: pay',
      '    RangeError: outer',
    ])
    expect(text).toContain('\n    caused by Error: inner\n')
    expect(text.match(/RangeError: outer\n/g)).toHaveLength(1)
  })

  test('take their line along when there are none', () => {
    expect(line(FILE)).toBe('m\nFile: checkout.ts - Line: 42 - Function: pay')
    expect(line('%(exc_info)s|%(message)s')).toBe('|m')
  })

  test('else follow at the end', () => {
    expect(line('%(message)s\nend', { error: new Error('x') })).toMatch(/^m error="Error: x"\nend\n {4}Error: x\n/)
  })
})

describe('conversions', () => {
  test.each<[string, unknown, string]>([
    ['%(v)8s|', 'ab', '      ab|'],
    ['%(v)-8s|', 'ab', 'ab      |'],
    ['%(v).2s|', 'abcd', 'ab|'],
    ['%(v)-6.3s|', 'abcd', 'abc   |'],
    ['%(v).2s', '😀😀😀', '😀😀'],
    ['%(v)5s|', '한국', '   한국|'],
    ['%(v)d', 3.99, '3'],
    ['%(v)d', -3.99, '-3'],
    ['%(v)i', 'text', 'text'],
    ['%(v)05d', -42, '-0042'],
    ['%(v)+d', 42, '+42'],
    ['%(v) d', 42, ' 42'],
    ['%(v)-5d|', 42, '42   |'],
    ['%(v).3f', 1.23456, '1.235'],
    ['%(v)8.2f|', 3.1401, '    3.14|'],
    ['%(v)f', 2, '2.000000'],
    ['%(v)e', 12345.678, '1.234568e+04'],
    ['%(v).0E', 12345.678, '1E+04'],
    ['%(v)g', 0.0001, '0.0001'],
    ['%(v)g', 0.00001, '1e-05'],
    ['%(v)g', 1234567, '1.23457e+06'],
    ['%(v)g', 100000, '100000'],
    ['%(v).3g', 2.5, '2.5'],
    ['%(v)g', 0, '0'],
    ['%(v)x %(v)X %(v)o', 255, 'ff FF 377'],
    ['%(v)r', 'a"b', '"a\\"b"'],
    ['%(v).1f', Number.NaN, 'N'],
    ['%(v)d', Number.POSITIVE_INFINITY, 'Infinity'],
    ['100%% %(v)s', 1, '100% 1'],
  ])('%s of %j is %s', (pattern, v, expected) => {
    expect(line(pattern, { v })).toBe(expected)
  })

  test.each<[string, unknown, string]>([
    ['{v:<8}|', 'ab', 'ab      |'],
    ['{v:>8}|', 'ab', '      ab|'],
    ['{v:^7}|', 'ab', '  ab   |'],
    ['{v:*^7}|', 'ab', '**ab***|'],
    ['{v:.2}|', 'abcd', 'ab|'],
    ['{v:05d}', 42, '00042'],
    ['{v:+.1f}', 3.1401, '+3.1'],
    ['{v:,}', 1234567.5, '1,234,567.5'],
    ['{v:_d}', 1234567, '1_234_567'],
    ['{v:.2%}', 0.1234, '12.34%'],
    ['{v:b}', 5, '101'],
    ['{v:6}|', 5, '     5|'],
    ['{v:=+6d}|', 5, '+    5|'],
    ['{v!r}', 'a', '"a"'],
    ['{{{v}}}', 1, '{1}'],
  ])('%s of %j is %s', (pattern, v, expected) => {
    expect(textFormatter({ pattern, style: '{' }).format(recordOf({ fields: { v } }))).toBe(expected)
  })

  test('the third style of Python, and the defaults of each', () => {
    const record = recordOf({ timeMs: TIME, fields: { id: 1 } })
    expect(textFormatter({ pattern: '$$5 $name $' + '{levelname}s $id', style: '$' }).format(record)).toBe(
      '$5 app INFOs 1',
    )
    const all = (['%', '{', '$'] as const).map((style) => textFormatter({ style }).format(record))
    expect(new Set(all)).toEqual(new Set(['2026-01-31 09:05:07,042 - app - INFO - hello id=1']))
  })

  test.each([
    ['%(message', '%', 'log pattern, character 1: "%(message" is not a part; write %(name)s for a part and %% for'],
    ['ok %(message)!', '%', 'character 4'],
    ['50% done', '%', 'character 3'],
    ['{message', '{', 'write {name} for a part, {{ and }} for braces'],
    ['a}', '{', 'character 2'],
    ['{a:zz}', '{', 'character 1'],
    ['$ 5', '$', 'character 1'],
    ['%(a).101f', '%', 'precision 101, the most is 100'],
  ] as const)('%s is refused', (pattern, style, message) => {
    expect(() => textFormatter({ pattern, style })).toThrow(RangeError)
    expect(() => textFormatter({ pattern, style })).toThrow(message)
  })

  test('options that are none are refused', () => {
    expect(() => textFormatter({ style: '?' as '%' })).toThrow('textFormatter, style: "?" is not one of %, {, $')
    expect(() => textFormatter({ timeZone: 'Mars' as 'utc' })).toThrow('is not one of local, utc')
  })
})

describe('security', () => {
  test('no part is a way for control characters or forged lines', () => {
    const evil = 'a\nb\r\u001b[2J\u2028'
    const record = recordOf({ message: evil, logger: evil, fields: { v: evil, o: { evil }, e: new Error(evil) } })
    const text = textFormatter('%(name)s|%(message)s|%(v)s|%(o)s|%(e)s|%(v)r').format(record)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028]/)
    for (const following of text.split('\n').slice(1)) expect(following).toMatch(/^ {4}/)
  })

  test('fields that throw do not', () => {
    const bad = {
      ok: 1,
      get worse() {
        throw new Error('no')
      },
    }
    const proxy = new Proxy(
      {},
      {
        getOwnPropertyDescriptor() {
          throw new Error('no')
        },
      },
    )
    expect(line('%(message)s %(worse)s', bad)).toBe('m - fields="[threw while it was read]"')
    expect(line('%(p.x)s', { p: proxy })).toMatch(/^- p=/)
  })
})

describe('source', () => {
  test.each([
    ['%(filename)s', true],
    ['%(pathname)s', true],
    ['%(module)s', true],
    ['%(funcName)s', true],
    ['%(lineno)d', true],
    ['%(message)s %(name)s %(line)s', false],
  ])('%s: %s', (pattern, needed) => {
    expect(textFormatter(pattern).needsSource !== undefined).toBe(needed)
  })

  test('is that of the caller', () => {
    const formatter = textFormatter('%(filename)s:%(lineno)d %(funcName)s %(module)s')
    const texts: string[] = []
    const handler: Handler = {
      name: 'list',
      level: 0,
      needsSource: formatter.needsSource,
      handle: (record) => void texts.push(formatter.format(record)),
    }
    const { root } = createHierarchy()
    root.addHandler(handler)
    function payOrder() {
      root.error('no')
    }
    payOrder()
    expect(texts).toEqual([expect.stringMatching(/^pattern\.test\.ts:\d+ payOrder pattern\.test$/)])
  })
})

test('the small formatter of the core writes the same', () => {
  const records = [
    recordOf({ timeMs: TIME, fields: { a: 1, b: 'two words', e: new Error('x') }, frames: [{ c: null }] }),
    recordOf({ timeMs: TIME, message: 'a\nb', level: 25 }),
  ]
  for (const pattern of ['%(asctime)s - %(name)-6s|%(levelname)9s|%(message)s', '%(message)s {%(fields)s}']) {
    for (const record of records) {
      expect(textFormatter(pattern).format(record)).toBe(coreFormatter(pattern).format(record))
    }
  }
})
