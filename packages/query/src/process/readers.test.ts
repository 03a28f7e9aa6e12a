import { describe, expect, test } from 'vitest'
import { type Outcome, runStages } from './testing/run.ts'

const after = (config: unknown, line: string, labels?: Record<string, string>) =>
  runStages(config, [line], labels === undefined ? {} : { labels }).out[0] as Outcome
const extracted = (config: unknown, line: string) => after(config, line).extracted
const time = (text: string) => BigInt(Date.parse(text)) * 1_000_000n

describe('json', () => {
  const line =
    '{"a":"x","n":1.5,"t":true,"z":null,"o":{"k":[1,{"id":"q"}]},"user-id":7,"ns":1705276800123456789,"l":[{"v":1},{"v":2}]}'
  test.each<[Record<string, string | null>, Record<string, string | undefined>]>([
    [{ a: null }, { a: 'x' }],
    [{ b: 'a' }, { b: 'x' }],
    [
      { n: '', t: '', z: '' },
      { n: '1.5', t: 'true', z: undefined },
    ],
    [{ k: 'o.k' }, { k: '[1,{"id":"q"}]' }],
    [{ k: 'o.k[1].id' }, { k: 'q' }],
    [{ k: 'o.k[-1].id' }, { k: 'q' }],
    [{ k: 'o.k[9].id' }, { k: undefined }],
    [{ k: '"user-id"' }, { k: '7' }],
    [{ 'user-id': null }, { 'user-id': '7' }],
    [{ ns: null }, { ns: '1705276800123456789' }],
    [{ v: 'l[*].v' }, { v: '[1,2]' }],
    [{ v: 'l[*].v | [0]' }, { v: '1' }],
    [{ v: "nope || z || 'none'" }, { v: 'none' }],
    [{ v: 'o.*' }, { v: '[[1,{"id":"q"}]]' }],
    [{ v: 'o.k[].id' }, { v: '["q"]' }],
    [{ v: '@.a' }, { v: 'x' }],
    [{ v: '(o | k) | [0]' }, { v: '1' }],
  ])('%j', (expressions, expected) => {
    expect(extracted([{ json: { expressions } }], line)).toEqual(expected)
  })

  test('without expressions takes all fields', () => {
    expect(extracted(['json'], '{"a":1,"b":{"c":2}}')).toEqual({ a: '1', b: '{"c":2}' })
  })

  test('of an extracted value', () => {
    const stages = [{ json: { expressions: { inner: '' } } }, { json: { source: 'inner', expressions: { x: 'y' } } }]
    expect(extracted(stages, '{"inner":"{\\"y\\":\\"z\\"}"}')).toMatchObject({ x: 'z' })
  })

  test('keeps lines that are none, and counts them; drops them when asked to', () => {
    const kept = runStages([{ json: { expressions: { a: '' } } }], ['text', '{"a":', '[1]'])
    expect([kept.out.length, kept.faults]).toEqual([3, ['json/malformed', 'json/malformed', 'json/malformed']])
    const dropped = runStages([{ json: { expressions: { a: '' }, drop_malformed: true } }], ['text', '{"a":2}'])
    expect([dropped.out.length, dropped.dropped]).toEqual([1, ['json/malformed']])
  })
})

describe('other readers of lines', () => {
  test.each<[string, unknown, string, Record<string, string | undefined>]>([
    [
      'logfmt',
      [{ logfmt: { mapping: { l: 'level', msg: null } } }],
      'level=warn msg="a \\"b\\"" x=1',
      { l: 'warn', msg: 'a "b"' },
    ],
    ['logfmt, all', ['logfmt'], 'a=1 b', { a: '1', b: '' }],
    ['regex', [{ regex: { expression: '^(?P<a>\\S+) (?<b>\\d+)?' } }], 'x 12 y', { a: 'x', b: '12' }],
    ['regex, none', [{ regex: { expression: '^(?P<a>\\d+)$' } }], 'x', {}],
    [
      'pattern',
      [{ pattern: { expression: '<ip> - <_> "<method> <path>"' } }],
      '1.2.3.4 - bob "GET /x"',
      { ip: '1.2.3.4', method: 'GET', path: '/x' },
    ],
  ])('%s', (_name, config, line, expected) => {
    expect(extracted(config, line)).toEqual(expected)
  })

  test('docker', () => {
    const entry = after(['docker'], '{"log":"hi\\n","stream":"stderr","time":"2024-01-02T03:04:05.000000006Z"}')
    expect(entry).toMatchObject({
      line: 'hi',
      labels: { job: 'test', stream: 'stderr' },
      timeNs: time('2024-01-02T03:04:05Z') + 6n,
    })
  })

  test('cri joins lines that were cut, by stream', () => {
    const at = (second: number, rest: string) => `2024-01-02T03:04:0${second}.5Z ${rest}`
    const { out } = runStages(
      [{ cri: {} }],
      [
        ...[
          at(1, 'stdout P ab'),
          at(2, 'stderr F oops'),
          at(3, 'stdout P cd'),
          at(4, 'stdout F ef'),
          at(5, 'stdout F '),
        ],
      ],
    )
    expect(out.map(({ line, labels, timeNs }) => [line, labels.stream, timeNs])).toEqual([
      ['oops', 'stderr', time('2024-01-02T03:04:02.5Z')],
      ['abcdef', 'stdout', time('2024-01-02T03:04:01.5Z')],
      ['', 'stdout', time('2024-01-02T03:04:05.5Z')],
    ])
  })
})

