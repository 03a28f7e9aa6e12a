import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createQueryEngine } from './create-engine.ts'
import type { LogsRequest, QueryEngine } from './engine.ts'
import { type EmbeddedStore, openEmbeddedStore, type TestRecord } from './testing/embedded-store.ts'

const T0 = 1_700_000_000_000_000_000n
const SECOND = 1_000_000_000n

let store: EmbeddedStore
let engine: QueryEngine

/** More records at one moment than a page holds, long lines, and enough lines to keep a query busy. */
beforeAll(async () => {
  store = await openEmbeddedStore()
  engine = createQueryEngine({ store })
  const moment: TestRecord[] = Array.from({ length: 12_500 }, (_, i) => ({
    timeNs: T0 + 60n * SECOND,
    labels: { app: 'burst', part: String(i % 3) },
    line: `burst ${String(i).padStart(5, '0')}`,
  }))
  await store.put(moment.slice(0, 7000))
  await store.put(moment.slice(7000))
  await store.put([
    { timeNs: T0, labels: { app: 'burst', part: '0' }, line: 'before' },
    { timeNs: T0 + 120n * SECOND, labels: { app: 'burst', part: '0' }, line: 'after' },
  ])
  const long: TestRecord[] = Array.from({ length: 400 }, (_, i) => ({
    timeNs: T0 + BigInt(i) * SECOND,
    labels: { app: 'long' },
    line: `${i} ${'x'.repeat(250_000)}`,
  }))
  // The index of pieces of lines holds each block of lines once more.
  for (let from = 0; from < long.length; from += 200) await store.put(long.slice(from, from + 200))
  await store.put([{ timeNs: T0, labels: { app: 'busy' }, line: 'first' }])
  const busy = [...store.streams.list('default', T0, T0)].find(({ labels }) => labels.get('app') === 'busy')
  await store.driver.command(
    `INSERT INTO logs (tenant, ts, stream, level, line, meta, batch) SELECT 'default',
      fromUnixTimestamp64Nano(toInt64(${T0} + number * 5000)), ${busy?.id}, '', concat('{"n":', toString(number), ',"text":"',
      repeat('lorem ipsum ', 10), '"}'), map(), 0 FROM numbers(400000)`,
  )
}, 60_000)
afterAll(() => store.close())

function request(query: string, more: Partial<LogsRequest> = {}): LogsRequest {
  return {
    tenant: 'default',
    query,
    startNs: T0,
    endNs: T0 + 3600n * SECOND,
    limit: 5000,
    direction: 'forward',
    ...more,
  }
}

describe('paging', () => {
  it('keeps the records of one moment together and in order, whatever the direction and the limit', async () => {
    const { entries } = await createQueryEngine({ store, limits: { maxEntries: 0 } }).logs(
      request('{app="burst"}', { limit: 20_000 }),
    )
    const lines = entries.map(({ line }) => line)
    expect(lines).toHaveLength(12_502)
    expect(lines[0]).toBe('before')
    expect(lines.at(-1)).toBe('after')
    // By stream, then by arrival: the lines carry their number.
    const burst = lines.slice(1, -1)
    const sorted = [0, 1, 2].flatMap((part) =>
      Array.from({ length: 12_500 }, (_, i) => i)
        .filter((i) => i % 3 === part)
        .map((i) => `burst ${String(i).padStart(5, '0')}`),
    )
    expect(burst).toEqual(sorted)
    const back = await engine.logs(request('{app="burst"}', { direction: 'backward', limit: 3 }))
    expect(back.entries.map(({ line }) => line)).toEqual(['after', ...sorted.slice(0, 2)])
  })

  it('reads long lines in smaller pages and caps what an answer may hold', async () => {
    const seen: number[] = []
    for await (const page of engine.exportLogs(request('{app="long"}'))) {
      seen.push(...page.map(({ line }) => Number.parseInt(line, 10)))
    }
    expect(seen).toEqual(Array.from({ length: 400 }, (_, i) => i))
    const small = createQueryEngine({ store, limits: { maxResultBytes: 1_000_000 } })
    await expect(small.logs(request('{app="long"}'))).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: expect.stringMatching(/more than 1000000 bytes/),
    })
  })

  it('counts windows the same by rows and by the store over everything', async () => {
    const metric = { tenant: 'default', startNs: T0, endNs: T0 + 400n * SECOND, stepNs: 7n * SECOND }
    const query = 'sum by (app) (bytes_over_time({app=~"burst|long"}[11s]))'
    const pushed = await engine.metric({ ...metric, query })
    const plain = await engine.metric({ ...metric, query, pushdown: false })
    expect(pushed.value).toEqual(plain.value)
    expect(pushed.stats.linesScanned).toBe(12_902)
  })
})

