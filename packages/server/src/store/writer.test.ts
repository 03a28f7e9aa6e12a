import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { GirokError } from '../model/errors.ts'
import { labelSet, makeStream } from '../model/labels.ts'
import { batchOfRecords } from '../model/line-batch.ts'
import type { Driver } from './driver.ts'
import { IdempotencyKeys } from './idempotency.ts'
import type { NativeBlock } from './native-block.ts'
import { StreamTable } from './streams.ts'
import { Writer, type WriterOptions } from './writer.ts'

const OPTIONS: WriterOptions = {
  maxRows: 100,
  maxBytes: 1_000_000,
  maxAgeMs: 100,
  maxPendingBytes: 100_000,
  fields: [],
}

interface Insert {
  readonly table: string
  readonly rows: number
  readonly token: string
}

/** Lines of TabSeparated; of a block, the second of the two integers that it begins with. */
function rowsIn(rows: Buffer | NativeBlock): number {
  if (!('pieces' in rows)) return rows.toString().split('\n').length - 1
  const [, ...digits] = rows.pieces[0] ?? []
  return digits.reduce((sum, digit, i) => sum + (digit & 127) * 128 ** i, 0)
}

/** Keeps the inserts; `onInsert` may delay or fail each. */
class FakeDriver implements Driver {
  readonly kind = 'chdb'
  readonly inserts: Insert[] = []
  onInsert: (insert: Insert) => Promise<void> = async () => undefined
  running = 0

  async insert(
    table: string,
    _columns: readonly string[],
    rows: Buffer | NativeBlock,
    { token }: { token: string },
  ): Promise<void> {
    const insert = { table, rows: rowsIn(rows), token }
    this.inserts.push(insert)
    expect(++this.running).toBe(1)
    try {
      await this.onInsert(insert)
    } finally {
      this.running--
    }
  }

  async command(): Promise<void> {}

  async query(): Promise<Buffer> {
    return Buffer.alloc(0)
  }

  async *stream(): AsyncGenerator<Buffer> {}

  async close(): Promise<void> {}

  logs(): Insert[] {
    return this.inserts.filter(({ table }) => table === 'logs')
  }
}

async function start(options: Partial<WriterOptions> = {}): Promise<{ driver: FakeDriver; writer: Writer }> {
  const driver = new FakeDriver()
  const [streams, keys] = [await StreamTable.load(driver), await IdempotencyKeys.load(driver)]
  return { driver, writer: new Writer(driver, streams, keys, { ...OPTIONS, ...options }) }
}

const STREAM = makeStream('acme', labelSet([['app', 'x']]))

function batch(count: number, line = 'x') {
  const records = Array.from({ length: count }, () => ({ stream: STREAM, timeMs: 1_763_692_000_000, line }))
  return batchOfRecords('acme', 'test', records)
}