describe('timestamp', () => {
  const timeOf = (line: string, options: Record<string, unknown>) =>
    after([{ regex: { expression: '^(?P<t>.*)$' } }, { timestamp: { source: 't', ...options } }], line).timeNs
  test.each<[string, string, string | bigint]>([
    ['RFC3339', '2024-05-06T07:08:09.123456789+09:00', time('2024-05-05T22:08:09Z') + 123_456_789n],
    ['RFC3339Nano', '2024-05-06T07:08:09Z', '2024-05-06T07:08:09Z'],
    ['ISO8601', '2024-05-06 07:08:09,5', '2024-05-06T07:08:09.5Z'],
    ['ISO8601', '2024-05-06T07:08+0900', '2024-05-05T22:08:00Z'],
    ['ISO8601', '2024-05-06', '2024-05-06T00:00:00Z'],
    ['ANSIC', 'Mon Jan  2 15:04:05 2006', '2006-01-02T15:04:05Z'],
    ['UnixDate', 'Mon Jan  2 15:04:05 UTC 2006', '2006-01-02T15:04:05Z'],
    ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700', '2006-01-02T22:04:05Z'],
    ['Unix', '1562708916', '2019-07-09T21:48:36Z'],
    ['Unix', '1562708916.000000123', time('2019-07-09T21:48:36Z') + 123n],
    ['UnixMs', '1562708916919', '2019-07-09T21:48:36.919Z'],
    ['UnixUs', '1562708916919521', time('2019-07-09T21:48:36.919Z') + 521_000n],
    ['UnixNs', '1562708916919521666', time('2019-07-09T21:48:36.919Z') + 521_666n],
    ['2006-01-02 15:04:05,000', '2023-12-31 23:59:59,250', '2023-12-31T23:59:59.25Z'],
    ['02/Jan/2006:15:04:05 -0700', '10/Oct/2000:13:55:36 -0700', '2000-10-10T20:55:36Z'],
    ['Jan _2 15:04:05', 'Jan  9 01:02:03', '2024-01-09T01:02:03Z'],
    // It is January of 2024: December was last year.
    ['Jan _2 15:04:05', 'Dec 31 23:00:00', '2023-12-31T23:00:00Z'],
    ['Jan _2 15:04:05', 'Nov 30 23:00:00', '2024-11-30T23:00:00Z'],
  ])('%s %s', (format, text, expected) => {
    expect(timeOf(text, { format })).toBe(typeof expected === 'bigint' ? expected : time(expected))
  })

  test('zones', () => {
    const options = { format: '2006-01-02 15:04:05', location: 'Asia/Seoul' }
    expect(timeOf('2024-05-06 09:00:00', options)).toBe(time('2024-05-06T00:00:00Z'))
    expect(timeOf('2024-05-06 09:00:00', { ...options, format: 'ISO8601' })).toBe(time('2024-05-06T00:00:00Z'))
    expect(timeOf('2024-07-01 12:00:00', { ...options, location: 'America/New_York' })).toBe(
      time('2024-07-01T16:00:00Z'),
    )
  })

  test('falls back', () => {
    expect(timeOf('1562708916', { format: 'RFC3339', fallback_formats: ['UnixMs', '2006', 'Unix'] })).toBe(
      1_562_708_916_000_000n,
    )
  })

  test('what cannot be read follows the last one that could, or stays', () => {
    const stages = (action: string) => [
      ...[
        { regex: { expression: '^t=(?P<t>\\S*)' } },
        { timestamp: { source: 't', format: 'UnixNs', action_on_failure: action } },
      ],
    ]
    const lines = ['x', 't=1000', 't=later', 'y', 't=500', 'z']
    const nowNs = 1_705_276_800_000_000_000n
    const { out, faults } = runStages(stages('fudge'), lines)
    expect(out.map(({ timeNs }) => timeNs)).toEqual([nowNs, 1000n, 1001n, 1002n, 500n, 501n])
    expect(faults).toEqual(['missing', 'unreadable', 'missing', 'missing'].map((reason) => `timestamp/${reason}`))
    expect(runStages(stages('skip'), lines).out.map(({ timeNs }) => timeNs)).toEqual([
      nowNs,
      1000n,
      nowNs,
      nowNs,
      500n,
      nowNs,
    ])
  })

  test.each([
    '2024-02-30T00:00:00Z',
    '2024-05-06T24:00:00Z',
    '2024-05-06T07:08:09',
    '2024-05-06 07:08:09Z',
    'x',
    '',
    '2024-05-06T07:08:09.Z',
    '1969-12-31T23:59:59Z',
  ])('RFC3339 refuses %s', (text) => {
    expect(timeOf(text, { format: 'RFC3339', action_on_failure: 'skip' })).toBe(1_705_276_800_000_000_000n)
  })
})
