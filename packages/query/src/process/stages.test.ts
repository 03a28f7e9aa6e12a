import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { compileStages } from './compile.ts'
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

describe('labels and what stands beside lines', () => {
  const json = { json: {} }
  test.each<[string, unknown[], Record<string, string>]>([
    ['labels', [json, { labels: { level: null, svc: 'app' } }], { job: 'test', level: 'warn', svc: 'web' }],
    ['labels from numbers', [json, { labels: { n: '' } }], { job: 'test', n: '3' }],
    ['labels of nothing', [json, { labels: { gone: null, empty: null } }], { job: 'test' }],
    ['static_labels', [{ static_labels: { env: 'dev', job: '' } }], { env: 'dev' }],
    ['labeldrop', [{ labeldrop: ['job'] }], {}],
    ['labelallow', [json, { labels: ['level', 'app'] }, { labelallow: ['level'] }], { level: 'warn' }],
  ])('%s', (_name, config, expected) => {
    expect(after(config, '{"level":"warn","app":"web","n":3,"empty":""}').labels).toEqual(expected)
  })

  test('equal sets are one Map', () => {
    const run = compileStages([json, { labels: { level: null } }], 'x').open({ now: () => 0, count: () => {} })
    const base = new Map([['job', 'a']])
    const found = ['{"level":"a"}', '{"level":"b"}', '{"level":"a"}', 'none'].map((line) => {
      const entry = {
        timeNs: 0n,
        line,
        labels: base as ReadonlyMap<string, string>,
        metadata: [],
        extracted: undefined,
        tenant: undefined,
      }
      run.push(entry, () => {})
      return entry.labels
    })
    expect(found[0]).toBe(found[2])
    expect(found[0]).not.toBe(found[1])
    expect(found[3]).toBe(base)
  })

  test('metadata, output and tenant', () => {
    const config = [
      json,
      { structured_metadata: { trace: 'id' } },
      { output: { source: 'msg' } },
      { tenant: { source: 't' } },
    ]
    expect(after(config, '{"id":"q1","msg":"hello","t":"acme"}')).toMatchObject({
      metadata: { trace: 'q1' },
      line: 'hello',
      tenant: 'acme',
    })
    expect(after([{ tenant: { label: 'job' } }], 'x').tenant).toBe('test')
    expect(after([{ tenant: { value: 'fixed' } }], 'x').tenant).toBe('fixed')
  })
})

describe('changed lines', () => {
  test.each<[unknown, string, string]>([
    [{ replace: { expression: 'pass=(\\S+)', replace: '***' } }, 'a pass=x b pass=yy', 'a pass=*** b pass=***'],
    [{ replace: { expression: '(\\d+)-(\\d+)', replace: '{{ .Value }}!' } }, '1-2', '1!-2!'],
    [{ replace: { expression: 'x+', replace: 'y' } }, 'axxbx', 'ayby'],
    [{ replace: { expression: '(a(b))c', replace: '' } }, 'abc', 'c'],
    [{ replace: { expression: '(x)', replace: '{{ index "a" 9 }}' } }, 'axb', 'ab'],
    [{ decolorize: {} }, '\u001b[1;31mred\u001b[0m!', 'red!'],
  ])('%j', (config, line, expected) => {
    expect(after([config], line).line).toBe(expected)
  })

  test.each<[string, string | undefined]>([
    ['{{ ToUpper .Value }}', 'ABC'],
    ['{{ .Entry }}/{{ .other }}', 'v=abc/<no value>'],
    ['{{ if eq .Value "abc" }}yes{{ else }}no{{ end }}', 'yes'],
    ['{{ Replace .Value "b" "-" -1 }}{{ Trim .Value "ac" }}', 'a-cb'],
    ['{{ regexReplaceAll "(a)(b)" .Value "$2$1" }}', 'bac'],
    ['{{ if false }}x{{ end }}', undefined],
  ])('template %s', (text, expected) => {
    const config = [{ logfmt: {} }, { template: { source: 'v', template: text } }]
    expect(extracted(config, 'v=abc').v).toBe(expected)
  })
})

