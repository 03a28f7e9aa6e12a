import { afterEach, expect, test, vi } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import type { RedisClient } from './redis/client.ts'
import { type FakeRedis, fakeRedis, type Misbehaviour } from './redis/testing/fake-redis.ts'
import { type RedisOptions, redisHandler } from './redis.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function server(misbehave?: (command: string[]) => Misbehaviour): Promise<FakeRedis> {
  const fake = await fakeRedis(misbehave)
  ends.push(() => fake.stop())
  return fake
}

/** Misbehaves the given number of times when a command of that name comes. */
function first(times: number, name: string, misbehaviour: Misbehaviour, key?: string) {
  let left = times
  return (command: string[]) => {
    if (command[0] !== name || (key !== undefined && command[1] !== key) || left === 0) return undefined
    left--
    return misbehaviour
  }
}

function logTo(options: RedisOptions) {
  const complaints: string[] = []
  const handler = redisHandler({
    intervalMs: 5,
    firstRetryMs: 1,
    longestRetryMs: 5,
    closeTimeoutMs: 5000,
    complain: (text) => void complaints.push(text),
    ...options,
  })
  ends.push(() => handler.close())
  const { root, getLogger } = createHierarchy({ now: () => Date.UTC(2026, 0, 31, 8, 5, 7, 42) })
  root.setLevel('INFO').addHandler(handler)
  return { root, getLogger, handler, complaints }
}

const at = ({ port }: { port: number }) => `redis://127.0.0.1:${port}`

test('an event goes to the list of its type and to the stream, in one transaction', async () => {
  const fake = await server()
  const { getLogger, handler } = logTo({ url: at(fake) })
  getLogger('shop.ads').info('광고 클릭', { event_type: 'click', ad_id: 'a1' })
  await handler.flush()
  const [event] = fake.list('logs:click')
  expect(event).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{24}-0$/),
    timestamp: '2026-01-31T08:05:07.042Z',
    type: 'click',
    data: {
      timestamp: '2026-01-31T08:05:07.042Z',
      level: 'INFO',
      logger: 'shop.ads',
      message: '광고 클릭',
      event_type: 'click',
      ad_id: 'a1',
    },
  })
  const text = JSON.stringify(event)
  expect(fake.ran).toEqual([
    ['lpush', 'logs:click', text],
    ['xadd', 'log_stream', '*', 'event', text],
  ])
  expect(handler.stats).toMatchObject({ sent: 1, waiting: 0, retries: 0 })
})

test('the type: the field, else of the context, else the event, else the logger', async () => {
  const fake = await server()
  const { root, getLogger, handler } = logTo({
    url: at(fake),
    typeField: 'kind',
    stream: false,
    list: 'a:{type}:{type}',
  })
  getLogger('x').info('one', { kind: 'own' })
  root.with({ kind: 'bound' }).info('two')
  root.with({ kind: 'bound' }).info('three', { kind: 7 })
  handler.handle({ ...recordOfEvent(), event: { name: 'declared', json: () => '' } as never })
  getLogger('x.y').info('five', {
    get kind(): string {
      throw new Error('not today')
    },
  })
  await handler.flush()
  expect(fake.ran.map(([, key]) => key)).toEqual(['own', 'bound', 'root', 'declared', 'x.y'].map((t) => `a:${t}:${t}`))
})

const recordOfEvent = () => ({
  timeMs: 0,
  level: 20,
  logger: 'app',
  message: 'm',
  fields: undefined,
  frame: undefined,
  source: undefined,
  text: '',
  textBy: undefined,
})

test('events of the program itself have just their data, and are there when the promise resolves', async () => {
  const fake = await server()
  const { handler } = logTo({ url: at(fake), now: () => 0, intervalMs: 60_000 })
  await handler.logEvent('impression', { ad_id: 'a', cost: 1.5, big: 1n })
  expect(fake.list('logs:impression')).toEqual([
    {
      id: expect.any(String),
      timestamp: '1970-01-01T00:00:00.000Z',
      type: 'impression',
      data: { ad_id: 'a', cost: 1.5, big: '1' },
    },
  ])
})

test('nothing is connected before the first record; lists and stream keep what maxLength says', async () => {
  const fake = await server()
  const { root, handler } = logTo({ url: at(fake), maxLength: 100 })
  await new Promise((done) => setTimeout(done, 30))
  expect(fake.connections).toBe(0)
  root.info('a', { event_type: 't' })
  root.info('b', { event_type: 't' })
  await handler.flush()
  expect(fake.connections).toBe(1)
  expect(fake.ran.map((command) => command.slice(0, command[0] === 'lpush' ? 2 : 5))).toEqual([
    ['lpush', 'logs:t'],
    ['xadd', 'log_stream', 'MAXLEN', '~', '100'],
    ['lpush', 'logs:t'],
    ['xadd', 'log_stream', 'MAXLEN', '~', '100'],
    ['ltrim', 'logs:t', '0', '99'],
  ])
})

