import { describe, expect, it } from 'vitest'
import { encodeSnappyBlock } from '../testing/encoders.ts'
import { fuzzSeed, Random } from '../testing/random.ts'
import { decodeContent } from './content-encoding.ts'
import { JsonCursor, MAX_JSON_DEPTH } from './json-cursor.ts'
import { parseLabels } from './label-syntax.ts'
import { ProtobufReader } from './protobuf.ts'
import { decodeSnappyBlock } from './snappy.ts'
import { parseTime } from './time-text.ts'
import { validUtf8 } from './utf8.ts'

describe('validUtf8', () => {
  it('agrees with the Encoding standard on random bytes', () => {
    const random = new Random(fuzzSeed('utf8'))
    const bytes = [
      0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0xed, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff,
    ]
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    for (let i = 0; i < 20_000; i++) {
      const input = Buffer.from(Array.from({ length: random.below(12) }, () => random.pick(bytes)))
      expect(validUtf8(input, 0).toString('hex')).toBe(Buffer.from(decoder.decode(input)).toString('hex'))
    }
  })

  it('returns valid input itself, and refuses to grow beyond the cap', () => {
    const valid = Buffer.from('로그')
    expect(validUtf8(valid, 1)).toBe(valid)
    expect(() => validUtf8(Buffer.alloc(100, 0xff), 299)).toThrow(/300 bytes, limits.maxDecompressedBytes is 299/)
    expect(validUtf8(Buffer.alloc(100, 0xff), 300).length).toBe(300)
  })
})

describe('decodeSnappyBlock', () => {
  it('decodes what was encoded, copies that overlap included', () => {
    const random = new Random(fuzzSeed('snappy round trip'))
    for (let i = 0; i < 300; i++) {
      const words = Array.from({ length: random.below(400) }, () =>
        random.pick(['level=info ', 'aaaa', 'b', '\u0000', '로그']),
      )
      const input = Buffer.from(words.join(''))
      expect(decodeSnappyBlock(encodeSnappyBlock(input), 0).equals(input)).toBe(true)
    }
    const large = Buffer.alloc(200_000, 'abcdefg')
    const packed = encodeSnappyBlock(large)
    expect(packed.length).toBeLessThan(12_000)
    expect(decodeSnappyBlock(packed, 0).equals(large)).toBe(true)
  })

  it.each([
    ['', 'no length'],
    ['ffffffffff7f', 'no length'],
    ['0a', 'cannot hold'],
    [`ffff03${'00'.repeat(30)}`, 'cannot hold'],
    ['050061', 'declares 5 bytes and holds 1'],
    ['0100616100', 'a copy'],
    ['02080161', 'literal runs over'],
    ['050061' + '0502', 'before the start'],
    ['050061' + '0500', 'before the start'],
    ['020061' + '0501', 'runs over the end'],
    ['050061' + '06', 'a copy is cut off'],
    ['01f0', 'a literal is cut off'],
  ])('refuses %s', (hex, text) => {
    expect(() => decodeSnappyBlock(Buffer.from(hex, 'hex'), 0)).toThrow(text)
  })

  it('checks the declared length before it allocates', () => {
    expect(() => decodeSnappyBlock(Buffer.from('ffffffff0f00', 'hex'), 1 << 20)).toThrow(/maxDecompressedBytes/)
  })
})

describe('decodeContent', () => {
  it('reads a raw deflate stream that looks like zlib', async () => {
    // A stored block of one byte may begin with 78 01, which passes zlib's header check; 00 fe ff completes its length.
    const raw = Buffer.from('780100feff78010000ffff', 'hex')
    expect(await decodeContent(raw, 'deflate', 0)).toEqual(Buffer.from('x'))
    expect(await decodeContent(Buffer.from('plain'), 'snappy', 5)).toEqual(Buffer.from('plain'))
    await expect(decodeContent(Buffer.from('plain!'), '', 5)).rejects.toThrow(/limits.maxDecompressedBytes \(5 bytes\)/)
  })
})

describe('ProtobufReader', () => {
  const read = (hex: string) => {
    const reader = new ProtobufReader(Buffer.from(hex, 'hex'))
    const fields: number[] = []
    for (let field = reader.next(); field !== 0; field = reader.next()) fields.push(field)
    return fields
  }
  it('passes over every wire type', () => {
    expect(read('08960112026162' + '190102030405060708' + '2501020304')).toEqual([1, 2, 3, 4])
    expect(read('08ffffffffffffffffff01')).toEqual([1])
  })
  it.each([
    ['0b', 'wire type 3'],
    ['0f', 'wire type 7'],
    ['00', 'field number'],
    ['1205616263', 'runs over the end'],
    ['08ff', 'cut off'],
    ['08ffffffffffffffffffff01', 'longer than 10 bytes'],
    ['12ffffffffffffffffff01', 'runs over the end'],
  ])('refuses %s', (hex, text) => {
    expect(() => read(hex)).toThrow(text)
  })
})

