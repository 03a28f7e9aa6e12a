import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQueryEngine } from './create-engine.ts'
import type { QueryEngine } from './engine.ts'
import { type EmbeddedStore, openEmbeddedStore, type TestRecord } from './testing/embedded-store.ts'

/** 2023-11-14 22:00:00 UTC, a whole multiple of the steps below. */
const T0 = 1_699_999_200_000_000_000n
const MINUTE = 60_000_000_000n
const ID = '550e8400-e29b-41d4-a716-446655440000'

let store: EmbeddedStore
let engine: QueryEngine

function record(minutes: number, labels: Record<string, string>, line: string, tenant = 'a'): TestRecord {
  return { timeNs: T0 + BigInt(minutes) * MINUTE, labels, line, tenant }
}

beforeAll(async () => {
  store = await openEmbeddedStore()
  engine = createQueryEngine({ store, limits: { maxSeries: 2 } })
  await store.put([
    record(0, { app: 'api', pod: ID, user: ID, shard: '17', debug: '1' }, '0123456789'),
    record(9, { app: 'api', pod: ID, user: ID, shard: '17', debug: '1' }, '01234'),
    record(10, { app: 'api', pod: ID, user: ID, shard: '17', debug: '1' }, '0'),
    record(25, { app: 'web', shard: '18' }, '012'),
    record(26, { app: 'cron', shard: '18' }, '01'),
    record(12, { app: 'api' }, 'of b', 'b'),
    record(13, { app: 'api' }, 'of c', 'c'),
  ])
})
afterAll(() => store.close())

const hour = { startNs: T0, endNs: T0 + 60n * MINUTE }

describe('volume by buckets', () => {
  const volume = {
    tenant: 'a',
    ...hour,
    query: '{app=~".+"}',
    limit: 10,
    targetLabels: [],
    aggregateBy: 'series',
  } as const
  const asked = async (more: Partial<Parameters<QueryEngine['volumeRange']>[0]>) =>
    (await engine.volumeRange({ ...volume, stepNs: 10n * MINUTE, ...more })).map(({ labels, buckets }) => [
      Object.fromEntries(labels),
      buckets.map(({ endNs, bytes }) => [Number((endNs - T0) / 1_000_000n) / 60_000, bytes]),
    ])

  it('ends buckets a moment before the next one, the last one at the end of the range', async () => {
    const last = 10 - 1 / 60_000
    expect(await asked({})).toEqual([
      [
        { app: 'api' },
        [
          [last, 15],
          [last + 10, 1],
        ],
      ],
      [{ app: 'web' }, [[last + 20, 3]]],
      [{ app: 'cron' }, [[last + 20, 2]]],
    ])
    expect(await asked({ query: '{app="web"}', endNs: T0 + 25n * MINUTE })).toEqual([[{ app: 'web' }, [[25, 3]]]])
  })

  it('sums by name, keeps the largest, and knows when there is nothing', async () => {
    const names = await asked({ aggregateBy: 'labels', stepNs: 60n * MINUTE, limit: 2 })
    expect(names.map(([labels]) => labels)).toEqual([{ app: '' }, { shard: '' }])
    expect(await asked({ query: '{app="none"}' })).toEqual([])
    expect(await asked({ targetLabels: ['none'] })).toEqual([])
  })

  it('refuses a step that would make too many buckets', async () => {
    await expect(asked({ stepNs: 1_000_000n })).rejects.toThrow('exceeded maximum resolution')
  })
})

it('detects labels that group, and leaves out those that only tell apart', async () => {
  expect(await engine.detectedLabels({ tenant: 'a', ...hour })).toEqual([
    { label: 'app', cardinality: 3 },
    { label: 'debug', cardinality: 1 },
    { label: 'pod', cardinality: 1 },
  ])
  expect(await engine.detectedLabels({ tenant: 'a', ...hour, query: '{app="web"}' })).toEqual([
    { label: 'app', cardinality: 1 },
  ])
})

it('detects fields of the newest lines only', async () => {
  const asked = { tenant: 'a', ...hour, query: '{app=~".+"} | regexp "(?P<digits>.+)"', fieldLimit: 10 }
  const [digits] = await engine.detectedFields({ ...asked, lineLimit: 2 })
  expect([...(digits?.values ?? [])]).toEqual(['01', '012'])
  await expect(engine.detectedFields({ ...asked, lineLimit: 6_000 })).rejects.toThrow('max entries limit')
})

