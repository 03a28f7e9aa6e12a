import { compilePipeline, lineFilterPatternFault, parseLogQL } from '@girok/query'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQueryEngine } from '../create-engine.ts'
import type { QueryEngine } from '../engine.ts'
import { DEFAULT_QUERY_LIMITS } from '../limits.ts'
import { createRuns } from '../run/runs.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../testing/embedded-store.ts'
import { seededRandom } from '../testing/random.ts'
import { liftOf } from './field-lift.ts'
import { groupByPattern } from './patterns.ts'
import { type SampledEntry, shareOf } from './sample.ts'

const T0 = BigInt(Date.UTC(2026, 0, 5, 10)) * 1_000_000n
const SECOND = 1_000_000_000n
const runs = createRuns(DEFAULT_QUERY_LIMITS, Date.now, () => {})

function sampled(line: string, level = 'info', i = 0): SampledEntry {
  const none = new Map<string, string>()
  const entry = { timeNs: T0 + BigInt(i), line, stream: none, metadata: none, parsed: none }
  return { entry, level, weight: 1 }
}

async function patternsOf(lines: readonly string[]): Promise<Map<string, string[]>> {
  const groups = await runs.run({ tenant: 't', query: 'test', lane: 'query' }, (run) =>
    groupByPattern([lines.map((line) => sampled(line))], run),
  )
  return new Map(groups.map(({ pattern, members }) => [pattern, members.map(({ sampled: { entry } }) => entry.line)]))
}

function fits(pattern: string, line: string): boolean {
  const log = parseLogQL(`{a="b"} |> ${JSON.stringify(pattern)}`)
  if (log.kind !== 'log') throw new Error('no log query')
  return compilePipeline(log).process({ timeNs: 0n, stream: new Map(), metadata: [], line }) !== undefined
}

describe('patterns of lines', () => {
  it('keeps what lines share and puts <_> for the rest', async () => {
    const numbers = [...Array(40).keys()]
    const found = await patternsOf([
      ...numbers.map((i) => `Accepted password for user${i} from 10.0.0.${i}:${1000 + i} port ${22 + (i % 2)} ssh2`),
      ...numbers.map((i) => `level=info took=${i}ms path=/api/${i} status=200 ok`),
      ...['kim', 'lee', 'park'].map((name) => `user ${name} logged in`),
      ...numbers.map((i) => `{"ts":${i},"msg":"request ${i} done in ${i}ms","id":"${i * 7919}"}`),
      ...numbers.map((i) => `{"event":"train","loss":0.${i}1}`),
    ])
    expect([...found.keys()]).toEqual([
      'Accepted password for <_> from <_> port <_> ssh2',
      'level=info took=<_> path=<_> status=200 ok',
      'user <_> logged in',
      '<_>"request <_> done in <_>"<_>',
      '{"event":"train","loss":<_>}',
    ])
  })

  it('makes filters that are valid, and that fit lines which hold what the language reserves', async () => {
    const lines = [
      'connection <nil> refused by 1',
      'connection <nil> refused by 2',
      '<_> a 1',
      '<_> a 2',
      'took 1 ms, then 2 ms',
      'took ms 3, then 4 ms',
      '',
      '   ',
      'x'.repeat(10_000),
      `{"msg":"${'long '.repeat(1000)}1"}`,
      `{"msg":"a \\"quoted\\" 1"}`,
      `{"msg":"a \\"quoted\\" 2"}`,
      '<a><b>1</b></a>',
      '\u0000\t\n tabs 1',
      '로그 😀 1',
    ]
    for (const [pattern, members] of await patternsOf(lines)) {
      expect(lineFilterPatternFault(pattern), pattern).toBeUndefined()
      for (const line of members) expect(fits(pattern, line), `${pattern} ← ${line}`).toBe(true)
    }
  })

  it('makes filters that fit each line they stand for, whatever the lines (random)', async () => {
    const seed = Number(process.env.GIROK_TEST_SEED ?? Date.now() % 1_000_000)
    console.log(`seed ${seed}`)
    const random = seededRandom(seed)
    const pieces = [
      'a',
      'b',
      'error',
      '1',
      '23',
      '<_>',
      '<x>',
      '<',
      '>',
      ' ',
      '  ',
      '"',
      '\\"',
      '{',
      '}',
      '=',
      ':',
      ',',
      '{"msg":"',
      '\n',
      '세',
      '"}',
    ]
    for (let round = 0; round < 60; round++) {
      const few = pieces.filter(() => random.chance(0.5))
      const lines = Array.from({ length: 60 }, () =>
        Array.from({ length: random.below(12) }, () => (few.length > 0 ? random.pick(few) : '')).join(''),
      )
      const found = await patternsOf(lines)
      expect([...found.values()].flat().sort()).toEqual([...lines].sort())
      for (const [pattern, members] of found) {
        expect(lineFilterPatternFault(pattern), pattern).toBeUndefined()
        for (const line of members) expect(fits(pattern, line), JSON.stringify([pattern, line])).toBe(true)
      }
    }
  })

  it('is bounded: lines that have nothing in common do not grow the memory', async () => {
    const found = await patternsOf(
      [...Array(6000).keys()].map((i) => i.toString(2).replaceAll('0', '=').replaceAll('1', 'x,')),
    )
    expect(found.size).toBeLessThanOrEqual(4000)
  })
})