test('hashes are those of their standards, with the salt in front', () => {
  const of = (digest: string) => createHash(digest).update('saltabc').digest('hex')
  const config = [
    { logfmt: {} },
    { template: { source: 'v', template: '{{ Hash "salt" .Value }}{{ Sha2Hash "salt" .Value }}' } },
  ]
  expect(extracted(config, 'v=abc').v).toBe(of('sha3-256') + of('sha256'))
  const { line, extracted: values } = after(
    [{ replace: { expression: 'ip (?P<ip>\\S+)', replace: '{{ Sha2Hash "salt" .Value }}' } }],
    'ip abc',
  )
  expect([line, values]).toEqual([`ip ${of('sha256')}`, { ip: of('sha256') }])
})

describe('entries taken out', () => {
  const lines = ['level=debug a=1', 'level=info a=2', 'plain', `level=error ${'x'.repeat(100)}`]
  test.each<[string, unknown[], number[]]>([
    ['source and value', [{ drop: { source: 'level', value: 'debug' } }], [1, 2, 3]],
    ['source and expression', [{ drop: { source: 'level', expression: 'debug|info' } }], [2, 3]],
    ['source alone', [{ drop: { source: 'level' } }], [2]],
    ['sources joined', [{ drop: { source: ['level', 'a'], value: 'info;2' } }], [0, 2, 3]],
    ['sources, separator', [{ drop: { source: ['level', 'a'], separator: '#', expression: '^debug#1$' } }], [1, 2, 3]],
    ['expression on the line', [{ drop: { expression: '.*a=.*' } }], [2, 3]],
    ['longer_than', [{ drop: { longer_than: '50b' } }], [0, 1, 2]],
    ['all conditions', [{ drop: { source: 'level', longer_than: 50 } }], [0, 1, 2]],
    ['older_than', [{ drop: { older_than: '1h' } }], [0, 1, 2, 3]],
    ['keep', [{ keep: { source: 'level', expression: 'info|error' } }], [1, 3]],
    ['match, drop', [{ match: { selector: '{job="test"} |= "a="', action: 'drop' } }], [2, 3]],
    ['match, none', [{ match: { selector: '{job="other"}', action: 'drop' } }], [0, 1, 2, 3]],
    ['match, wide', [{ match: { selector: '{job!="other"} |~ "de.ug"', action: 'drop' } }], [1, 2, 3]],
    ['match, parsed', [{ match: { selector: '{} | logfmt | level="info"', action: 'drop' } }], [0, 2, 3]],
  ])('%s', (_name, stages, expected) => {
    const { out, dropped } = runStages([{ logfmt: {} }, ...stages], lines)
    expect(out.map(({ line }) => lines.indexOf(line))).toEqual(expected)
    expect(dropped.length).toBe(lines.length - expected.length)
  })

  test('reasons', () => {
    expect(runStages([{ drop: { expression: 'a', drop_counter_reason: 'noise' } }], ['a']).dropped).toEqual([
      'drop/noise',
    ])
  })

  test('old entries', () => {
    const config = [
      { regex: { expression: '(?P<t>\\d+)' } },
      { timestamp: { source: 't', format: 'Unix' } },
      { drop: { older_than: '1h' } },
    ]
    const nowS = 1_705_276_800
    expect(runStages(config, [`${nowS - 3601}`, `${nowS - 3599}`]).out.length).toBe(1)
  })

  test('match sends only what it finds through its stages', () => {
    const config = [
      {
        match: {
          selector: '{job="test"} |= "{"',
          stages: [{ json: {} }, { labels: ['level'] }, { drop: { source: 'level', value: 'x' } }],
        },
      },
      { static_labels: { seen: 'yes' } },
    ]
    const { out, dropped } = runStages(config, ['{"level":"a"}', 'text', '{"level":"x"}'])
    expect(out.map(({ labels }) => labels)).toEqual([
      { job: 'test', level: 'a', seen: 'yes' },
      { job: 'test', seen: 'yes' },
    ])
    expect(dropped).toEqual(['drop/drop_stage'])
  })

  test('sample', () => {
    const numbers = [0.05, 0.15, 0.5, 0.09]
    const { out, dropped } = runStages([{ sampling: { rate: 0.1 } }], ['a', 'b', 'c', 'd'], {
      random: () => numbers.shift() ?? 0,
    })
    expect([out.map(({ line }) => line), dropped.length]).toEqual([['a', 'd'], 2])
  })

  test('rateLimit drops what is more than the rate', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `${i}`)
    const { out } = runStages([{ limit: { rate: 10, burst: 5, drop: true } }], lines, { everyMs: 10 })
    // One second: the burst and what comes in meanwhile.
    expect(out.length).toBe(14)
  })

  test('rateLimit by label', () => {
    const lines = ['a', 'a', 'b', 'a', 'c'].map((app) => `app=${app}`).concat('none', 'none', 'none')
    const config = [
      { logfmt: {} },
      { labels: ['app'] },
      { limit: { rate: 1, burst: 2, drop: true, by_label_name: 'app' } },
    ]
    const { out } = runStages(config, lines)
    expect(out.map(({ line }) => line)).toEqual(['app=a', 'app=a', 'app=b', 'app=c', 'none', 'none', 'none'])
  })

  test('rateLimit that does not drop asks for a pause', () => {
    const config = [{ limit: { rate: 10, burst: 2 } }]
    expect(compileStages(config, 'x').pauses).toBe(true)
    const { out, pauseUntilMs } = runStages(config, ['a', 'b', 'c', 'd'])
    expect([out.length, pauseUntilMs - 1_705_276_800_000]).toEqual([4, 200])
  })
})

