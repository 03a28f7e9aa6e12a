import { describe, expect, it } from 'vitest'
import type { IngestLimits } from '../limits.ts'
import { recordsOf } from '../testing/bench-of-receivers.ts'
import { NO_LIMITS } from '../testing/limits.ts'
import { decodePlainly } from '../testing/plain-syslog.ts'
import { fuzzSeed, mutate, Random } from '../testing/random.ts'
import { type DecodeOptions, MessageDecoder } from './decode-messages.ts'
import { MessageStreams } from './message-streams.ts'

const NOW = Date.UTC(2026, 10, 20, 12, 0, 5)
const CLOCK = { ...NO_LIMITS, rejectOldSamplesMaxAgeMs: 7 * 86_400_000, creationGracePeriodMs: 600_000 }
interface Options extends DecodeOptions {
  readonly labels: readonly string[]
  readonly maxStreams: number
}

const DEFAULTS: Options = {
  labels: ['service_name', 'host', 'facility'],
  timeZone: 'UTC',
  time: 'message',
  wholeMessage: false,
  maxStreams: 1000,
}

function decode(
  messages: readonly (string | Buffer)[],
  given: { options?: Partial<Options>; limits?: Partial<IngestLimits>; nowMs?: number; from?: string } = {},
) {
  const { options, limits, nowMs = NOW, from = '192.0.2.9' } = given
  const buffers = messages.map((message) => Buffer.from(message as string))
  const start = new Uint32Array(buffers.length)
  const end = new Uint32Array(buffers.length)
  let at = 0
  buffers.forEach((buffer, i) => {
    start[i] = at
    at += buffer.length
    end[i] = at
  })
  const all = { ...DEFAULTS, ...options }
  const bounds = { ...CLOCK, ...limits }
  const streams = new MessageStreams('t', all.labels, all.maxStreams, bounds)
  const decoder = new MessageDecoder(all, bounds)
  const receivedMs = new Float64Array(buffers.length).fill(nowMs)
  const { assembled, unparsed } = decoder.decode(
    { bytes: Buffer.concat(buffers), count: buffers.length, start, end, receivedMs, from: buffers.map(() => from) },
    't',
    streams,
    nowMs,
  )
  return { records: recordsOf(assembled.batch), unparsed, refusals: assembled.refusals }
}

const one = (message: string | Buffer, given?: Parameters<typeof decode>[1]) => decode([message], given).records[0]!

