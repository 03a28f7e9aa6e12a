import { describe, expect, test } from 'vitest'
import { compileStages } from './compile.ts'
import { runStages } from './testing/run.ts'

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