describe('multiline', () => {
  const config = [{ multiline: { firstline: '^\\d', max_wait_time: '3s' } }]
  test('joins lines to blocks; lines before the first pass', () => {
    const { out } = runStages(config, ['lost', '1 a', ' b', ' c', '2 d', '3 e', ' f'], { everyMs: 5 })
    expect(out.map(({ line, timeNs }) => [line, Number((timeNs - 1_705_276_800_000_000_000n) / 1_000_000n)])).toEqual([
      ...[
        ['lost', 0],
        ['1 a\n b\n c', 5],
        ['2 d', 20],
        ['3 e\n f', 25],
      ],
    ])
  })

  test('gives out what waited long enough', () => {
    expect(runStages(config, ['1', ' a', ' b'], { everyMs: 3000 }).out.map(({ line }) => line)).toEqual([
      '1',
      ' a',
      ' b',
    ])
    expect(runStages(config, ['1', ' a', ' b'], { everyMs: 2999 }).out.map(({ line }) => line)).toEqual(['1\n a\n b'])
  })

  test('bounds', () => {
    const of = (options: object, lines: string[]) =>
      runStages([{ multiline: { firstline: '^\\d', ...options } }], lines).out.map(({ line }) => line)
    expect(of({ max_lines: 2 }, ['1', 'a', 'b', 'c', 'd', '2'])).toEqual(['1\na', 'b\nc', 'd', '2'])
    expect(of({ max_lines: 1 }, ['1', 'a', '2'])).toEqual(['1', 'a', '2'])
    expect(of({ maxCharacters: 5 }, ['1', 'aaa', 'b', 'ccccccc', '2'])).toEqual(['1\naaa', 'b', 'ccccccc', '2'])
  })

  test('tells the oldest entry that waits', () => {
    const run = compileStages([{ multiline: { firstline: '^\\d' } }], 'x').open({ now: () => 0, count: () => {} })
    const entry = (line: string, app: Map<string, string>) => ({
      timeNs: 0n,
      line,
      labels: app,
      metadata: [],
      extracted: undefined,
      tenant: undefined,
    })
    const [a, b] = [new Map([['app', 'a']]), new Map([['app', 'b']])]
    const [first, second] = [entry('1', a), entry('2', b)]
    const out: string[] = []
    for (const one of [first, second, entry('+', a)]) run.push(one, ({ line }) => out.push(line))
    expect(run.held()).toBe(first)
    run.push(entry('3', a), ({ line }) => out.push(line))
    expect([run.held(), out]).toEqual([second, ['1\n+']])
    run.flush(0, true, ({ line }) => out.push(line))
    expect([run.held(), out]).toEqual([undefined, ['1\n+', '2', '3']])
  })

  test('works within match, before other stages', () => {
    const nested = [
      { match: { selector: '{job="test"}', stages: config } },
      { regex: { expression: '(?P<n>\\d)' } },
      { labels: ['n'] },
    ]
    expect(runStages(nested, ['1', ' a', '2']).out.map(({ line, labels }) => [line, labels.n])).toEqual([
      ['1\n a', '1'],
      ['2', '2'],
    ])
  })
})
