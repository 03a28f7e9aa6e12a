/** Streams and lists of Debian's redis-server, read while both servers are killed again and again. */
import { rmSync } from 'node:fs'
import { createHierarchy } from '@girok/sdk'
import { redisHandler } from '@girok/sdk/handlers'
import { afterEach, expect, test } from 'vitest'
import { startRedis, type TestRedis } from './redis.ts'
import {
  eventually,
  lines,
  QUIET,
  queryRange,
  type StreamResult,
  startServer,
  type TestServer,
  temporaryFolder,
  UNLIMITED,
} from './server.ts'
import { sourceOf } from './sources.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function redisServer(flags: readonly string[] = []): Promise<TestRedis> {
  const redis = await startRedis(flags)
  ends.push(() => redis.dispose())
  return redis
}

const setting = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => ['--set', `receivers.redis.${name}=${value}`])

async function girok(values: Readonly<Record<string, string>>, dataDir?: string): Promise<TestServer> {
  const args = [...QUIET, ...UNLIMITED, '--set', 'query.maxEntries=100000', ...setting(values)]
  const server = await startServer({ args, ...(dataDir !== undefined && { dataDir }) })
  ends.push(() => server.dispose())
  return server
}

async function count(server: TestServer, selector: string): Promise<number> {
  const { result } = await queryRange(server, `sum(count_over_time(${selector}[1h]))`, { step: '3600' })
  const values = (result as { values: [number, string][] }[])[0]?.values ?? []
  return Number(values.at(-1)?.[1] ?? 0)
}

const numbers = (texts: readonly string[]) => texts.map((text) => (JSON.parse(text) as { n: number }).n)

test('what @girok/sdk writes is there with nothing but the URL: once, though it stands in stream and lists', async () => {
  const redis = await redisServer()
  const server = await girok({ url: redis.url })
  const handler = redisHandler({ url: redis.url, intervalMs: 10 })
  const { root } = createHierarchy()
  root.setLevel('INFO').addHandler(handler)
  for (let n = 0; n < 500; n++) root.warning('m', { n, event_type: n % 2 === 0 ? 'click' : 'view' })
  await handler.close()
  await eventually(async () => (await lines(server, '{redis_key="log_stream"}')).length >= 500)
  // Longer than the lists wait for a stream to mirror them.
  await new Promise((done) => setTimeout(done, 2000))
  const { result } = await queryRange(server, '{redis_key=~".+"}')
  const streams = result as StreamResult[]
  expect(streams.map(({ stream }) => stream.redis_key)).toEqual(['log_stream'])
  expect(streams[0]?.stream.detected_level).toBe('warn')
  const events = streams.flatMap(({ values }) => values.map(([, line]) => JSON.parse(line)))
  expect(new Set(events.map(({ data }) => data.n)).size).toBe(500)
  expect(events).toHaveLength(500)
  const client = redis.client()
  expect(await client.llen('logs:click')).toBe(250)
  expect(((await client.xpending('log_stream', 'girok')) as unknown[])[0]).toBe(0)
})

test('lists alone are emptied into the store; a handler without a stream needs no configuration either', async () => {
  const redis = await redisServer()
  const server = await girok({ url: redis.url })
  const handler = redisHandler({ url: redis.url, stream: false, intervalMs: 10 })
  for (let n = 0; n < 300; n++) await handler.logEvent(n % 3 === 0 ? 'view' : 'click', { n })
  await handler.close()
  await eventually(async () => (await lines(server, '{redis_key=~"logs:.*"}')).length >= 300, 20_000)
  const all = await lines(server, '{redis_key=~"logs:.*"}')
  expect(new Set(all.map((line) => JSON.parse(line).data.n)).size).toBe(300)
  expect(all).toHaveLength(300)
  await eventually(async () => (await redis.client().keys('logs:*')).length === 0)
  expect(await redis.client().keys('girok:taken:*')).toEqual([])
})

const LATE = Symbol('late')
const within = (ms: number) => new Promise<typeof LATE>((done) => setTimeout(done, ms, LATE).unref())

