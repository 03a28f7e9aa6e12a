import { expect, test } from 'vitest'
import { MetricTable, metricSamples } from './metric-table.ts'
import { runStages } from './testing/run.ts'

function samples(config: unknown, lines: readonly string[]) {
  const { metrics, faults } = runStages([{ logfmt: {} }, { metrics: config }], lines)
  const found = metrics.read().flatMap(metricSamples)
  const shown = found.map(({ name, labels, value }) => {
    const own = [...labels].filter(([label]) => label !== 'job').map(([label, text]) => `{${label}=${text}}`)
    return `${name}${own.join('')} ${value}`
  })
  return { shown, faults }
}

const lines = ['level=info took=0.5 n=3', 'level=error took=250ms n=x', 'level=error', 'plain line']

test.each<[string, object, string[]]>([
  ['all lines', { lines: { type: 'Counter', config: { match_all: true, action: 'inc' } } }, ['lines 4']],
  [
    'bytes',
    { b: { type: 'Counter', prefix: 'x_', config: { match_all: true, count_entry_bytes: true, action: 'add' } } },
    ['x_b 70'],
  ],
  ['by value', { e: { type: 'Counter', source: 'level', config: { value: 'error', action: 'inc' } } }, ['e 2']],
  ['sum', { took: { type: 'Counter', config: { action: 'add' } } }, ['took 0.75']],
  ['gauge', { n: { type: 'Gauge', config: { action: 'set' } } }, ['n 3']],
  ['gauge down', { level: { type: 'gauge', config: { action: 'dec' } } }, ['level -3']],
  [
    'histogram',
    { took: { type: 'histogram', config: { buckets: [0.25, 0.3, 1] } } },
    [
      'took_bucket{le=0.25} 1',
      'took_bucket{le=0.3} 1',
      'took_bucket{le=1} 2',
      'took_bucket{le=+Inf} 2',
      'took_sum 0.75',
      'took_count 2',
    ],
  ],
])('%s', (_name, config, expected) => {
  expect(samples(config, lines).shown).toEqual(expected)
})

test('values that are no numbers are counted', () => {
  expect(samples({ n: { type: 'counter', config: { action: 'add' } } }, [...lines, 'n=-1'])).toEqual({
    shown: ['n 3'],
    faults: ['metrics/no_number', 'metrics/negative'],
  })
})

test('series have the labels of the entries', () => {
  const config = [
    { logfmt: {} },
    { labels: ['level'] },
    { metrics: { c: { type: 'counter', config: { match_all: true, action: 'inc' } } } },
  ]
  const [family] = runStages(config, lines).metrics.read()
  expect(family?.series.map(({ labels, value }) => [labels.get('level'), value])).toEqual([
    ['info', 1],
    ['error', 2],
    [undefined, 1],
  ])
})

test('one name is one kind of metric', () => {
  const metric = (type: string) => ({
    metrics: { c: { type, source: 'n', config: type === 'histogram' ? {} : { action: 'add' } } },
  })
  const { faults, metrics } = runStages([{ logfmt: {} }, metric('counter'), metric('histogram')], ['n=1'])
  expect(faults).toEqual(['metrics/conflict'])
  expect(metrics.read().map(({ definition }) => definition.kind)).toEqual(['counter'])
})

test('idle series are forgotten, and their number is bounded', () => {
  let nowMs = 0
  const table = new MetricTable(() => nowMs, 2)
  const writer = table.metric({ name: 'c', kind: 'counter', help: '', buckets: [], maxIdleMs: 1000 })
  const add = (app: string) => writer?.add(new Map([['app', app]]), 1)
  expect([add('a'), add('b'), add('c'), add('a')]).toEqual([true, true, false, true])
  nowMs = 800
  add('a')
  nowMs = 1500
  expect(add('c')).toBe(true)
  expect(table.read()[0]?.series.map(({ labels, value }) => [labels.get('app'), value])).toEqual([
    ['a', 3],
    ['c', 1],
  ])
  nowMs = 5000
  expect(table.read()).toEqual([])
})
