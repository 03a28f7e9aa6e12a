import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQueryEngine } from './create-engine.ts'
import type { QueryEngine } from './engine.ts'
import { type EmbeddedStore, openEmbeddedStore, type TestRecord } from './testing/embedded-store.ts'

const T0 = 1_700_000_000_000_000_000n
const SECOND = 1_000_000_000n
const HOUR = 3600n * SECOND

let store: EmbeddedStore
let engine: QueryEngine

function record(
  seconds: number,
  labels: Record<string, string>,
  line: string,
  more: Partial<TestRecord> = {},
): TestRecord {
  return { timeNs: T0 + BigInt(Math.round(seconds * 1e9)), labels, line, ...more }
}

beforeAll(async () => {
  store = await openEmbeddedStore()
  engine = createQueryEngine({ store })
  const api = { app: 'api', env: 'prod' }
  const web = { app: 'web', env: 'prod' }
  await store.put([
    record(0, api, '{"status":200,"path":"/a","ms":12.5}', { level: 'info' }),
    record(10, api, '{"status":500,"path":"/b","ms":900}', { level: 'error' }),
    record(10, web, 'GET /index', { level: 'info', metadata: [['trace_id', 't1']] }),
    record(20, web, 'multi\nline  日本語', { metadata: [['trace_id', 't2']] }),
    record(-7200, { app: 'old' }, 'two hours before'),
  ])
  // The same moment, later arrivals.
  await store.put([record(10, api, 'api again'), record(10, { ...api, zone: 'b' }, 'zone b'), record(30, web, 'last')])
  await store.put([record(0, { app: 'api' }, 'of another tenant', { tenant: 'other' })])
})
afterAll(() => store.close())

async function lines(query: string, more: Partial<Parameters<QueryEngine['logs']>[0]> = {}): Promise<string[]> {
  const { entries } = await engine.logs({
    tenant: 'default',
    query,
    startNs: T0,
    endNs: T0 + HOUR,
    limit: 100,
    direction: 'forward',
    ...more,
  })
  return entries.map((entry) => entry.line)
}

