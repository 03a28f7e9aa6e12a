import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { WriteBatch } from '../../model/batch.ts'
import { runReceiver } from '../listen/open-receiver.ts'
import { redis } from '../receivers/redis.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { startRedis } from '../testing/redis-server.ts'

let far: Awaited<ReturnType<typeof startRedis>>
let client: Redis
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  far = await startRedis()
  client = new Redis(far.url)
})
afterAll(async () => {
  client?.disconnect()
  await far?.stop()
})
beforeEach(() => client.flushall())
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A server that reads. `write` stands for its store. */
async function reader(options: object, write?: WriteBatch) {
  const bench = openReceiver(redis, { options: { url: far.url, consumer: 'a', ...options }, ...(write && { write }) })
  const running = await runReceiver('redis', bench.opened, bench.context, 1000)
  ends.push(running.close)
  return { bench, close: running.close, lines: () => bench.records().map(({ line }) => line) }
}

/** A store that takes a batch and is killed before it has answered; tells the keys of the batches. */
function dyingStore() {
  const keys: (string | undefined)[] = []
  const write: WriteBatch = (_batch, options) => {
    keys.push(options?.idempotencyKey)
    return new Promise(() => {})
  }
  return { keys, write }
}

/** As the kernel does for a process that was killed: what still runs of it here reaches Redis no more. */
async function kill(dying: { readonly close: () => Promise<void> }): Promise<void> {
  await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await dying.close()
}

const PENDING = 0

it('gives a batch of a stream the same key after a crash, to the same reader and to another', async () => {
  for (let n = 0; n < 5; n++) await client.xadd('app', '*', 'event', `{"n":${n}}`)
  const store = dyingStore()
  const options = { streams: ['app'], lists: [], claimIdle: '1s' }
  const first = await reader(options, store.write)
  await expect.poll(() => store.keys.length, { timeout: 5000 }).toBe(1)
  await kill(first)
  // More comes in the meantime, which is a batch of its own.
  await client.xadd('app', '*', 'event', '{"n":5}')
  const second = dyingStore()
  const same = await reader(options, second.write)
  await expect.poll(() => second.keys.length, { timeout: 5000 }).toBe(1)
  expect(second.keys).toEqual(store.keys)
  await kill(same)
  const third = await reader({ ...options, consumer: 'b' })
  await expect.poll(() => third.lines().length, { timeout: 10_000 }).toBe(6)
  expect(third.bench.keys).toContain(store.keys[0])
  await expect.poll(async () => ((await client.xpending('app', 'girok')) as unknown[])[PENDING]).toBe(0)
  expect([third.bench.imbalance(), third.bench.faults]).toEqual([0, []])
}, 30_000)

it('gives what was taken out of a list the same key after a crash, though the list is empty', async () => {
  for (let n = 0; n < 5; n++) await client.lpush('jobs', `{"n":${n}}`)
  const store = dyingStore()
  const options = { streams: [], lists: ['jo*'] }
  const first = await reader(options, store.write)
  await expect.poll(() => store.keys.length, { timeout: 5000 }).toBe(1)
  await kill(first)
  expect(await client.llen('jobs')).toBe(0)
  expect(await client.llen('girok:taken:girok:jobs')).toBe(6)
  // The lease of the first one runs out.
  await client.pexpire('girok:reader:girok', 100)
  const second = await reader({ ...options, consumer: 'b' })
  await expect.poll(() => second.lines().length, { timeout: 20_000 }).toBe(5)
  expect(second.lines()).toEqual([0, 1, 2, 3, 4].map((n) => `{"n":${n}}`))
  expect(second.bench.keys).toEqual(store.keys)
  await expect.poll(() => client.exists('girok:taken:girok:jobs')).toBe(0)
}, 40_000)

it('takes from the head where producers push at the tail, and leaves lists to who holds the lease', async () => {
  await client.set('girok:reader:girok', 'another', 'PX', 1500)
  for (let n = 0; n < 3; n++) await client.rpush('jobs', String(n))
  const { lines } = await reader({ streams: [], lists: ['jobs'], oldest: 'head' })
  await new Promise((done) => setTimeout(done, 700))
  expect(lines()).toEqual([])
  await expect.poll(lines, { timeout: 5000 }).toEqual(['0', '1', '2'])
})

it('leaves lists alone that a stream mirrors, also when the event comes into the list first', async () => {
  const { lines } = await reader({})
  await client.lpush('logs:click', '{"n":1}')
  await new Promise((done) => setTimeout(done, 300))
  await client.xadd('log_stream', '*', 'event', '{"n":1}')
  await client.lpush('logs:view', '{"n":2}')
  await client.xadd('log_stream', '*', 'event', '{"n":2}')
  await expect.poll(lines, { timeout: 5000 }).toEqual(['{"n":1}', '{"n":2}'])
  await new Promise((done) => setTimeout(done, 1500))
  expect(lines()).toHaveLength(2)
  expect(await client.llen('logs:click')).toBe(1)
}, 15_000)

it('acknowledges what is refused for good, and counts it', async () => {
  const { bench } = await reader({ streams: ['app'], lists: [] })
  await client.xadd('app', '*', 'event', '{"timestamp":"2001-01-01T00:00:00Z"}')
  await expect.poll(() => bench.counters.rejected.total, { timeout: 5000 }).toBe(1)
  await expect.poll(async () => ((await client.xpending('app', 'girok')) as unknown[])[PENDING]).toBe(0)
  expect([bench.counters.received.total, bench.imbalance(), bench.rejections.length]).toEqual([1, 0, 1])
})
