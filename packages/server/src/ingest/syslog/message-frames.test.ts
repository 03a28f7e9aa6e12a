import { describe, expect, it } from 'vitest'
import { fuzzSeed, Random } from '../testing/random.ts'
import { type Framing, MessageFrames } from './message-frames.ts'

const MAX = 100

/** What is read of a stream that comes in these pieces. */
function read(framing: Framing, pieces: readonly (string | Buffer)[]) {
  const messages: string[] = []
  const tooLong: number[] = []
  const frames = new MessageFrames(framing, MAX, (bytes) => tooLong.push(bytes))
  let mostHeld = 0
  for (const piece of pieces) {
    frames.push(Buffer.from(piece as string), (message) => messages.push(message.toString()))
    mostHeld = Math.max(mostHeld, frames.heldBytes)
  }
  frames.end((message) => messages.push(message.toString()))
  expect(frames.heldBytes).toBe(0)
  expect(mostHeld).toBeLessThanOrEqual(MAX + 9)
  return { messages, tooLong }
}

const LONG = 'x'.repeat(MAX)

describe('messages on a stream', () => {
  it.each<[string, Framing, string, string[], number[]]>([
    ['lengths', 'auto', '5 <1>ab6 <1>abc', ['<1>ab', '<1>abc'], []],
    ['lengths that count a line feed', 'auto', '6 <1>ab\n7 <1>abc\n', ['<1>ab\n', '<1>abc\n'], []],
    ['lengths that leave the line feed out', 'auto', '5 <1>ab\n6 <1>abc\r\n\0', ['<1>ab', '<1>abc'], []],
    ['a length in front of several lines', 'auto', '11 <1>a\n<2>b\nc5 <1>de', ['<1>a\n<2>b\nc', '<1>de'], []],
    ['line feeds', 'auto', '<1>a\n<2>b\r\n\n<3>c', ['<1>a', '<2>b', '<3>c'], []],
    ['lines of which the first begins with a number', 'auto', '12 monkeys\n5 <1>ab\n', ['12 monkeys', '5 <1>ab'], []],
    ['a number that ends the stream', 'auto', '123', ['123'], []],
    ['a number and a space that end it', 'auto', '123 ', ['123 '], []],
    ['a length without its message', 'auto', '9 <1>ab', ['<1>ab'], []],
    ['a line among lengths', 'auto', '5 <1>ab<2>line\n5 <1>cd', ['<1>ab', '<2>line', '<1>cd'], []],
    ['a length with leading zero', 'auto', '5 <1>ab05 <1>cd\n5 <1>ef', ['<1>ab', '05 <1>cd', '<1>ef'], []],
    ['too many digits', 'auto', '5 <1>ab999999999 <1>\n5 <1>cd', ['<1>ab', '999999999 <1>', '<1>cd'], []],
    ['too many digits at first', 'auto', '999999999 <1>a\nb\n', ['999999999 <1>a', 'b'], []],
    ['lengths without priority, when told', 'octet-counting', '2 ab3 abc', ['ab', 'abc'], []],
    ['lines, when told', 'lf', '5 <1>ab\n6 <1>abc\n', ['5 <1>ab', '6 <1>abc'], []],
    ['NUL bytes, when told', 'nul', '<1>a\nb\0<2>c\r\0\0', ['<1>a\nb', '<2>c\r'], []],
    ['the longest', 'auto', `100 <${LONG.slice(1)}1 y`, [`<${LONG.slice(1)}`, 'y'], []],
    ['a length above the longest', 'auto', `101 <${LONG}1 y`, ['y'], [101]],
    ['a line above the longest', 'auto', `<${LONG}\n<1>y\n`, ['<1>y'], [101]],
    ['a long line among lengths', 'auto', `3 <1><${LONG}z\n1 y`, ['<1>', 'y'], [102]],
  ])('%s', (_name, framing, stream, messages, tooLong) => {
    expect(read(framing, [stream])).toEqual({ messages, tooLong })
    // Byte by byte it must be the same.
    expect(
      read(
        framing,
        [...Buffer.from(stream)].map((byte) => Buffer.of(byte)),
      ),
    ).toEqual({ messages, tooLong })
  })

  it('reads any stream alike, however it is cut', () => {
    const random = new Random(fuzzSeed('syslog frames'))
    const tokens = [
      '5 <1>ab',
      '6 <1>ab\n',
      '<1>line\n',
      '12',
      ' ',
      '\n',
      '\r\n',
      '\0',
      '99 ',
      '<',
      '7',
      `150 ${LONG}`,
      LONG,
    ]
    for (let round = 0; round < 3000; round++) {
      const framing = random.pick(['auto', 'auto', 'octet-counting', 'lf', 'nul'] as const)
      const stream = Buffer.from(Array.from({ length: random.below(12) }, () => random.pick(tokens)).join(''))
      const pieces: Buffer[] = []
      for (let at = 0; at < stream.length; ) {
        const length = 1 + random.below(20)
        pieces.push(stream.subarray(at, at + length))
        at += length
      }
      expect(read(framing, pieces), JSON.stringify(String(stream))).toEqual(read(framing, [stream]))
    }
  })

  it('takes no memory for a length that is only announced', () => {
    const frames = new MessageFrames('auto', 64 << 20, () => {})
    const before = process.memoryUsage().arrayBuffers
    frames.push(Buffer.from(`${60 << 20} <`), () => {})
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20)
    expect(frames.heldBytes).toBe(1)
  })
})