describe('what becomes of a message', () => {
  it('labels by program, host and facility; keeps the rest beside the text', () => {
    const text =
      '<165>1 2026-11-20T12:00:00.123456Z web-1 checkout 811 ID47 [origin ip="192.0.2.1" ip="192.0.2.2"][x@32473 a.b="c"] paid'
    expect(one(text)).toEqual({
      labels: { service_name: 'checkout', host: 'web-1', facility: 'local4' },
      ns: '1795176000123456000',
      level: 'info',
      line: 'paid',
      metadata: {
        severity: 'notice',
        procid: '811',
        msgid: 'ID47',
        origin_ip: '192.0.2.1,192.0.2.2',
        x_a_b: 'c',
      },
    })
  })

  it.each([
    [0, 'fatal', undefined],
    [1, 'critical', 'alert'],
    [2, 'critical', undefined],
    [3, 'error', undefined],
    [4, 'warn', undefined],
    [5, 'info', 'notice'],
    [6, 'info', undefined],
    [7, 'debug', undefined],
  ])('tells severity %i as %s', (severity, level, kept) => {
    const record = one(`<${8 + severity}>app: t`)
    expect([record.level, record.metadata?.severity]).toEqual([level, kept])
  })

  it('stores as metadata what is no label, and never a record without label', () => {
    const record = one('<13>Nov 20 12:00:00 h app: t', { options: { labels: [] } })
    expect(record.labels).toEqual({ service_name: 'unknown_service' })
    expect(record.metadata).toEqual({ app_name: 'app', host: 'h', facility: 'user', severity: 'notice' })
  })

  it('takes the sender for the host of a message that names none', () => {
    expect(one('<14>app: t').labels).toEqual({ service_name: 'app', host: '192.0.2.9', facility: 'user' })
    expect(one('<14>1 - - app - - - t').labels.host).toBe('192.0.2.9')
  })

  it('keeps what is no syslog whole, and counts it', () => {
    const { records, unparsed } = decode(['{"a":1}', '<14>app: t', 'hello'])
    expect(unparsed).toBe(2)
    expect(records.map(({ line, level, metadata }) => [line, level, metadata])).toEqual([
      ['{"a":1}', '', { syslog_format: 'none' }],
      ['t', 'info', undefined],
      ['hello', '', { syslog_format: 'none' }],
    ])
  })

  it('keeps the bytes of the text, but what no text is', () => {
    const text = Buffer.from('<14>app:  a\tb\u0000\u001b[31m 한국어 \u2028 \r\n')
    expect(one(text).line).toBe(' a\tb\u0000\u001b[31m 한국어 \u2028 \r')
    expect(one(Buffer.from('<14>app: a\xffb', 'latin1')).line).toBe('a\ufffdb')
    // Two messages that together are valid UTF-8 and apart are not.
    expect(
      decode([Buffer.from('a\xc3', 'latin1'), Buffer.from('\xa9b', 'latin1')]).records.map(({ line }) => line),
    ).toEqual(['a\ufffd', '\ufffdb'])
  })

  it('takes the mark of UTF-8, a line feed and a NUL at the end off', () => {
    const lines = ['<14>1 - - a - - - \ufefftext', '<14>a: text\n', '<14>a: text\0', '<14>a: text\0\n']
    expect(decode(lines).records.map(({ line }) => line)).toEqual(['text', 'text', 'text', 'text'])
    expect(decode(['', '\n', '\0']).records).toEqual([])
  })

  it('stores the header too when that is wanted', () => {
    const text = '<14>1 - h a - - - t'
    expect(one(text, { options: { wholeMessage: true } }).line).toBe(text)
  })

  it('keeps as much structured data as limits allow, and says how much it left out', () => {
    const many = `<14>1 - h a - - [d ${Array.from({ length: 200 }, (_, i) => `p${i}="v"`).join(' ')}] t`
    const record = one(many, { limits: { maxStructuredMetadataEntriesCount: 128, maxStructuredMetadataSize: 65_536 } })
    expect(record.metadata).toMatchObject({ d_p0: 'v', d_p117: 'v', structured_data_left_out: '82' })
    expect(Object.keys(record.metadata!)).toHaveLength(119)
    const large = `<14>1 - h a - - [d a="${'x'.repeat(70_000)}" b="y"] t`
    expect(one(large, { limits: { maxStructuredMetadataSize: 65_536 } }).metadata).toEqual({
      d_b: 'y',
      structured_data_left_out: '1',
    })
  })
})