describe('parseLabels', () => {
  it.each<[string, [string, string][]]>([
    ['{}', []],
    ['{a="b"}', [['a', 'b']]],
    [
      ' { a = "b" , _c1=`x"\\n` , } ',
      [
        ['a', 'b'],
        ['_c1', 'x"\\n'],
      ],
    ],
    ['{a="\\"\\\\\\n\\t\\u00e9\\U0001f600\\xe2\\x82\\xac\\101"}', [['a', '"\\\n\té😀€A']]],
    [
      '{a="x", a="y"}',
      [
        ['a', 'x'],
        ['a', 'y'],
      ],
    ],
    ['{a=""}', [['a', '']]],
  ])('reads %s', (text, pairs) => {
    expect(parseLabels(text)).toEqual(pairs)
  })
  it.each([
    ['', 'expected "{" at 0'],
    ['a="b"', 'expected "{" at 0'],
    ['{a="b"', 'expected "," or "}" at 6'],
    ['{a="b}', 'expected a quoted value for a at 3'],
    ['{a=b}', 'expected a quoted value for a at 3'],
    ['{1a="b"}', 'expected a label name or "}" at 1'],
    ['{a-b="c"}', 'expected "=" after a at 2'],
    ['{a=~"b"}', 'expected a quoted value for a at 3'],
    ['{a="b"} x', 'unexpected text at 8'],
    ['{a="\\q"}', 'expected a quoted value for a at 3'],
    ['{a="\\ud800"}', 'expected a quoted value for a at 3'],
    ['{a="b\n"}', 'expected a quoted value for a at 3'],
    ['{,}', 'expected a label name or "}" at 1'],
  ])('refuses %j', (text, message) => {
    expect(parseLabels(text)).toBe(message)
  })
})

describe('parseTime', () => {
  const second = Date.UTC(2024, 11, 28, 10, 30) / 1000
  it.each<[string, number, number]>([
    ['2024-12-28T10:30:00Z', second, 0],
    ['2024-12-28t10:30:00z', second, 0],
    ['2024-12-28T10:30:00.123456', second, 123_456_000],
    ['2024-12-28 10:30:00,123', second, 123_000_000],
    ['2024-12-28 10:30:00.123456789012 UTC', second, 123_456_789],
    ['2024-12-28T19:30:00+09:00', second, 0],
    ['2024-12-28T05:00:00.5-0530', second, 500_000_000],
    ['2024-12-28 12:30:00 +02', second, 0],
    ['2024-12-28T10:30', second, 0],
    ['2024-12-28', second - 37_800, 0],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1) / 1000, 0],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29) / 1000, 0],
    ['1735381800', second, 0],
    ['1735381800.123456789', second, 123_456_789],
    ['1735381800123', second, 123_000_000],
    ['1735381800123.5', second, 123_500_000],
    ['1735381800123456', second, 123_456_000],
    ['1735381800123456789', second, 123_456_789],
    ['1.7353818e9', second, 0],
    ['1.735381800123E12', second, 123_000_000],
    ['0', 0, 0],
    ['2106-02-07T06:28:15.999999999Z', 2 ** 32 - 1, 999_999_999],
  ])('reads %s', (text, seconds, nanos) => {
    expect(parseTime(text)).toEqual({ seconds, nanos })
  })
  it.each([
    '',
    'now',
    '2024-13-01T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '2023-02-29',
    '2024-12-28T24:00:00Z',
    '2024-12-28T10:60:00Z',
    '2024-12-28T10:30:61Z',
    '1969-12-31T23:59:59Z',
    '2024-12-28T10:30:00+25:00',
    '-1',
    '1735381800 ',
    '0x10',
    'NaN',
    'Infinity',
    '1e400',
    '99999999999',
    '2106-02-07T06:28:16Z',
    '2300-01-01T00:00:00Z',
    `2024-12-28T10:30:00.${'1'.repeat(80)}Z`,
    '1.2.3',
    '１７３５３８１８００',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeUndefined()
  })
})

describe('JsonCursor', () => {
  const accepts = (text: string) => {
    const cursor = new JsonCursor(Buffer.from(text))
    cursor.skipValue()
    cursor.finish()
  }
  it('nests to its depth and no deeper', () => {
    accepts(`${'['.repeat(MAX_JSON_DEPTH)}1${']'.repeat(MAX_JSON_DEPTH)}`)
    expect(() => accepts(`${'['.repeat(MAX_JSON_DEPTH + 1)}1${']'.repeat(MAX_JSON_DEPTH + 1)}`)).toThrow(
      /nested deeper/,
    )
  })
  it.each([
    '01',
    '-',
    '1.',
    '.5',
    '1e',
    '+1',
    'tru',
    'nul',
    'NaN',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '"\\x"',
    '"\t"',
    '"',
    '1 2',
    '\ufeff1',
  ])('refuses %s as JSON.parse does', (text) => {
    expect(() => JSON.parse(text)).toThrow()
    expect(() => accepts(text)).toThrow(/^JSON: .* at byte \d+$/)
  })
})
