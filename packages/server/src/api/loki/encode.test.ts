import { expect, test } from 'vitest'
import type { ResultEntry } from '../../query/engine.ts'
import { encodeInstant, encodeMatrix, encodeStreams, envelope, jsonString } from './encode.ts'

const none = new Map<string, string>()
const entry = (timeNs: bigint, line: string, more: Partial<ResultEntry> = {}): ResultEntry => ({
  timeNs,
  line,
  stream: new Map([['app', 'a']]),
  metadata: none,
  parsed: none,
  ...more,
})
const series = (labels: Record<string, string>, values: number[], present = values.map(() => 1)) => ({
  labels: new Map(Object.entries(labels)),
  values: Float64Array.from(values),
  present: Uint8Array.from(present),
})
const STATS = {
  execMs: 2,
  queueMs: 1,
  linesScanned: 10,
  bytesScanned: 100,
  linesMatched: 4,
  streams: 3,
  entriesReturned: 1,
}

test('strings are escaped as Go does', () => {
  expect(jsonString('a<b>&"\u2028')).toBe('"a\\u003cb\\u003e\\u0026\\"\\u2028"')
})

test('entries with the same labels form one stream, streams are sorted by labels', () => {
  const entries = [
    entry(3n, 'three', { parsed: new Map([['x', '1']]) }),
    entry(2n, 'two'),
    entry(1n, 'one', { metadata: new Map([['x', '1']]) }),
  ]
  expect(JSON.parse(encodeStreams(entries, false))).toEqual([
    {
      stream: { app: 'a', x: '1' },
      values: [
        ['3', 'three'],
        ['1', 'one'],
      ],
    },
    { stream: { app: 'a' }, values: [['2', 'two']] },
  ])
})

test('categorized: the stream keeps its own labels, each entry carries the others', () => {
  const entries = [
    entry(3n, 'three', { parsed: new Map([['x', '1']]), metadata: new Map([['m', '2']]) }),
    entry(2n, 'two'),
  ]
  expect(JSON.parse(encodeStreams(entries, true))).toEqual([
    {
      stream: { app: 'a' },
      values: [
        ['3', 'three', { structuredMetadata: { m: '2' }, parsed: { x: '1' } }],
        ['2', 'two', {}],
      ],
    },
  ])
})

test('a matrix leaves absent points out, drops empty series and never writes an exponent', async () => {
  const value = {
    kind: 'vector',
    ordered: false,
    series: [
      series({ b: '2' }, [1e21, Number.NaN], [1, 1]),
      series({ a: '1' }, [0.5, 7], [0, 1]),
      series({}, [1, 1], [0, 0]),
    ],
  } as const
  const { type, result } = await encodeMatrix(value, { startNs: 1_568_404_331_324_000_000n, stepNs: 1_000_000_000n })
  expect(type).toBe('matrix')
  expect(result).toBe(
    '[{"metric":{"a":"1"},"values":[[1568404332.324,"7"]]},{"metric":{"b":"2"},"values":[[1568404331.324,"1000000000000000000000"],[1568404332.324,"NaN"]]}]',
  )
})

test('a large matrix lets others have their turn while it is written', async () => {
  const points = 11_000
  const many = Array.from({ length: 200 }, (_, i) =>
    series({ a: `${i}` }, Array(points).fill(1.5), Array(points).fill(1)),
  )
  let turns = 0
  const count = () => {
    turns++
    timer = setImmediate(count)
  }
  let timer = setImmediate(count)
  const { result } = await encodeMatrix(
    { kind: 'vector', ordered: false, series: many },
    { startNs: 0n, stepNs: 1_000_000_000n },
  )
  clearImmediate(timer)
  expect(JSON.parse(result)).toHaveLength(200)
  expect(turns).toBeGreaterThan(10)
})

test('an instant vector keeps its order when it was sorted', () => {
  const ordered = { kind: 'vector', ordered: true, series: [series({ b: '2' }, [2]), series({ a: '1' }, [1])] } as const
  expect(encodeInstant(ordered, 5_000_000_000n).result).toBe(
    '[{"metric":{"b":"2"},"value":[5,"2"]},{"metric":{"a":"1"},"value":[5,"1"]}]',
  )
  expect(encodeInstant({ kind: 'scalar', values: Float64Array.of(2) }, 5_000_000_000n)).toEqual({
    type: 'scalar',
    result: '[5,"2"]',
  })
})

test('a scalar over a range is one series without labels', async () => {
  const { result } = await encodeMatrix(
    { kind: 'scalar', values: Float64Array.of(1, 1) },
    { startNs: 0n, stepNs: 1_000_000_000n },
  )
  expect(result).toBe('[{"metric":{},"values":[[0,"1"],[1,"1"]]}]')
})

test('the envelope is JSON with statistics; flags are told for streams only, warnings where there are any', () => {
  const flags = ['categorize-labels']
  const streams = JSON.parse(envelope({ resultType: 'streams', result: '[]', stats: STATS, flags }))
  expect(streams).not.toHaveProperty('warnings')
  expect(streams.data).toMatchObject({ resultType: 'streams', encodingFlags: flags, result: [] })
  expect(streams.data.stats.summary).toMatchObject({
    totalLinesProcessed: 10,
    linesProcessedPerSecond: 5_000,
    totalPostFilterLines: 4,
    queueTime: 0.001,
  })
  expect(streams.data.stats.index.totalStreams).toBe(3)
  const matrix = JSON.parse(envelope({ resultType: 'matrix', result: '[]', stats: STATS, flags, warnings: ['part'] }))
  expect(matrix.warnings).toEqual(['part'])
  expect(matrix.data).not.toHaveProperty('encodingFlags')
})

test('streams and series are in the order of their labels, not of their lengths', async () => {
  const entries = ['info', 'error'].map((level, i) => entry(BigInt(i), level, { parsed: new Map([['level', level]]) }))
  const streams = JSON.parse(encodeStreams(entries, false)) as { stream: { level: string } }[]
  expect(streams.map(({ stream }) => stream.level)).toEqual(['error', 'info'])
  const value = {
    kind: 'vector',
    ordered: false,
    series: [series({ l: 'info' }, [1]), series({ l: 'error' }, [1])],
  } as const
  const matrix = JSON.parse((await encodeMatrix(value, { startNs: 0n, stepNs: 1n })).result)
  expect(matrix.map((one: { metric: { l: string } }) => one.metric.l)).toEqual(['error', 'info'])
})