describe('times', () => {
  const stamp = (text: string, given?: Parameters<typeof decode>[1]) => {
    const { ns, metadata } = one(`<14>${text} h a: t`, given)
    return [new Date(Number(BigInt(ns) / 1_000_000n)).toISOString(), metadata?.sent_at]
  }
  const on = (iso: string, timeZone = 'UTC') => ({ nowMs: Date.parse(iso), options: { timeZone } })

  it.each<[string, string, string, string]>([
    ['of this year', 'Nov 20 11:59:00', '2026-11-20T12:00:00Z', '2026-11-20T11:59:00.000Z'],
    ['of December, in January', 'Dec 31 23:59:58', '2027-01-01T00:00:03Z', '2026-12-31T23:59:58.000Z'],
    [
      'of January, by a clock that is fast, in December',
      'Jan  1 00:00:02',
      '2026-12-31T23:59:58Z',
      '2027-01-01T00:00:02.000Z',
    ],
    ['of a leap day', 'Feb 29 10:00:00', '2028-02-29T10:00:01Z', '2028-02-29T10:00:00.000Z'],
    ['of the year told', 'Dec 31 2026 23:59:58', '2027-01-01T00:00:03Z', '2026-12-31T23:59:58.000Z'],
  ])('%s', (_name, text, now, expected) => {
    expect(stamp(text, on(now))).toEqual([expected, undefined])
  })

  it.each<[string, string, string, string]>([
    ['+09:00', 'Nov 20 21:00:00', '2026-11-20T12:00:01Z', '2026-11-20T12:00:00.000Z'],
    ['-03:30', 'Nov 20 08:30:00', '2026-11-20T12:00:01Z', '2026-11-20T12:00:00.000Z'],
    ['Asia/Seoul', 'Jan  1 00:00:00', '2026-12-31T15:00:01Z', '2026-12-31T15:00:00.000Z'],
    ['Europe/Berlin', 'Jul  1 14:00:00', '2026-07-01T12:00:01Z', '2026-07-01T12:00:00.000Z'],
    ['Europe/Berlin', 'Dec  1 13:00:00', '2026-12-01T12:00:01Z', '2026-12-01T12:00:00.000Z'],
    ['Europe/Berlin', 'Mar 29 03:00:00', '2026-03-29T01:00:01Z', '2026-03-29T01:00:00.000Z'],
    ['Australia/Adelaide', 'Oct  4 03:05:00', '2026-10-03T16:40:00Z', '2026-10-03T16:35:00.000Z'],
  ])('in %s: %s', (zone, text, now, expected) => {
    expect(stamp(text, on(now, zone))).toEqual([expected, undefined])
  })

  it("uses the message's own zone before the sender's", () => {
    expect(stamp('2026-11-20T12:00:00+01:00', on('2026-11-20T11:00:01Z', 'Asia/Seoul'))).toEqual([
      '2026-11-20T11:00:00.000Z',
      undefined,
    ])
    expect(stamp('2026-11-20T20:00:00', on('2026-11-20T11:00:01Z', 'Asia/Seoul'))).toEqual([
      '2026-11-20T11:00:00.000Z',
      undefined,
    ])
  })

  it.each([
    ['far in the future', 'Nov 20 21:00:00'],
    ['too old', 'Nov 12 12:00:00'],
    ['of a day that is none', 'Feb 30 12:00:00'],
    ['before 1970', '1969-12-31T23:59:59Z'],
  ])('keeps a message whose time is %s, by the time at which it came', (_name, text) => {
    expect(stamp(text, on('2026-11-20T12:00:00Z'))).toEqual(['2026-11-20T12:00:00.000Z', text])
  })

  it('uses the time of receipt when that is wanted', () => {
    const given = { nowMs: NOW, options: { time: 'receipt' as const } }
    expect(stamp('Nov 20 11:00:00', given)).toEqual(['2026-11-20T12:00:05.000Z', 'Nov 20 11:00:00'])
  })
})

describe('the decoder over bytes', () => {
  const random = new Random(fuzzSeed('syslog messages'))
  const TIMES = [
    'Nov 20 12:00:00',
    'Nov  2 1:00:00',
    '*Nov 20 12:00:00.5 UTC',
    '2026-11-20T12:00:00Z',
    '2026-11-20T12:00:00.123+09:00',
    '-',
    'Feb 29 00:00:00',
    'Nov 20 2026 12:00:00',
    'Nov 20 12:00:00 2026',
    '2026-02-30t12:00:60,5-0330',
    '',
  ]
  const WORDS = [
    'web-1',
    '192.0.2.7',
    'fe80::1',
    '2001:db8::1',
    'app:',
    'app[12]:',
    'app[12]',
    'a/b[x]:t',
    '-',
    '%SYS-5-X:',
    ':',
    'hello',
    '집',
    '"x"',
    '',
    '[a b="c"]',
    '[x@1 k="a\\"b\\]" k="z" ]',
    '1',
    '237:',
    '\ufefft',
  ]

  function generated(): Buffer {
    const parts = [random.pick(['<13>', '<165>1 ', '<189>237: ', '', '<192>', '<0>']) + random.pick(TIMES)]
    for (let words = random.below(7); words > 0; words--) parts.push(random.pick(WORDS))
    const message = Buffer.from(parts.join(random.pick([' ', ' ', ' ', '  '])) + random.pick(['', '', '\n', '\0']))
    return random.below(3) === 0
      ? mutate(random, message, [...WORDS, ...TIMES, ' ', '<', ']', '"', '\\', '\xff'])
      : message
  }

  it('agrees with the plain one', () => {
    for (let round = 0; round < 60; round++) {
      const messages = Array.from({ length: 200 }, generated).filter(
        (message) => !/^\n?$|^\0?\n?$/.test(String(message)),
      )
      const { records } = decode(messages, { from: '192.0.2.9' })
      messages.forEach((message, i) => {
        expect(records[i], JSON.stringify(message.toString('latin1'))).toEqual(decodePlainly(message, NOW, '192.0.2.9'))
      })
    }
  })
})