describe('the sample', () => {
  it('gives small strata whole and the others alike', () => {
    expect(shareOf([10, 20], 100)).toBe(Number.POSITIVE_INFINITY)
    expect(shareOf([10, 1000, 1000], 210)).toBe(100)
    expect(shareOf([5, 5, 1_000_000], 1010)).toBe(1000)
  })

  it('has a lift of 1 for equal shares, above 1 for more, finite without a base', () => {
    expect(liftOf(50, 99, 50, 99)).toBe(1)
    expect(liftOf(0, 100, 0, 100)).toBe(1)
    expect(liftOf(20, 100, 10, 100)).toBeGreaterThan(1.8)
    expect(liftOf(10, 100, 0, 100)).toBe(21)
  })
})

describe('over a store', () => {
  let store: EmbeddedStore
  let engine: QueryEngine
  const range = { startNs: T0, endNs: T0 + 600n * SECOND }
  const query = '{app="x"}'

  beforeAll(async () => {
    store = await openEmbeddedStore()
    engine = createQueryEngine({ store })
    const records = Array.from({ length: 60_000 }, (_, i) => ({
      timeNs: T0 + BigInt(i) * 10_000_000n,
      labels: { app: 'x' },
      level: 'info',
      line: i % 2 === 0 ? `GET /items/${i} 200 in ${i % 97}ms` : `{"msg":"cache miss for key ${i}","n":${i}}`,
    }))
    await store.put(records)
    await store.put(
      [1, 2, 3].map((i) => ({
        timeNs: T0 + BigInt(i) * SECOND,
        labels: { app: 'x' },
        level: 'error',
        line: `payment ${i} failed: card declined`,
      })),
    )
    await store.put([{ timeNs: T0, labels: { app: 'y' }, line: 'of another stream' }])
  }, 60_000)
  afterAll(() => store?.close())

  it('finds rare errors among many lines, tells counts by step, and says how many lines it looked at', async () => {
    const result = await engine.patterns({ tenant: 'default', query, ...range, stepNs: 60n * SECOND })
    expect(result.patterns.map(({ pattern }) => pattern).sort()).toEqual([
      '<_>"cache miss for key <_>"<_>',
      'GET <_> 200 in <_>',
      'payment <_> failed: card declined',
    ])
    expect(result.totalLines).toBe(60_003)
    expect(result.sampledLines).toBeGreaterThan(35_000)
    expect(result.sampledLines).toBeLessThan(45_000)
    const failed = result.patterns.find(({ pattern }) => pattern.startsWith('payment'))
    expect(failed).toMatchObject({ count: 3, example: 'payment 1 failed: card declined' })
    expect(failed?.levels).toEqual([{ level: 'error', count: 3, samples: [[Number(T0 / SECOND), 3]] }])
    for (const { count, levels } of result.patterns.slice(0, 2)) {
      expect(Math.abs(count - 30_000)).toBeLessThan(600)
      expect(levels[0]?.samples).toHaveLength(10)
      expect(levels[0]?.samples.reduce((sum, [, lines]) => sum + lines, 0)).toBe(count)
    }
    expect(await engine.patterns({ tenant: 'default', query, ...range, stepNs: 60n * SECOND })).toEqual(result)
  })

  it('looks at what the query leaves, and is exact below the bound', async () => {
    const result = await engine.patterns({
      tenant: 'default',
      query: '{app="x"} | json | n > 59990 | line_format "{{.msg}}"',
      ...range,
      stepNs: 60n * SECOND,
    })
    expect(result.patterns.map(({ pattern, count }) => [pattern, count])).toEqual([['cache miss for key <_>', 5]])
    expect(result).toMatchObject({ sampledLines: 5, totalLines: 5 })
    const empty = await engine.patterns({ tenant: 'default', query: '{app="none"}', ...range, stepNs: SECOND })
    expect(empty).toEqual({ patterns: [], sampledLines: 0, totalLines: 0 })
  })

  it('compares two ranges: patterns and values of fields', async () => {
    const half = T0 + 300n * SECOND
    await store.put(
      Array.from({ length: 400 }, (_, i) => ({
        timeNs: half + (BigInt(i) * SECOND) / 4n,
        labels: { app: 'z' },
        level: 'info',
        line: i % 4 === 0 ? `retry ${i} of upload` : `{"path":"/a","status":${i % 2 === 0 ? 500 : 200},"i":${i}}`,
      })),
    )
    await store.put(
      Array.from({ length: 400 }, (_, i) => ({
        timeNs: T0 + (BigInt(i) * SECOND) / 4n,
        labels: { app: 'z' },
        level: 'info',
        line: i % 4 === 0 ? `warming cache ${i}` : `{"path":"/a","status":200,"i":${i}}`,
      })),
    )
    const result = await engine.compare({
      tenant: 'default',
      query: '{app="z"}',
      startNs: half,
      endNs: range.endNs,
      baseStartNs: T0,
      baseEndNs: half,
    })
    expect(result.patterns.map(({ pattern, change, count, baseCount }) => [pattern, change, count, baseCount])).toEqual(
      [
        ['retry <_> of upload', 'new', 100, 0],
        ['warming cache <_>', 'gone', 0, 100],
        ['{"path":"/a","status":<_>,"i":<_>}', 'same', 300, 300],
      ],
    )
    expect(result).toMatchObject({ totalLines: 400, baseTotalLines: 400, sampledLines: 400 })
    const [first] = result.fields
    expect(first?.name).toBe('status')
    expect(first?.values[0]).toEqual({ value: '500', count: 100, baseCount: 0, lift: 201 })
    expect(result.fields.find(({ name }) => name === 'path')?.values[0]).toMatchObject({ lift: 1 })
  })
})