describe('log queries', () => {
  it('returns lines exactly, with labels, metadata and level', async () => {
    const { entries } = await engine.logs({
      tenant: 'default',
      query: '{app="web"} | json',
      startNs: T0,
      endNs: T0 + HOUR,
      limit: 10,
      direction: 'forward',
    })
    expect(entries.map(({ line }) => line)).toEqual(['GET /index', 'multi\nline  日本語', 'last'])
    expect(entries[0]?.timeNs).toBe(T0 + 10n * SECOND)
    expect(Object.fromEntries(entries[0]?.stream ?? [])).toEqual({ app: 'web', env: 'prod' })
    expect(Object.fromEntries(entries[0]?.metadata ?? [])).toEqual({ trace_id: 't1', detected_level: 'info' })
    expect(entries[0]?.parsed.get('__error__')).toBe('JSONParserErr')
  })

  it('orders equal times by stream text, then arrival, in both directions', async () => {
    const at = ['zone b', '{"status":500,"path":"/b","ms":900}', 'api again', 'GET /index']
    const here = { startNs: T0 + 10n * SECOND, endNs: T0 + 11n * SECOND }
    expect(await lines('{app=~".+"}', here)).toEqual(at)
    expect(await lines('{app=~".+"}', { ...here, direction: 'backward' })).toEqual(at)
    expect(await lines('{app=~".+"}', { ...here, limit: 2 })).toEqual(at.slice(0, 2))
    expect(await lines('{app=~".+"}', { ...here, limit: 3, direction: 'backward' })).toEqual(at.slice(0, 3))
  })

  it('takes the start and leaves out the end', async () => {
    expect(await lines('{app="web"}', { startNs: T0 + 20n * SECOND, endNs: T0 + 30n * SECOND })).toEqual([
      'multi\nline  日本語',
    ])
  })

  it('walks back over empty hours and stops at the limit', async () => {
    const wide = { startNs: T0 - 700n * HOUR, endNs: T0 + HOUR, direction: 'backward' } as const
    expect(await lines('{app=~".+"}', { ...wide, limit: 1 })).toEqual(['last'])
    store.takeStatements()
    expect(await lines('{app="old"}', wide)).toEqual(['two hours before'])
    expect(store.takeStatements().length).toBeLessThanOrEqual(6)
  })

  it('thins by interval over all streams', async () => {
    expect(await lines('{app=~".+"}', { intervalNs: 10n * SECOND })).toEqual([
      '{"status":200,"path":"/a","ms":12.5}',
      'zone b',
      'multi\nline  日本語',
      'last',
    ])
  })

  it('filters fields, whatever is pushed down', async () => {
    for (const pushdown of [true, false]) {
      expect(await lines('{app="api"} | json | status=500', { pushdown })).toEqual([
        '{"status":500,"path":"/b","ms":900}',
      ])
      expect(await lines('{app="api"} | json | ms > 12.4 | path="/a"', { pushdown })).toEqual([
        '{"status":200,"path":"/a","ms":12.5}',
      ])
      expect(await lines('{app=~".+"} | trace_id="t2"', { pushdown })).toEqual(['multi\nline  日本語'])
      expect(await lines('{app=~".+"} | detected_level="error"', { pushdown })).toEqual([
        '{"status":500,"path":"/b","ms":900}',
      ])
      expect(await lines('{app=~".+"} |~ "multi.line"', { pushdown })).toEqual([])
      expect(await lines('{app=~".+"} |~ "(?s)multi.LINE"', { pushdown })).toEqual([])
      expect(await lines('{app=~".+"} |~ "(?is)multi.LINE"', { pushdown })).toEqual(['multi\nline  日本語'])
      expect(await lines('{app=~".+"} |= "日本"', { pushdown })).toEqual(['multi\nline  日本語'])
    }
  })

  it('evaluates by rows what the engine of the store refuses', async () => {
    store.takeStatements()
    expect(await lines('{app="web"} |~ `~~|[\\pL\\pN]{1000}|日本`')).toEqual(['multi\nline  日本語'])
    const [refused, ...others] = store.takeStatements()
    expect(refused).toContain('match(')
    expect(others.join()).not.toContain('match(')
  })

  it('exports everything, oldest first', async () => {
    const seen: string[] = []
    for await (const page of engine.exportLogs({
      tenant: 'default',
      query: '{app=~".+"}',
      startNs: T0 - 5n * HOUR,
      endNs: T0 + HOUR,
    })) {
      seen.push(...page.map(({ line }) => line))
    }
    expect(seen).toHaveLength(8)
    expect(seen[0]).toBe('two hours before')
    expect(seen.at(-1)).toBe('last')
  })
})

describe('metric queries', () => {
  const range = { tenant: 'default', startNs: T0, endNs: T0 + 60n * SECOND, stepNs: 10n * SECOND }
  const text = async (query: string, more: object = {}): Promise<string[]> => {
    const { value } = await engine.metric({ ...range, query, ...more })
    if (value.kind === 'scalar') return [`scalar ${[...value.values]}`]
    return value.series.map(
      ({ labels, values, present }) =>
        `${JSON.stringify(Object.fromEntries(labels))} ${[...values].map((v, i) => (present[i] ? v : '_')).join(' ')}`,
    )
  }

  it('counts rows in left-open windows', async () => {
    for (const pushdown of [true, false]) {
      expect(await text('sum by (app) (count_over_time({env="prod"}[10s]))', { pushdown })).toEqual([
        '{"app":"api"} 1 3 _ _ _ _ _',
        '{"app":"web"} _ 1 1 1 _ _ _',
      ])
      expect(await text('sum(count_over_time({env="prod"}[25s]))', { pushdown })).toEqual(['{} 1 5 6 6 2 1 _'])
      expect(await text('sum by (detected_level) (count_over_time({app="api"}[1m]))', { pushdown, endNs: T0 })).toEqual(
        ['{"detected_level":"info"} 1'],
      )
      expect(await text('count_over_time({app="web"} |= "GET" [1m] offset -20s)', { pushdown, endNs: T0 })).toEqual([
        '{"app":"web","env":"prod","trace_id":"t1","detected_level":"info"} 1',
      ])
    }
    expect(store.takeStatements().some((sql) => sql.includes('GROUP BY'))).toBe(true)
  })

  it('evaluates literals, vectors and arithmetic', async () => {
    expect(
      await text('vector(1)+vector(1)', { startNs: 4_000_000_000n * SECOND, endNs: 4_000_000_000n * SECOND }),
    ).toEqual(['{} 2'])
    expect(await text('1+1', { endNs: T0 })).toEqual(['scalar 2'])
    expect(await text('sum(rate({env="prod"}[10s])) * 10', { endNs: T0 + 10n * SECOND })).toEqual(['{} 1 4'])
  })

  it('takes windows longer than the engine can reckon with', async () => {
    for (const pushdown of [true, false]) {
      expect(await text('sum(count_over_time({env="prod"}[290y]))', { pushdown, endNs: T0 })).toEqual(['{} 1'])
    }
  })

  it('fails on pipeline errors that are not skipped', async () => {
    for (const pushdown of [true, false]) {
      await expect(text('count_over_time({app="web"} | json [1m])', { pushdown })).rejects.toThrow(
        /pipeline error: 'JSONParserErr'/,
      )
    }
  })
})