test.each([
  "READONLY You can't write against a read only replica.",
  'LOADING Redis is loading the dataset in memory',
  "OOM command not allowed when used memory > 'maxmemory'.",
  'MISCONF Redis is configured to save RDB snapshots',
  'NOAUTH Authentication required.',
])('%s: retried until it passes, nothing twice', async (error) => {
  const fake = await server(first(2, 'xadd', { error }))
  const { root, handler, complaints } = logTo({ url: at(fake) })
  for (let i = 0; i < 3; i++) root.info('m', { i })
  await handler.flush()
  expect(fake.stream('log_stream')).toHaveLength(3)
  expect(new Set(fake.list('logs:root').map(({ id }) => id)).size).toBe(3)
  expect(fake.list('logs:root')).toHaveLength(3)
  expect(handler.stats).toMatchObject({ sent: 3, waiting: 0, retries: 1, dropped: { refused: 0 } })
  expect(complaints[0]).toContain(error)
})

test('a key of another kind: its records are refused and counted, the others arrive', async () => {
  const error = 'WRONGTYPE Operation against a key holding the wrong kind of value'
  const fake = await server(first(9, 'run lpush', { error }, 'logs:bad'))
  const { root, handler, complaints } = logTo({ url: at(fake) })
  for (let i = 0; i < 6; i++) root.info('m', { event_type: i % 3 === 0 ? 'bad' : 'good' })
  await handler.flush()
  expect(fake.list('logs:good')).toHaveLength(4)
  expect(handler.stats).toMatchObject({ sent: 4, waiting: 0, retries: 0, dropped: { refused: 2 } })
  expect(complaints).toEqual([`redis 127.0.0.1:${fake.port} refused 2 records: ${error}`])
})

test('a command that may never run spoils its transaction, not the other records', async () => {
  const error = "NOPERM this user has no permissions to access the key 'logs:bad'"
  const fake = await server(first(9, 'lpush', { error }, 'logs:bad'))
  const { root, handler } = logTo({ url: at(fake) })
  for (let i = 0; i < 6; i++) root.info('m', { event_type: i % 3 === 0 ? 'bad' : 'good' })
  await handler.flush()
  expect(fake.list('logs:good')).toHaveLength(4)
  expect(handler.stats).toMatchObject({ sent: 4, waiting: 0, dropped: { refused: 2 } })
})

test('refused and failing at once: the refused are counted, only what is missing is repeated', async () => {
  const refuse = first(9, 'lpush', { error: 'NOPERM no' }, 'logs:bad')
  // The second attempt of the list, which is outside of a transaction, fails once; its stream has the event already.
  const fail = first(1, 'run lpush', { error: 'OOM full' }, 'logs:good')
  const fake = await server((command) => refuse(command) ?? fail(command))
  const { root, handler } = logTo({ url: at(fake) })
  root.info('a', { event_type: 'bad' })
  root.info('b', { event_type: 'good' })
  await handler.flush()
  expect(fake.list('logs:good')).toHaveLength(1)
  expect(fake.stream('log_stream').filter(({ id }) => id === fake.list('logs:good')[0]?.id)).toHaveLength(1)
  expect(handler.stats).toMatchObject({ sent: 1, waiting: 0, retries: 1, dropped: { refused: 1 } })
})

test('an answer that is lost: the batch comes again with the same ids', async () => {
  const fake = await server(first(1, 'exec', 'hang up'))
  const { root, handler } = logTo({ url: at(fake) })
  for (let i = 0; i < 3; i++) root.info('m')
  await handler.flush()
  const ids = fake.stream('log_stream').map(({ id }) => id)
  expect(ids).toHaveLength(6)
  expect(ids.slice(0, 3)).toEqual(ids.slice(3))
  expect(handler.stats).toMatchObject({ sent: 3, retries: 1 })
})

test('a server without answers: the attempt ends in time and the next one has a connection of its own', async () => {
  const fake = await server()
  const silent = await server()
  const { createServer } = await import('node:net')
  const sockets: import('node:net').Socket[] = []
  const mute = createServer((socket) => void sockets.push(socket.on('error', () => {})))
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    mute.close()
  })
  const { root, handler, complaints } = logTo({
    url: at({ port: (mute.address() as { port: number }).port }),
    timeoutMs: 50,
    closeTimeoutMs: 50,
  })
  root.info('m')
  await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(1), 5000)
  expect(handler.stats).toMatchObject({ sent: 0, waiting: 1 })
  expect(complaints[0]).toMatch(/does not answer within 50 ms; 1 records are being retried/)
  expect([fake.connections, silent.connections]).toEqual([0, 0])
})