describe('several tenants at once', () => {
  const both = { tenant: 'a|b', ...hour }

  it('tells their streams apart by a label', async () => {
    const { entries } = await engine.logs({ ...both, query: '{app="api"}', limit: 10, direction: 'forward' })
    expect(entries.map(({ stream, line }) => [stream.get('__tenant_id__'), line])).toEqual([
      ['a', '0123456789'],
      ['a', '01234'],
      ['a', '0'],
      ['b', 'of b'],
    ])
    expect(await engine.labelValues({ ...both, name: '__tenant_id__' })).toEqual(['a', 'b'])
    expect(await engine.series({ ...both, match: ['{app="api"}'] })).toHaveLength(2)
    expect((await engine.stats({ ...both, query: '{app="api"}' })).entries).toBe(4)
  })

  it('selects, filters and groups by it', async () => {
    const lines = async (query: string) =>
      (await engine.logs({ ...both, query, limit: 10, direction: 'forward' })).entries.map(({ line }) => line)
    expect(await lines('{__tenant_id__="b"}')).toEqual(['of b'])
    expect(await lines('{app="api"} | __tenant_id__!="a"')).toEqual(['of b'])
    const query = 'sum by (__tenant_id__) (count_over_time({app="api"}[1h]))'
    const at = { startNs: hour.endNs, endNs: hour.endNs, stepNs: 1n }
    for (const pushdown of [true, false]) {
      const { value } = await engine.metric({ tenant: 'a|b', query, ...at, pushdown })
      if (value.kind !== 'vector') throw new Error('a vector is expected')
      expect(value.series.map(({ labels, values }) => [labels.get('__tenant_id__'), values[0]])).toEqual([
        ['a', 2],
        ['b', 1],
      ])
    }
  })
})

describe('limits of a request', () => {
  const logs = { tenant: 'a', ...hour, query: '{app="api"}', limit: 10, direction: 'forward' } as const
  it('hold for that request', async () => {
    await expect(engine.logs({ ...logs, limits: { maxEntries: 5 } })).rejects.toThrow('(10 > 5)')
    await expect(engine.logs({ ...logs, limits: { maxLengthMs: 60_000 } })).rejects.toThrow(
      'the query time range exceeds the limit (query length: 1h0m0s, limit: 1m)',
    )
    await expect(engine.logs({ ...logs, limits: { requiredLabels: ['env'] } })).rejects.toThrow('[env]')
    await expect(engine.logs({ ...logs, stepNs: 1_000_000n })).rejects.toThrow('exceeded maximum resolution')
    expect((await engine.logs(logs)).entries).toHaveLength(3)
  })

  it('a part of too many series comes with a warning where that is wanted', async () => {
    const metric = {
      tenant: 'a',
      query: 'count_over_time({app=~".+"}[1h])',
      startNs: hour.endNs,
      endNs: hour.endNs,
      stepNs: 1n,
    }
    await expect(engine.metric(metric)).rejects.toThrow('maximum number of series (2) reached')
    const { value, warnings } = await engine.metric({ ...metric, partialSeries: true })
    expect(warnings).toEqual(['maximum number of series (2) reached for a single query; returning partial results'])
    expect(value.kind === 'vector' && value.series).toHaveLength(2)
  })
})

it('statistics say what was read, what matched and what was given', async () => {
  const query = '{app="api"} | regexp "(?P<d>.+)" | d=~"0.*5.*"'
  const { stats } = await engine.logs({ tenant: 'a', ...hour, query, limit: 10, direction: 'forward' })
  expect(stats).toMatchObject({ linesScanned: 3, linesMatched: 1, entriesReturned: 1, streams: 1 })
  expect(stats.bytesScanned).toBe(16)
  const counted = await engine.metric({
    tenant: 'a',
    query: 'sum(count_over_time({app="api"} |= "01" [1h]))',
    startNs: hour.endNs,
    endNs: hour.endNs,
    stepNs: 1n,
  })
  expect(counted.stats).toMatchObject({ linesMatched: 1, streams: 1, entriesReturned: 1 })
})
