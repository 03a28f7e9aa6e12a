import { describe, expect, test } from 'vitest'
import { type EncodingName, encodingOf } from './encoding.ts'
import { type CutLine, LineCutter } from './line-cutter.ts'

/** Gives bytes to a cutter in pieces of a size, as a file that grows would. */
function cut(bytes: Buffer, options: { encoding?: EncodingName; max?: number; piece?: number; last?: boolean } = {}) {
  const { encoding = 'auto', max = 1000, piece = bytes.length, last = false } = options
  const cutter = new LineCutter(encodingOf(encoding, bytes), max)
  const lines: CutLine[] = []
  let done = 0
  for (let size = piece; ; size += piece) {
    const upTo = Math.min(bytes.length, size)
    for (let step = -1; step !== 0; ) {
      const from = Math.min(done, 64)
      step = cutter.cut(bytes.subarray(done - from, upTo), from, done, lines)
      done += step
    }
    if (upTo === bytes.length) {
      const from = Math.min(done, 64)
      if (last) cutter.cutLast(bytes.subarray(done - from), from, done, lines)
      return { lines, texts: lines.map(({ text }) => text), done, cutter }
    }
  }
}

describe.each([1, 2, 3, 7, 64, 100_000])('in pieces of %i bytes', (piece) => {
  test('lines end by LF or CR LF; what has no end waits', () => {
    const { lines, done } = cut(Buffer.from('a\nb\r\n\n한국\nrest'), { piece })
    expect(lines).toEqual([
      { text: 'a', place: 0 },
      { text: 'b', place: 2 },
      { text: '', place: 5 },
      { text: '한국', place: 6 },
    ])
    expect(done).toBe(13)
  })

  test('UTF-8: a mark is dropped, bytes that are no text are replaced, NUL bytes within a line stay', () => {
    const bytes = Buffer.concat([Buffer.from('\ufeffa\n'), Buffer.from([0x62, 0xff, 0x0a]), Buffer.from('c\0d\n')])
    expect(cut(bytes, { piece }).texts).toEqual(['a', 'b\ufffd', 'c\0d'])
  })

  test('UTF-16 of both orders, by mark and by name', () => {
    // U+0A0A and U+0A00 have the bytes of line ends in the wrong places.
    const text = 'a\r\nਊ\u0a00b\n한\n'
    const little = Buffer.from(text, 'utf16le')
    const big = Buffer.from(little).swap16()
    const mark = Buffer.from([0xff, 0xfe])
    expect(cut(Buffer.concat([mark, little]), { piece }).texts).toEqual(['a', 'ਊ\u0a00b', '한'])
    expect(cut(Buffer.concat([Buffer.from(mark).swap16(), big]), { piece }).texts).toEqual(['a', 'ਊ\u0a00b', '한'])
    expect(cut(little, { piece, encoding: 'utf-16le' }).texts).toEqual(['a', 'ਊ\u0a00b', '한'])
    expect(cut(big, { piece, encoding: 'utf-16be' }).texts).toEqual(['a', 'ਊ\u0a00b', '한'])
  })

  test('Korean, Japanese, Chinese and western encodings', () => {
    expect(cut(Buffer.from('b0a10aff0a', 'hex'), { piece, encoding: 'euc-kr' }).texts).toEqual(['가', '\ufffd'])
    expect(cut(Buffer.from('93fa967b0a', 'hex'), { piece, encoding: 'shift_jis' }).texts).toEqual(['日本'])
    expect(cut(Buffer.from('d6d00a', 'hex'), { piece, encoding: 'gbk' }).texts).toEqual(['中'])
    expect(cut(Buffer.from('e90a80', 'hex'), { piece, encoding: 'latin1', last: true }).texts).toEqual(['é', '\x80'])
  })

  test('long lines are cut between characters and say how long they were', () => {
    const bytes = Buffer.from(`${'가'.repeat(100)}\nshort\n${'x'.repeat(21)}\n${'y'.repeat(50)}`)
    const { lines, cutter } = cut(bytes, { piece, max: 20, last: true })
    expect(lines).toEqual([
      { text: '가'.repeat(6), place: 0, metadata: [['_truncated', '300']] },
      { text: 'short', place: 301 },
      { text: 'x'.repeat(20), place: 307, metadata: [['_truncated', '21']] },
      { text: 'y'.repeat(20), place: 329, metadata: [['_truncated', '50']] },
    ])
    expect(cutter.truncatedLines).toBe(3)
  })

  test('holes are skipped and counted, at the beginning and where a line should begin', () => {
    const bytes = Buffer.concat([Buffer.alloc(5000), Buffer.from('a\n'), Buffer.alloc(9000), Buffer.from('b\n')])
    const { lines, cutter } = cut(bytes, { piece })
    expect(lines).toEqual([
      { text: 'a', place: 5000 },
      { text: 'b', place: 14_002 },
    ])
    expect(cutter.holeBytes).toBe(14_000)
  })
})

test('the end of a line that was given out without it makes no empty line', () => {
  const cutter = new LineCutter(encodingOf('auto', Buffer.alloc(0)), 1000)
  const lines: CutLine[] = []
  cutter.cutLast(Buffer.from('part'), 0, 0, lines)
  cutter.cut(Buffer.from('part\nnext\n'), 4, 4, lines)
  expect(lines.map(({ text }) => text)).toEqual(['part', 'next'])
})

test('lines come in portions, and the limit counts bytes, not characters', () => {
  const cutter = new LineCutter(encodingOf('auto', Buffer.alloc(0)), 1000)
  const lines: CutLine[] = []
  const bytes = Buffer.from('\n'.repeat(20_000))
  const done = cutter.cut(bytes, 0, 0, lines)
  expect(done).toBe(8192)
  expect(lines.length).toBe(8192)
})
