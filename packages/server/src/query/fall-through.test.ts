import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQueryEngine } from './create-engine.ts'
import type { QueryEngine } from './engine.ts'
import { type EmbeddedStore, openEmbeddedStore } from './testing/embedded-store.ts'

const T0 = 1_767_225_600_000_000_000n
const RANGE = { tenant: 'default', startNs: T0, endNs: T0 + 3_600_000_000_000n }

let store: EmbeddedStore
let engine: QueryEngine

beforeAll(async () => {
  store = await openEmbeddedStore()
  engine = createQueryEngine({ store })
  const second = (n: number) => T0 + BigInt(n) * 1_000_000_000n
  const inference = { job: 'inference', service: 'mlops' }
  await store.put([
    { timeNs: second(1), labels: inference, line: '{"request_id":"req_abc123","latency_ms":234.5}' },
    { timeNs: second(2), labels: inference, line: '{"request_id":"req_other","note":"after req_abc123"}' },
    { timeNs: second(3), labels: inference, line: 'level=error request_id="req_abc123" path=/v1' },
    { timeNs: second(4), labels: inference, line: 'plain', metadata: [['request_id', 'req_abc123']] },
    { timeNs: second(5), labels: inference, line: '{"request_id":"req_\\u0061bc123"}' },
    { timeNs: second(6), labels: { job: 'system', gpu_id: '0' }, line: '{"request_id":"req_abc123"}' },
    { timeNs: second(7), labels: { job: 'system' }, line: '{"gpu_id":0}' },
  ])
})
afterAll(() => store.close())

async function found(query: string, which: QueryEngine = engine, pushdown = true): Promise<number[]> {
  const request = { ...RANGE, query, limit: 100, direction: 'forward', pushdown } as const
  const { entries } = await which.logs(request)
  return entries.map(({ timeNs }) => Number((timeNs - T0) / 1_000_000_000n))
}

describe('names in selectors that are no label', () => {
  it.each([
    ['{job="inference", request_id="req_abc123"}', [1, 3, 4, 5]],
    ['{request_id="req_abc123"}', [1, 3, 4, 5, 6]],
    ['{job="inference", request_id!="req_abc123"}', [2]],
    ['{job="inference", request_id=~"req_(abc.*|other)"}', [1, 2, 3, 4, 5]],
    ['{job="inference", request_id!~"req_abc.*"}', [2]],
    ['{job="inference", note=""}', [1, 3, 4, 5]],
    ['{job="inference", request_id="req_abc123", latency_ms="234.5"}', [1]],
    ['{request_id="req_abc123"} |= "level" | logfmt | path="/v1"', [3]],
    ['{job="inference", nowhere="x"}', []],
    // A label of some stream in the range stays a label, also for the others.
    ['{job="system", gpu_id="0"}', [6]],
    ['{job="system", gpu_id=""}', [7]],
  ])('%s', async (query, seconds) => {
    expect(await found(query)).toEqual(seconds)
    expect(await found(query, engine, false)).toEqual(seconds)
  })

  it('finds nothing when switched off, as in Loki', async () => {
    const strict = createQueryEngine({ store, dialect: { selectorFallthrough: false } })
    expect(await found('{job="inference", request_id="req_abc123"}', strict)).toEqual([])
    expect(await found('{job="inference", request_id!="req_abc123"}', strict)).toEqual([1, 2, 3, 4, 5])
  })

  it('makes no labels, and counts in metric queries', async () => {
    const query = 'sum by (request_id, job) (count_over_time({request_id="req_abc123"}[1h]))'
    const { value } = await engine.metric({ ...RANGE, startNs: RANGE.endNs, stepNs: 1_000_000_000n, query })
    expect(value).toMatchObject({ kind: 'vector' })
    const series = value.kind === 'vector' ? value.series : []
    expect(series.map(({ labels, values }) => [Object.fromEntries(labels), values[0]])).toEqual([
      [{ job: 'inference' }, 3],
      [{ job: 'inference', request_id: 'req_abc123' }, 1],
      [{ job: 'system' }, 1],
    ])
  })

  it('exports what it finds', async () => {
    const seconds: bigint[] = []
    for await (const page of engine.exportLogs({ ...RANGE, query: '{job="inference", request_id="req_abc123"}' })) {
      for (const { timeNs } of page) seconds.push((timeNs - T0) / 1_000_000_000n)
    }
    expect(seconds).toEqual([1n, 3n, 4n, 5n])
  })

  it('asks the store for lines that hold the value, and says so', async () => {
    store.takeStatements()
    await found('{job="inference", request_id="req_abc123"}')
    expect(store.takeStatements().join('\n')).toContain("position(line, 'req_abc123') > 0")
    const request = { ...RANGE, stepNs: 60_000_000_000n, limit: 10 }
    const query = '{job="inference", request_id="req_abc123"} |= "level"'
    const told = await engine.explainQuery({ ...request, query, analyze: false })
    expect(told.ran).toEqual([
      { part: 'start … end', where: 'sql' },
      { part: '{job="inference", request_id="req_abc123"}', where: 'sql' },
      { part: 'request_id="req_abc123"', where: 'evaluator' },
      { part: '|= "level"', where: 'sql' },
    ])
  })
})

describe('explainQuery', () => {
  const request = { ...RANGE, stepNs: 60_000_000_000n, limit: 10 }

  it('shows tree, plan and statements without reading anything', async () => {
    const query = 'sum by (job) (count_over_time({job=~".+"} |= "req" [5m]))'
    const { ast, plan, sql, ran, ...figures } = await engine.explainQuery({ ...request, query, analyze: false })
    expect(ast).toMatchObject({ kind: 'vectorAggregation', inner: { range: { rangeNs: '300000000000' } } })
    expect(JSON.stringify(ast)).not.toContain('"at"')
    expect(plan).toMatchObject({ kind: 'metric', leaves: [{ answeredBy: 'sql', rule: 'count' }] })
    expect(sql).toHaveLength(1)
    expect(sql[0]).toMatch(/^SELECT .*count\(\).*position\(line, 'req'\) > 0.*GROUP BY/s)
    expect(ran).toEqual([
      { part: 'count_over_time({job=~".+"} |= "req" [5m])', where: 'sql' },
      { part: 'everything around the range aggregations', where: 'evaluator' },
    ])
    expect(figures).toEqual({})
  })

  it('runs the query when asked to, and gives real figures', async () => {
    store.takeStatements()
    const query = '{job="inference"} | json | latency_ms > 200'
    const told = await engine.explainQuery({ ...request, query, analyze: true })
    expect(told).toMatchObject({ results: 1, tookMs: expect.any(Number) })
    expect(told.rowsRead).toBeGreaterThan(0)
    expect(told.bytesRead).toBeGreaterThan(10)
    expect(told.sql).toEqual(store.takeStatements())
  })

  it('refuses what the query would be refused for', async () => {
    await expect(engine.explainQuery({ ...request, query: '{', analyze: false })).rejects.toThrow('syntax error')
    const strict = createQueryEngine({ store, dialect: { extensions: false } })
    const query = '{job="inference"} | json | distinct request_id'
    await expect(strict.explainQuery({ ...request, query, analyze: false })).rejects.toThrow('query.extensions is off')
    expect(await found(query)).toEqual([1, 2, 3])
  })
})