test('a server that is away and comes back: nothing is lost', async () => {
  const away = await fakeRedis()
  const { port } = away
  const { root, handler, complaints } = logTo({ url: at({ port }) })
  root.info('before')
  await handler.flush()
  await away.stop()
  for (let i = 0; i < 50; i++) root.info('while it is away', { i })
  await vi.waitFor(() => expect(handler.stats.retries).toBeGreaterThan(2), 5000)
  const back = await fakeRedis(undefined, port)
  ends.push(() => back.stop())
  await handler.flush()
  expect(back.stream('log_stream')).toHaveLength(50)
  expect(handler.stats).toMatchObject({ sent: 51, waiting: 0 })
  expect(
    complaints.some((text) => /cannot be reached \(ECONNREFUSED\); \d+ records are being retried/.test(text)),
  ).toBe(true)
})

test('a client of the caller is used while it is connected, and left open', async () => {
  const { Redis } = await import('ioredis')
  const fake = await server()
  const client = new Redis(at(fake), { lazyConnect: true })
  ends.push(() => client.disconnect())
  const { root, handler } = logTo({ client })
  root.info('m')
  await handler.flush()
  await handler.close()
  expect(client.status).toBe('ready')
  expect(fake.stream('log_stream')).toHaveLength(1)
})

test('a client that is away is not given commands, which it would keep and send again later', async () => {
  const given: unknown[] = []
  const state = { status: 'reconnecting' }
  const client: RedisClient = {
    get status() {
      return state.status
    },
    multi: (commands) => ({ exec: async () => commands.map((command) => [given.push(command) ? null : null]) }),
    pipeline: () => ({ exec: async () => [] }),
    call: async () => 1,
  }
  const { root, handler, complaints } = logTo({ client, stream: false })
  root.info('m')
  await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(1), 5000)
  expect(complaints[0]).toBe('redis: the client is reconnecting; 1 records are being retried')
  expect(given).toEqual([])
  state.status = 'ready'
  await handler.flush()
  expect(given).toHaveLength(1)
})

test('in a cluster each command goes to its own server, and only what is missing is repeated', async () => {
  const done: string[][] = []
  let failures = 3
  const client: RedisClient = {
    isCluster: true,
    status: 'ready',
    multi: () => ({ exec: () => Promise.reject(new Error('All keys should belong to the same slot')) }),
    pipeline: () => ({ exec: () => Promise.reject(new Error('All keys should belong to the same slot')) }),
    call: async (command, ...args) => {
      if (command === 'xadd' && failures-- > 0) throw new Error('CLUSTERDOWN Hash slot not served')
      done.push([command, ...args])
    },
  }
  const { root, handler } = logTo({ client })
  for (const event_type of ['a', 'b', 'c', 'd']) root.info('m', { event_type })
  await handler.flush()
  expect(done.filter(([name]) => name === 'lpush')).toHaveLength(4)
  const streamed = done.filter(([name]) => name === 'xadd').map((command) => JSON.parse(command.at(-1) ?? '').type)
  expect(streamed.sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(handler.stats).toMatchObject({ sent: 4, waiting: 0, retries: 1 })
})

test('without the package the complaint says what to install, and the records wait', async () => {
  vi.doMock('ioredis', () => {
    throw new Error('not installed')
  })
  try {
    const { root, handler, complaints } = logTo({ closeTimeoutMs: 50 })
    root.info('m')
    await vi.waitFor(() => expect(complaints[0]).toMatch(/needs the package ioredis \(npm install ioredis\)/), 5000)
    expect(handler.stats.waiting).toBe(1)
  } finally {
    vi.doUnmock('ioredis')
  }
})

test('options that cannot be right say so, and passwords stay secret', () => {
  expect(() => redisHandler({ url: 'http://user:secret@host' })).toThrow(/url must begin with redis:\/\//)
  expect(() => redisHandler({ url: 'http://user:secret@host' })).not.toThrow(/secret/)
  expect(() => redisHandler({ list: false, stream: false })).toThrow('list and stream are both off')
  expect(() => redisHandler({ list: true as never })).toThrow('list is true: use a key, or false for none')
  expect(() => redisHandler({ stream: '' })).toThrow('stream is "": use a key')
  expect(() => redisHandler({ maxLength: 0 })).toThrow('maxLength is 0: use a whole number of at least 1')
  expect(redisHandler({ url: 'redis://user:secret@host:7000/3' }).name).toBe('redis host:7000/3')
  expect(redisHandler({ url: 'rediss://host' }).name).toBe('redis host:6379')
  expect(redisHandler({ url: '/run/redis.sock' }).name).toBe('redis /run/redis.sock')
})