describe('streams', () => {
  const here = { tenant: 'default', startNs: T0, endNs: T0 + HOUR }

  it('lists label names, values and series of the range', async () => {
    expect(await engine.labels(here)).toEqual(['app', 'env', 'zone'])
    expect(await engine.labels({ ...here, query: '{app="web"}' })).toEqual(['app', 'env'])
    expect(await engine.labelValues({ ...here, name: 'app' })).toEqual(['api', 'web'])
    expect(await engine.labelValues({ ...here, startNs: T0 - 3n * HOUR, name: 'app' })).toEqual(['api', 'old', 'web'])
    expect((await engine.series({ ...here, match: ['{app="web"}', '{zone="b"}'] })).map((l) => l.get('app'))).toEqual([
      'api',
      'web',
    ])
    expect(await engine.series({ ...here, match: [] })).toHaveLength(3)
    await expect(engine.labels({ ...here, query: '{app="web"} |= "x"' })).rejects.toThrow(
      'only label matchers are supported',
    )
  })

  it('counts streams, chunks, bytes and entries', async () => {
    expect(await engine.stats({ ...here, query: '{app="web"}' })).toEqual({
      streams: 1,
      chunks: 1,
      bytes: 10 + Buffer.byteLength('multi\nline  日本語') + 4,
      entries: 3,
    })
  })

  it('sums volume by series and by label', async () => {
    const volume = { ...here, query: '{env="prod"}', limit: 10, targetLabels: [], aggregateBy: 'series' } as const
    const shown = (entries: { labels: ReadonlyMap<string, string>; bytes: number }[]): unknown[] =>
      entries.map(({ labels, bytes }) => [Object.fromEntries(labels), bytes])
    const web = 10 + Buffer.byteLength('multi\nline  日本語') + 4
    const api = 36 + 35 + 9 + 6
    expect(shown(await engine.volume({ ...volume, targetLabels: ['app'] }))).toEqual([
      [{ app: 'api' }, api],
      [{ app: 'web' }, web],
    ])
    // Names alone: of all labels that the streams have, or of those asked for.
    expect(shown(await engine.volume({ ...volume, aggregateBy: 'labels' }))).toEqual([
      [{ app: '' }, api + web],
      [{ env: '' }, api + web],
      [{ zone: '' }, 6],
    ])
    expect(shown(await engine.volume({ ...volume, aggregateBy: 'labels', targetLabels: ['env'] }))).toEqual([
      [{ env: '' }, api + web],
    ])
    expect(shown(await engine.volume({ ...volume, targetLabels: ['zone'] }))).toEqual([[{ zone: 'b' }, 6]])
  })

  it('finds fields of labels, metadata and lines', async () => {
    const { sampledLines, fields } = await engine.fields({ ...here, query: '{app=~".+"}', lineLimit: 100 })
    expect(sampledLines).toBe(7)
    const named = (name: string): unknown => fields.find((field) => field.name === name)
    expect(named('status')).toEqual({
      name: 'status',
      origin: 'json',
      type: 'number',
      count: 2,
      cardinality: 2,
      top: [
        { value: '200', count: 1 },
        { value: '500', count: 1 },
      ],
    })
    expect(named('app')).toMatchObject({ origin: 'label', type: 'string', count: 7, cardinality: 2 })
    expect(named('trace_id')).toMatchObject({ origin: 'metadata', count: 2 })
  })
})
