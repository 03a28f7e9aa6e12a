import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ColumnBytes } from '../column-bytes.ts'
import type { Driver, Lane, QueryOptions } from '../driver.ts'
import { nativeBlock } from '../native-block.ts'
import { rowBinaryStrings, tabSeparatedRow } from './tab-separated.ts'

/** Sums for hours; only a KILL or a limit ends it. */
const ENDLESS = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)'

function on(lane: Lane, more: Partial<QueryOptions> = {}): QueryOptions {
  return { lane, timeoutMs: 20_000, ...more }
}

async function text(driver: Driver, sql: string, options: QueryOptions = on('query')): Promise<string> {
  return (await driver.query(sql, 'TabSeparated', options)).toString()
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
  return 'no error'
}

/** What every driver does. `open` makes a driver over an empty engine; the suite closes it. */
export function describeDriver(name: string, open: () => Promise<Driver>): void {
  describe(name, () => {
    let driver: Driver
    beforeAll(async () => {
      driver = await open()
      await driver.command(
        'CREATE TABLE rows (id UInt64, s String, d Date) ENGINE = MergeTree PARTITION BY d ORDER BY id ' +
          'SETTINGS non_replicated_deduplication_window = 1000',
      )
    })
    afterAll(async () => {
      await driver.close()
      await driver.close()
    })

    const insert = (rows: readonly (readonly [number, string | Buffer, string])[], token: string): Promise<void> =>
      driver.insert('rows', ['id', 's', 'd'], Buffer.concat(rows.map((row) => tabSeparatedRow(row))), { token })

    it('gives back the bytes that were inserted', async () => {
      const nasty = [
        '',
        'plain',
        'tab\tnewline\nreturn\rback\\slash',
        '\\N',
        '\\t \\x00 \\0',
        'quote \' double " back ` {x:String} ? $1 %s',
        '한국어 日本語 🙂 e\u0301 \u2028 \ufeff',
        'a'.repeat(300_000),
        Buffer.from([0, 1, 2, 0x7f, 0x80, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
        Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      ]
      await insert(
        nasty.map((s, index) => [index, s, '2026-01-01']),
        'nasty',
      )
      const sql = 'SELECT s FROM rows ORDER BY id'
      const expected = nasty.map((s) => Buffer.from(s).toString('latin1'))
      const whole = rowBinaryStrings(await driver.query(sql, 'RowBinary', on('query')))
      expect(whole.map((s) => s.toString('latin1'))).toEqual(expected)
      const streamed = rowBinaryStrings(await collect(driver.stream(sql, 'RowBinary', on('heavy'))))
      expect(streamed.map((s) => s.toString('latin1'))).toEqual(expected)
    })

    it('gives numbers beyond 2^53 exactly', async () => {
      const answer = await driver.query('SELECT 18446744073709551615, toInt64(-5)', 'JSONCompactEachRow', on('query'))
      expect(JSON.parse(answer.toString())).toEqual(['18446744073709551615', '-5'])
    })

    it('gives nothing for an empty result', async () => {
      expect(await text(driver, 'SELECT 1 WHERE 0')).toBe('')
      expect((await collect(driver.stream('SELECT 1 WHERE 0', 'RowBinary', on('query')))).length).toBe(0)
    })

    it('takes a statement with settings of its own, with a comment at its end, and WITH', async () => {
      expect(await text(driver, 'WITH 1 AS x SELECT x SETTINGS max_threads = 1 -- done')).toBe('1\n')
    })

    it('streams a large result whole, in order and in pieces', async () => {
      const sql = "SELECT concat(toString(number), '日本語'), number FROM numbers(300000)"
      let chunks = 0
      const received: Buffer[] = []
      for await (const chunk of driver.stream(sql, 'TabSeparated', on('heavy'))) {
        chunks++
        received.push(chunk)
      }
      const lines = Buffer.concat(received).toString().trimEnd().split('\n')
      expect(chunks).toBeGreaterThan(3)
      expect(lines.length).toBe(300_000)
      expect(lines.every((line, index) => line === `${index}日本語\t${index}`)).toBe(true)
    })

    it('frees the engine when a stream is left early', async () => {
      const startedMs = Date.now()
      for (let round = 0; round < 5; round++) {
        for await (const chunk of driver.stream('SELECT number FROM numbers(1000000000)', 'RowBinary', on('heavy'))) {
          expect(chunk.length).toBeGreaterThan(0)
          break
        }
      }
      expect(await text(driver, 'SELECT 1', on('heavy'))).toBe('1\n')
      expect(Date.now() - startedMs).toBeLessThan(5000)
    })

    it('reports an error in the middle of a stream', async () => {
      const sql = 'SELECT throwIf(number = 200000) FROM numbers(300000) SETTINGS max_threads = 1'
      expect(await codeOf(collect(driver.stream(sql, 'TabSeparated', on('query'))))).toBe('store_failed')
      expect(await text(driver, 'SELECT 2')).toBe('2\n')
    })

    it('holds to the limits of the result', async () => {
      const sql = 'SELECT number FROM numbers(100000)'
      expect(await codeOf(driver.query(sql, 'RowBinary', on('query', { maxResultRows: 1000 })))).toBe('limit_exceeded')
      expect(await codeOf(driver.query(sql, 'RowBinary', on('query', { maxResultBytes: 1000 })))).toBe('limit_exceeded')
      expect((await driver.query(sql, 'RowBinary', on('query', { maxResultRows: 100_000 }))).length).toBe(800_000)
    })

    it('says limit_exceeded when a query runs out of memory, and goes on', async () => {
      const sql = 'SELECT length(groupArray(number)) FROM numbers(1000000000) SETTINGS max_memory_usage = 100000000'
      expect(await codeOf(driver.query(sql, 'RowBinary', on('query')))).toBe('limit_exceeded')
      expect(await text(driver, 'SELECT 3')).toBe('3\n')
    })

    it('ends a query at its time limit', async () => {
      const startedMs = Date.now()
      expect(await codeOf(driver.query(ENDLESS, 'RowBinary', on('query', { timeoutMs: 400 })))).toBe('timeout')
      expect(await codeOf(collect(driver.stream(ENDLESS, 'RowBinary', on('query', { timeoutMs: 400 }))))).toBe(
        'timeout',
      )
      expect(Date.now() - startedMs).toBeLessThan(3000)
    })

    it('cancels at once and frees the engine within a second', async () => {
      const running = Array.from({ length: 6 }, (_, index) => {
        const abort = new AbortController()
        const options = on('heavy', { signal: abort.signal })
        const work =
          index % 2
            ? driver.query(ENDLESS, 'RowBinary', options)
            : collect(driver.stream(ENDLESS, 'RowBinary', options))
        return { abort, code: codeOf(work) }
      })
      await new Promise((resolve) => setTimeout(resolve, 300))
      const abortedMs = Date.now()
      for (const { abort } of running) abort.abort()
      for (const { code } of running) expect(await code).toBe('cancelled')
      expect(Date.now() - abortedMs).toBeLessThan(100)
      expect(await text(driver, 'SELECT 4', on('heavy'))).toBe('4\n')
      expect(Date.now() - abortedMs).toBeLessThan(1000)
    })

    it('does not begin what was aborted before', async () => {
      const signal = AbortSignal.abort()
      expect(await codeOf(driver.query('SELECT 1', 'RowBinary', on('query', { signal })))).toBe('cancelled')
      expect(await codeOf(collect(driver.stream('SELECT 1', 'RowBinary', on('query', { signal }))))).toBe('cancelled')
    })

    it('answers on the interactive lane while heavy queries run', async () => {
      const abort = new AbortController()
      const heavy = [1, 2, 3].map(() =>
        codeOf(driver.query(ENDLESS, 'RowBinary', on('heavy', { signal: abort.signal }))),
      )
      await new Promise((resolve) => setTimeout(resolve, 100))
      const slowest: number[] = []
      for (let round = 0; round < 10; round++) {
        const startedMs = performance.now()
        await text(driver, 'SELECT count() FROM rows', on('interactive'))
        slowest.push(performance.now() - startedMs)
      }
      await insert([[500, 'while heavy', '2026-01-01']], 'while heavy')
      abort.abort()
      expect(await Promise.all(heavy)).toEqual(['cancelled', 'cancelled', 'cancelled'])
      expect(Math.max(...slowest)).toBeLessThan(500)
    })

    it('stores a token once, and equal rows under other tokens again', async () => {
      const row = [[1000, 'same', '2026-02-01']] as const
      for (const token of ['a', 'a', 'b', 'a']) await insert(row, token)
      expect(await text(driver, "SELECT count() FROM rows WHERE s = 'same'")).toBe('2\n')
    })

    it('stores an insert of many partitions under one token once', async () => {
      const rows = Array.from({ length: 150 }, (_, day) => {
        const date = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10)
        return [2000 + day, 'many days', date] as const
      })
      await insert(rows, 'many days')
      await insert(rows, 'many days')
      expect(await text(driver, "SELECT count() FROM rows WHERE s = 'many days'")).toBe('150\n')
    })

    it('stores nothing of an insert with a bad row', async () => {
      const rows = Buffer.from('3000\tgood\t2026-01-01\nnot a number\tbad\t2026-01-01\n')
      expect(await codeOf(driver.insert('rows', ['id', 's', 'd'], rows, { token: 'bad' }))).toBe('store_failed')
      expect(await text(driver, 'SELECT count() FROM rows WHERE id = 3000')).toBe('0\n')
    })

    it('stores blocks of columns, once under a token', async () => {
      const texts = ['', 'tab\t', '한국어', 'x'.repeat(100_000)]
      const column = new ColumnBytes()
      for (const text of texts) column.string(text)
      const ids = BigUint64Array.from(texts.keys(), (key) => 700n + BigInt(key))
      const days = Buffer.from(Uint16Array.from(texts, () => 20_000).buffer)
      const block = nativeBlock(texts.length, [
        { name: 'id', type: 'UInt64', values: [Buffer.from(ids.buffer)] },
        { name: 's', type: 'String', values: [column.view] },
        { name: 'd', type: 'Date', values: [days] },
      ])
      for (let i = 0; i < 2; i++) await driver.insert('rows', ['id', 's', 'd'], block, { token: 'a block' })
      const found = await driver.query(
        'SELECT s FROM rows WHERE id BETWEEN 700 AND 799 ORDER BY id',
        'RowBinary',
        on('query'),
      )
      expect(rowBinaryStrings(found)).toEqual(texts.map((some) => Buffer.from(some)))
    })

    it('stores many inserts at once, and an empty one', async () => {
      await insert([], 'empty')
      await Promise.all(Array.from({ length: 40 }, (_, n) => insert([[4000 + n, 'parallel', '2026-03-01']], `p${n}`)))
      expect(await text(driver, "SELECT count(), uniqExact(id) FROM rows WHERE s = 'parallel'")).toBe('40\t40\n')
    })

    it('names faults of the statement as store_failed with the text of the engine', async () => {
      await expect(driver.query('SELECT * FROM absent', 'RowBinary', on('query'))).rejects.toThrow(/absent/)
      expect(await codeOf(driver.query('SELECT * FROM absent', 'RowBinary', on('query')))).toBe('store_failed')
      expect(await codeOf(driver.command('CREATE NONSENSE'))).toBe('store_failed')
      expect(await codeOf(driver.insert('absent', ['a'], Buffer.from('1\n'), { token: 'x' }))).toBe('store_failed')
    })

    it('runs in UTC', async () => {
      expect(await text(driver, "SELECT timezone(), toDateTime('1970-01-02 00:00:00')::UInt32")).toBe('UTC\t86400\n')
    })

    it('ends a command at its time limit', async () => {
      const command = driver.command(`CREATE TABLE never ENGINE = Memory AS ${ENDLESS}`, { timeoutMs: 300 })
      expect(await codeOf(command)).toBe('store_unavailable')
      await driver.command('DROP TABLE IF EXISTS never')
    })

    it('stops what runs when it closes, and takes nothing afterwards', async () => {
      const running = codeOf(driver.query(ENDLESS, 'RowBinary', on('heavy')))
      const waiting = codeOf(driver.query(ENDLESS, 'RowBinary', on('heavy')))
      const writing = codeOf(insert([[5000, 'last', '2026-01-01']], 'last'))
      await new Promise((resolve) => setTimeout(resolve, 200))
      const startedMs = Date.now()
      await driver.close()
      expect(Date.now() - startedMs).toBeLessThan(2000)
      expect([await running, await waiting, await writing]).toEqual([
        'store_unavailable',
        'store_unavailable',
        'no error',
      ])
      expect(await codeOf(driver.query('SELECT 1', 'RowBinary', on('query')))).toBe('store_unavailable')
      expect(await codeOf(insert([[5001, 'late', '2026-01-01']], 'late'))).toBe('store_unavailable')
    })
  })
}
