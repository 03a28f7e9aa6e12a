import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelSet, makeStream } from '../model/labels.ts'
import { LEVELS } from '../model/level.ts'
import { batchOfRecords } from '../model/line-batch.ts'
import { STREAMS, STREAMS_COLUMNS } from './schema.ts'
import type { LogStore } from './store.ts'
import { encodeStreams, StreamTable } from './streams.ts'
import { nastyRecord, packNasty, STREAMS_OF_TESTS } from './testing/nasty-batch.ts'
import { temporaryStores } from './testing/temporary-stores.ts'

const { newDir, withStore } = temporaryStores('write')

async function rows(store: LogStore, sql: string): Promise<unknown[][]> {
  const answer = await store.driver.query(sql, 'JSONCompactEachRow', { lane: 'query', timeoutMs: 20_000 })
  return answer
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown[])
}

const MIDNIGHT_MS = Date.UTC(2026, 4, 2)
const seed = Date.now() % 2 ** 31

function stream(tenant: string, app: string) {
  return makeStream(tenant, labelSet([['app', app]]))
}

/** Ten records, five on either side of midnight. */
function acrossMidnight(app = 'x', tenant = 'acme') {
  const records = Array.from({ length: 10 }, (_, i) => ({
    stream: stream(tenant, app),
    timeMs: MIDNIGHT_MS + (i - 5) * 1000,
    line: `${app} ${i}`,
  }))
  return batchOfRecords(tenant, 'test', records)
}