describe('Writer', () => {
  it('stores a lone batch at once, its stream first', async () => {
    const { driver, writer } = await start()
    expect(await writer.write(batch(1))).toEqual({ stored: true })
    await writer.write(batch(1))
    expect(driver.inserts.map(({ table }) => table)).toEqual(['streams', 'logs', 'logs'])
  })

  it('joins what arrives while an insert runs, up to the bounds of a group', async () => {
    const { driver, writer } = await start()
    driver.onInsert = () => sleep(20)
    const first = writer.write(batch(30))
    await sleep(5)
    await Promise.all([first, ...Array.from({ length: 7 }, () => writer.write(batch(30)))])
    expect(driver.logs().map(({ rows }) => rows)).toEqual([30, 90, 90, 30])
    const large = await start({ maxBytes: 3000 })
    large.driver.onInsert = () => sleep(20)
    await Promise.all(Array.from({ length: 5 }, () => large.writer.write(batch(1, 'y'.repeat(1200)))))
    expect(large.driver.logs().map(({ rows }) => rows)).toEqual([2, 2, 1])
  })

  it('waits a little for senders that come back, never for a lone one', async () => {
    const { driver, writer } = await start()
    driver.onInsert = () => sleep(40)
    const sender = async () => {
      for (let i = 0; i < 5; i++) {
        await writer.write(batch(10))
        await sleep(5)
      }
    }
    await Promise.all([sender(), sender(), sender()])
    // 15 batches: one alone, two behind it, then all three each time; without waiting it would be about ten inserts.
    expect(driver.logs().length).toBeLessThanOrEqual(7)
    const lone = performance.now()
    await sleep(100)
    await writer.write(batch(10))
    expect(performance.now() - lone).toBeLessThan(100 + 40 + 35)
  })

  it('acknowledges only what the engine took, and gives the reason otherwise', async () => {
    const { driver, writer } = await start()
    driver.onInsert = async ({ table }) => {
      if (table === 'logs') throw new GirokError('disk_full', 'no space')
    }
    await expect(writer.write(batch(1))).rejects.toMatchObject({ code: 'disk_full' })
    expect(writer.health()).toEqual({ state: 'disk_full', detail: 'no space' })
    expect(writer.pendingBytes).toBe(0)
    driver.onInsert = async () => undefined
    await writer.write(batch(1))
    expect(writer.health()).toEqual({ state: 'ready' })
  })

  it('tries again under the same token, and never uses a token for two inserts', async () => {
    const { driver, writer } = await start()
    let failures = 2
    driver.onInsert = async ({ table }) => {
      if (table === 'logs' && failures-- > 0) throw new GirokError('store_unavailable', 'busy')
    }
    await writer.write(batch(1))
    await writer.write(batch(1))
    const tokens = driver.logs().map(({ token }) => token)
    expect(tokens).toHaveLength(4)
    expect(new Set(tokens.slice(0, 3)).size).toBe(1)
    expect(new Set(driver.inserts.map(({ token }) => token)).size).toBe(3)
  })

  it('refuses batches beyond the bound, and takes them again afterwards', async () => {
    const { driver, writer } = await start({ maxPendingBytes: 2000 })
    driver.onInsert = () => sleep(20)
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => writer.write(batch(1, 'z'.repeat(500)))))
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBe(7)
    expect(refused[0]).toMatchObject({ reason: { code: 'overloaded', retryAfterSeconds: 1 } })
    // A batch that is larger than the bound by itself passes when nothing else waits.
    expect(await writer.write(batch(1, 'z'.repeat(5000)))).toEqual({ stored: true })
    expect(writer.pendingBytes).toBe(0)
  })

  it('stores concurrent and later batches of one key once, those of another tenant or key apart', async () => {
    const { driver, writer } = await start()
    driver.onInsert = () => sleep(5)
    const again = { idempotencyKey: 'k' }
    const other = { ...batch(1), tenant: 'beta' }
    const results = await Promise.all([
      writer.write(batch(1), again),
      writer.write(batch(1), again),
      writer.write(other, again),
      writer.write(batch(1), { idempotencyKey: 'l' }),
    ])
    expect(results.map(({ stored }) => stored)).toEqual([true, false, true, true])
    expect(await writer.write(batch(1), again)).toEqual({ stored: false })
    expect(driver.logs().reduce((sum, { rows }) => sum + rows, 0)).toBe(3)
    expect(driver.inserts[0]?.table).toBe('batches')
  })

  it('lets a key be used again after a failure, and fails its duplicates with it', async () => {
    const { driver, writer } = await start()
    driver.onInsert = async ({ table }) => {
      await sleep(5)
      if (table === 'logs') throw new GirokError('store_failed', 'fault')
    }
    const again = { idempotencyKey: 'k' }
    const results = await Promise.allSettled([writer.write(batch(1), again), writer.write(batch(1), again)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    driver.onInsert = async () => undefined
    expect(await writer.write(batch(1), again)).toEqual({ stored: true })
  })

  it('cuts a batch that is too large for one insert', async () => {
    const { driver, writer } = await start({ maxPendingBytes: 2 ** 30 })
    const large = batch(150_000)
    expect(await writer.write(large, { idempotencyKey: 'k' })).toEqual({ stored: true })
    expect(driver.logs().map(({ rows }) => rows)).toEqual([100_000, 50_000])
    expect(await writer.write(large, { idempotencyKey: 'k' })).toEqual({ stored: false })
  })

  it('refuses times that the sort key cannot hold', async () => {
    const { writer } = await start()
    await expect(writer.write({ ...batch(1), seconds: Float64Array.of(2 ** 32) })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('record 0'),
    })
  })

  it('runs a task between inserts', async () => {
    const { driver, writer } = await start()
    const order: string[] = []
    driver.onInsert = async ({ table }) => {
      await sleep(20)
      order.push(table)
    }
    await Promise.all([
      writer.write(batch(1)),
      sleep(5).then(() => writer.write(batch(1))),
      sleep(8).then(() =>
        writer.exclusive(async () => {
          expect(driver.running).toBe(0)
          order.push('task')
        }),
      ),
    ])
    expect(order).toEqual(['streams', 'logs', 'task', 'logs'])
    await expect(writer.exclusive(() => Promise.reject(new Error('of the task')))).rejects.toThrow('of the task')
  })

  it('stores what waits before it closes, and nothing after', async () => {
    const { driver, writer } = await start()
    driver.onInsert = () => sleep(20)
    const writes = [writer.write(batch(1))]
    await sleep(5)
    writes.push(writer.write(batch(2), { idempotencyKey: 'k' }))
    await writer.close()
    expect(await Promise.all(writes)).toEqual([{ stored: true }, { stored: true }])
    expect(driver.inserts.map(({ table }) => table)).toEqual(['streams', 'logs', 'batches', 'logs', 'batches'])
    await expect(writer.write(batch(1))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(writer.health()).toEqual({ state: 'stopping' })
  })
})