describe('an end before the end', () => {
  const heavy = 'sum by (n) (count_over_time({app="busy"} | json | text="nothing" or n="-1" [1m]))'

  it('comes within a second after the client is gone', async () => {
    const client = new AbortController()
    const metric = { tenant: 'default', query: heavy, startNs: T0, endNs: T0 + 3600n * SECOND, stepNs: 60n * SECOND }
    const work = engine.metric({ ...metric, pushdown: false, signal: client.signal })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(engine.running()).toMatchObject([{ query: heavy, tenant: 'default' }])
    const aborted = performance.now()
    client.abort()
    await expect(work).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - aborted).toBeLessThan(1000)
    expect(engine.running()).toEqual([])
  })

  it('comes with the words of Loki when the time is up', async () => {
    const hasty = createQueryEngine({ store, limits: { timeoutMs: 100 } })
    const metric = { tenant: 'default', query: heavy, startNs: T0, endNs: T0 + 3600n * SECOND, stepNs: 60n * SECOND }
    await expect(hasty.metric({ ...metric, pushdown: false })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^request timed out/),
    })
  })

  it('comes when a metric query reads more lines than allowed or makes too many series', async () => {
    const metric = { tenant: 'default', startNs: T0, endNs: T0, stepNs: 0n }
    const careful = createQueryEngine({ store, limits: { maxReadRows: 5000, maxSeries: 2 } })
    await expect(
      careful.metric({ ...metric, query: 'count_over_time({app="busy"}[1m] offset -1m)', pushdown: false }),
    ).rejects.toThrow(/reads more than 5000 lines/)
    await expect(careful.metric({ ...metric, query: 'count_over_time({app="burst"}[1h] offset -1h)' })).rejects.toThrow(
      /maximum number of series \(2\) reached/,
    )
  })

  it('answers others meanwhile', { timeout: 60_000 }, async () => {
    const stop = new AbortController()
    const metric = { tenant: 'default', query: heavy, startNs: T0, endNs: T0 + 3600n * SECOND, stepNs: 60n * SECOND }
    const busy = Array.from({ length: 4 }, () => engine.metric({ ...metric, pushdown: false, signal: stop.signal }))
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      const asked = performance.now()
      await engine.logs(request('{app="busy"}', { limit: 100, direction: 'backward' }))
      waits.push(performance.now() - asked)
    }
    stop.abort()
    await Promise.allSettled(busy)
    waits.sort((a, b) => a - b)
    // 100 ms on a machine of its own; behind the others it would be a minute. Tests share their machine.
    expect(waits[5]).toBeLessThan(4000)
  })
})

describe('explain', () => {
  it('says what the store is asked and what is left', async () => {
    expect(await engine.explain({ tenant: 'default', query: '{app="busy"} |= "lorem" | json | n > 5' })).toEqual({
      kind: 'logs',
      pushed: [
        { rule: 'time', text: 'start … end', exact: true },
        { rule: 'streams', text: '{app="busy"}', exact: true },
        { rule: 'line-text', text: '|= "lorem"', exact: true },
        { rule: 'json-field', text: '| n > 5', exact: false },
      ],
      reevaluated: true,
    })
    const metric = 'sum(rate({app="busy"}[1m])) / sum(count_over_time({app="busy"} | json [1m]))'
    const plan = await engine.explain({ tenant: 'default', query: metric })
    expect(plan).toMatchObject({
      kind: 'metric',
      leaves: [
        { text: 'rate({app="busy"}[1m])', answeredBy: 'sql', rule: 'count' },
        { text: 'count_over_time({app="busy"} | json [1m])', answeredBy: 'sql', rule: 'aggregate' },
      ],
    })
    expect(await engine.explain({ tenant: 'default', query: metric, pushdown: false })).toMatchObject({
      leaves: [{ answeredBy: 'evaluator' }, { answeredBy: 'evaluator' }],
    })
  })
})