describe('the write path on the embedded engine', () => {
  it(`gives back every byte as it came (seed ${seed})`, async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      // Few days, so that the engine does not make thousands of parts; the ends of time among them.
      const few = (second: number) =>
        second > 1 && second < 2 ** 32 - 1 ? MIDNIGHT_MS / 1000 - 300 + (second % 600) : second
      const record = nastyRecord.map((any) => ({ ...any, second: few(any.second) }))
      const batches = fc.sample(fc.array(record, { minLength: 1, maxLength: 200, size: 'max' }), { seed, numRuns: 20 })
      const expected: string[] = []
      for (const [number, records] of batches.entries()) {
        await store.write(packNasty(records, number % 2 === 0))
        for (const { stream, second, nano, level, line, metadata } of records) {
          const pairs: [string, string][] = []
          for (let i = 0; i < (metadata ?? []).length; i += 2)
            pairs.push([metadata?.[i] ?? '', metadata?.[i + 1] ?? ''])
          const time = (BigInt(second) * 1_000_000_000n + BigInt(nano)).toString()
          const text = Buffer.from(line).toString('hex')
          expected.push(JSON.stringify([time, STREAMS_OF_TESTS[stream]?.id, LEVELS[level], text, pairs]))
        }
      }
      const stored = await rows(
        store,
        'SELECT toString(toUnixTimestamp64Nano(ts)), toString(stream), level, lower(hex(line)), ' +
          "arrayMap(k -> [k.1, k.2], CAST(meta, 'Array(Tuple(String, String))')) FROM logs WHERE tenant = 'acme' AND batch = 0",
      )
      expect(stored.map((row) => JSON.stringify(row)).sort()).toEqual(expected.sort())
    })
  })

  it('keeps streams with their labels and hours across a restart', async () => {
    const dataDir = newDir()
    const text = (store: LogStore) =>
      [...store.streams.list('acme', 0n, 2n ** 63n)]
        .map(({ id, labels, firstHour, lastHour }) => JSON.stringify([id, [...labels], firstHour, lastHour]))
        .sort()
    let before: string[] = []
    const hour = MIDNIGHT_MS / 3_600_000
    await withStore({ dataDir }, async (store) => {
      await store.write(acrossMidnight('x'))
      await store.write(acrossMidnight("it's \\ \t 日本"))
      await store.write(
        batchOfRecords('acme', 'test', [
          { stream: stream('acme', 'x'), timeMs: MIDNIGHT_MS + 7_200_000, line: 'later' },
        ]),
      )
      before = text(store)
      expect(before).toHaveLength(2)
      expect(store.streams.get('acme', stream('acme', 'x').id)).toMatchObject({
        firstHour: hour - 1,
        lastHour: hour + 2,
      })
    })
    await withStore({ dataDir }, async (store) => {
      expect(text(store)).toEqual(before)
      const at = (ms: number) => BigInt(ms) * 1_000_000n
      const within = (from: number, to: number) => [...store.streams.list('acme', at(from), at(to))].length
      expect(within(MIDNIGHT_MS + 7_200_000, MIDNIGHT_MS + 8_000_000)).toBe(1)
      expect(within(MIDNIGHT_MS + 3_600_000 * 3, MIDNIGHT_MS + 3_600_000 * 4)).toBe(0)
      expect([...store.streams.tenants()]).toEqual(['acme'])
      expect(store.streams.count('nobody')).toBe(0)
    })
  })

  it('stores equal batches twice, a batch with a key once, also after a restart', async () => {
    const dataDir = newDir()
    const again = { idempotencyKey: 'k' }
    await withStore({ dataDir }, async (store) => {
      await store.write(acrossMidnight())
      await store.write(acrossMidnight())
      expect(await store.write(acrossMidnight('keyed'), again)).toEqual({ stored: true })
    })
    await withStore({ dataDir }, async (store) => {
      expect(await store.write(acrossMidnight('keyed'), again)).toEqual({ stored: false })
      expect(await store.write(acrossMidnight('keyed', 'beta'), again)).toEqual({ stored: true })
      expect(await rows(store, 'SELECT tenant, batch > 0, count() FROM logs GROUP BY ALL ORDER BY ALL')).toEqual([
        ['acme', 0, '20'],
        ['acme', 1, '10'],
        ['beta', 1, '10'],
      ])
    })
  })

  it('completes a batch of which a crash left one day', async () => {
    const dataDir = newDir()
    const again = { idempotencyKey: 'k' }
    // What is there after a crash between two partitions: the key without `done`, and the rows of one of its days.
    await withStore({ dataDir }, async (store) => {
      await store.write(acrossMidnight(), again)
      await store.driver.command("ALTER TABLE logs DROP PARTITION '2026-05-01'")
    })
    await withStore({ dataDir }, async (store) => {
      await store.driver.command('ALTER TABLE batches DELETE WHERE done = 1 SETTINGS mutations_sync = 1')
    })
    await withStore({ dataDir }, async (store) => {
      expect(await store.write(acrossMidnight(), again)).toEqual({ stored: true, duplicates: 5 })
      expect(await store.write(acrossMidnight(), again)).toEqual({ stored: false })
      expect(await rows(store, 'SELECT line, count() FROM logs GROUP BY line ORDER BY line')).toEqual(
        Array.from({ length: 10 }, (_, i) => [`x ${i}`, '1']),
      )
    })
  })

  it('deletes exactly the records of a label value', async () => {
    const dataDir = newDir()
    await withStore({ dataDir }, async (store) => {
      for (let i = 0; i < 5; i++) {
        await store.write(acrossMidnight('gone'))
        await store.write(acrossMidnight('stays'))
        await store.write(acrossMidnight('gone', 'beta'))
      }
      await store.deleteByLabel('acme', 'app', 'gone')
      const left = [
        ['acme', 'stays', '50'],
        ['beta', 'gone', '50'],
      ]
      const sql = "SELECT tenant, splitByChar(' ', line)[1] AS app, count() FROM logs GROUP BY ALL ORDER BY ALL"
      expect(await rows(store, sql)).toEqual(left)
      expect([...store.streams.list('acme', 0n, 2n ** 63n)].map(({ labels }) => labels.get('app'))).toEqual(['stays'])
      await store.deleteByLabel('acme', 'app', 'nothing')

      await store.write(acrossMidnight('gone'))
      expect(await rows(store, sql)).toEqual([['acme', 'gone', '10'], ...left])
      expect(store.streams.count('acme')).toBe(2)
    })
    await withStore({ dataDir }, async (store) => expect(store.streams.count('acme')).toBe(2))
  })

  it('keeps the order of arrival where times are equal, merged or not', async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      const expected: string[] = []
      for (let i = 0; i < 60; i++) {
        const records = Array.from({ length: 20 }, (_, k) => ({
          stream: stream('acme', 'x'),
          timeMs: MIDNIGHT_MS,
          // Not in the order of the alphabet.
          line: `${(i * 7919 + k * 104_729) % 1000} ${i} ${k}`,
        }))
        expected.push(...records.map(({ line }) => line))
        await store.write(batchOfRecords('acme', 'test', records))
      }
      const inKeyOrder = 'SELECT line FROM logs ORDER BY ts, _part_starting_offset + _part_offset'
      const parts = "SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = 'logs' AND active"
      expect(Number((await rows(store, parts))[0]?.[0])).toBeGreaterThan(1)
      expect((await rows(store, inKeyOrder)).flat()).toEqual(expected)
      await store.driver.command('OPTIMIZE TABLE logs FINAL')
      expect((await rows(store, inKeyOrder)).flat()).toEqual(expected)
    })
  })

  it('tells what it holds', async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      expect(await store.usage()).toMatchObject({ rows: 0, activeParts: 0 })
    })
    await withStore({ dataDir: newDir() }, async (store) => {
      await store.write(acrossMidnight())
      const usage = await store.usage()
      const day = MIDNIGHT_MS / 1000
      expect(usage).toMatchObject({ rows: 10, activeParts: 2, oldestDay: day - 86_400, newestDay: day })
      expect(usage.bytesOnDisk).toBeGreaterThan(1000)
      expect(usage.bytesOnDisk).toBeLessThan(40_000)
    })
  })

  it('loads 100,000 streams in a moment and little memory', { timeout: 120_000 }, async () => {
    await withStore({ dataDir: newDir() }, async (store) => {
      const changes = Array.from({ length: 100_000 }, (_, i) => ({
        ...makeStream(
          'acme',
          labelSet([
            ['app', `app-${i % 100}`],
            ['env', 'prod'],
            ['pod', `pod-${i}`],
            ['region', `r${i % 5}`],
          ]),
        ),
        firstHour: 490_000,
        lastHour: 490_001,
      }))
      await store.driver.insert(STREAMS, STREAMS_COLUMNS, encodeStreams(changes), { token: 't' })
      const heapBefore = process.memoryUsage().heapUsed
      const startMs = performance.now()
      const table = await StreamTable.load(store.driver)
      expect(performance.now() - startMs).toBeLessThan(20_000)
      expect(table.count('acme')).toBe(100_000)
      expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(120 * 2 ** 20)
      const { id, labels } = changes[54_321] ?? stream('acme', '')
      expect([...(table.get('acme', id)?.labels ?? [])]).toEqual([...labels])
    })
  })
})