test('both servers killed in the middle, time and again: every entry of streams and lists is visible exactly once', async () => {
  const redis = await redisServer()
  const dataDir = temporaryFolder()
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const values = {
    url: redis.url,
    streams: 'app:a,app:b',
    lists: 'jobs:*',
    mirrored: 'false',
    batchSize: '300',
    claimIdle: '1s',
  }
  let server = await girok(values, dataDir)
  // A transaction whose answer is lost is not to be sent again unasked.
  const client = redis.client({ autoResendUnfulfilledCommands: false })
  const total = 12_000
  const written = (async () => {
    for (let n = 0; n < total; ) {
      const commands: string[][] = []
      for (let i = 0; i < 60; i++, n++) {
        const event = JSON.stringify({ n, text: 'x'.repeat(100) })
        if (n % 4 < 2) commands.push(['xadd', n % 4 === 0 ? 'app:a' : 'app:b', '*', 'event', event])
        else commands.push(['lpush', n % 4 === 2 ? 'jobs:x' : 'jobs:y', event])
      }
      // All or nothing, so that a transaction whose answer is lost can be looked for.
      for (let done = false; !done; ) {
        try {
          const answer = client.multi([...commands, ['set', 'written', String(n)]]).exec()
          // The client forgets some transactions whose connection is lost between its commands: no answer, no failure.
          done = (await Promise.race([answer, within(2_000)])) !== LATE
          if (!done) done = (await client.get('written')) === String(n)
        } catch {
          done = (await client.get('written')) === String(n)
        }
      }
      await new Promise((pause) => setTimeout(pause, 10))
    }
  })()
  for (let kill = 0; kill < 4; kill++) {
    await new Promise((pause) => setTimeout(pause, 400 + kill * 137))
    await server.kill()
    if (kill === 1) {
      await redis.kill()
      await redis.start()
    }
    // The last one has another name: what its forerunner has left is taken over.
    server = await girok({ ...values, ...(kill === 3 && { consumer: 'successor' }) }, dataDir)
  }
  await written
  await eventually(async () => (await count(server, '{redis_key=~".+"}')) >= total, 60_000)
  const found: number[] = []
  for (const key of ['app:a', 'app:b', 'jobs:x', 'jobs:y']) {
    found.push(...numbers(await lines(server, `{redis_key="${key}"}`, { limit: '100000' })))
  }
  expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n))
  for (const key of ['app:a', 'app:b']) {
    await eventually(async () => ((await client.xpending(key, 'girok')) as unknown[])[0] === 0)
  }
  expect((await client.keys('*')).sort()).toEqual(['app:a', 'app:b', 'girok:reader:girok', 'written'])
}, 180_000)

test('a password, a database, a group that begins at the end, entries that are deleted', async () => {
  const redis = await redisServer(['--requirepass', 'secret'])
  const client = redis.client({ password: 'secret', db: 3 })
  await client.xadd('app', '*', 'message', 'before')
  const values = { url: `${redis.url}/3`, password: 'secret', streams: 'app', lists: '', start: 'end' }
  const server = await girok({ ...values, afterwards: 'delete', group: 'g2' })
  await eventually(async () => ((await client.xinfo('GROUPS', 'app')) as unknown[]).length === 1)
  await client.xadd('app', '*', 'level', 'error', 'text', 'after', 'user', '7')
  await eventually(async () => (await lines(server, '{redis_key="app"}')).length > 0)
  expect(await lines(server, '{redis_key="app"}')).toEqual(['{"level":"error","text":"after","user":"7"}'])
  await eventually(async () => (await client.xlen('app')) === 1)
  expect(server.output()).not.toContain('secret')
})

test('a key that holds no stream is named, once in the log, and read when it has become one', async () => {
  const redis = await redisServer()
  const client = redis.client()
  await client.set('log_stream', 'text')
  const server = await girok({ url: redis.url })
  const state = async () => (await sourceOf(server, 'redis')).pulls.find(({ name }) => name === 'streams')
  await eventually(async () => (await state())?.error !== undefined)
  expect((await state())?.error).toMatch(
    /^the key log_stream holds no stream: name other keys in receivers\.redis\.streams/,
  )
  // At least one more try.
  await new Promise((done) => setTimeout(done, 1500))
  const told = server.output().match(/streams failed.*/g)
  expect(told).toHaveLength(1)
  expect(told?.[0]).toContain('the key log_stream holds no stream')
  expect(server.output()).not.toMatch(/\\n +at /)
  await client.del('log_stream')
  await client.xadd('log_stream', '*', 'event', '{"n":1}')
  await eventually(async () => (await lines(server, '{redis_key="log_stream"}')).length === 1, 20_000)
  expect(await state()).toMatchObject({ connected: true })
})

test('a stream that is flushed away is read again when it comes back', async () => {
  const redis = await redisServer()
  const server = await girok({ url: redis.url })
  const client = redis.client()
  await client.xadd('log_stream', '*', 'event', '{"n":1}')
  await eventually(async () => (await lines(server, '{redis_key="log_stream"}')).length === 1)
  await client.flushall()
  await client.xadd('log_stream', '*', 'event', '{"n":2}')
  await eventually(async () => (await lines(server, '{redis_key="log_stream"}')).length === 2, 20_000)
  expect(numbers(await lines(server, '{redis_key="log_stream"}')).sort()).toEqual([1, 2])
})
