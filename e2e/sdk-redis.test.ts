/** The Redis handler against Debian's redis-server, which is killed and started again under it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, connect as dial } from 'node:net'
import { join } from 'node:path'
import { createHierarchy } from '@girok/sdk'
import { type RedisOptions, redisHandler } from '@girok/sdk/handlers'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import { eventually, temporaryFolder } from './server.ts'
import { endTogether, freePort } from './sockets.ts'

interface Event {
  readonly id: string
  readonly type: string
  readonly data: { readonly n: number }
}

let workshop: Workshop
let folder: string
let port: number
let server: ChildProcess | undefined
const ends: (() => unknown)[] = []

beforeAll(() => {
  workshop = createWorkshop()
  try {
    execFileSync('redis-server', ['--version'])
  } catch (error) {
    throw new Error('these tests need redis-server on the PATH: apt-get install redis-server', { cause: error })
  }
})
afterAll(() => workshop?.dispose())

beforeEach(async () => {
  folder = temporaryFolder()
  port = await freePort()
  await startRedis()
})

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await killRedis()
  rmSync(folder, { recursive: true, force: true })
})

/** What was answered is on disk: kill -9 takes nothing that a client was told of. */
async function startRedis(): Promise<void> {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes']
  let output = ''
  const child = spawn('redis-server', [...flags, '--appendfsync', 'always', '--daemonize', 'no'])
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  server = child
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}:\n${output}`)
    return output.includes('Ready to accept connections')
  })
}

async function killRedis(): Promise<void> {
  const child = server
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await ended
}

const url = () => `redis://127.0.0.1:${port}`

function client(): Redis {
  const made = new Redis(url())
  ends.push(() => made.disconnect())
  return made
}

function logTo(options: RedisOptions) {
  const complaints: string[] = []
  const handler = redisHandler({
    url: url(),
    intervalMs: 10,
    firstRetryMs: 10,
    longestRetryMs: 200,
    batchCount: 200,
    closeTimeoutMs: 20_000,
    complain: (text) => void complaints.push(text),
    ...options,
  })
  ends.push(() => handler.close())
  const { root } = createHierarchy()
  root.setLevel('INFO').addHandler(handler)
  return { log: root, handler, complaints }
}

/** Oldest first. */
async function events(key = 'root'): Promise<{ list: Event[]; stream: Event[] }> {
  const redis = client()
  const list = (await redis.lrange(`logs:${key}`, 0, -1)).reverse()
  const stream = (await redis.xrange('log_stream', '-', '+')).map(([, [, event = '']]) => event)
  const parse = (texts: string[]) => texts.map((text) => JSON.parse(text) as Event)
  return { list: parse(list), stream: parse(stream) }
}

const distinct = (all: readonly Event[]) => new Set(all.map(({ id }) => id)).size

test('killed and started again three times: every record is there, in list and stream, in order', async () => {
  const { log, handler, complaints } = logTo({ queueSize: 2 ** 26 })
  const count = 12_000
  let kills = 0
  for (let n = 0; n < count; n++) {
    log.info('m', { n })
    if (n % 100 === 0) await new Promise((done) => setTimeout(done, 5))
    if (n % 3000 === 2999 && kills < 3) {
      kills++
      // In the middle of what is being sent.
      await killRedis()
      await eventually(() => handler.stats.retries >= kills)
      await startRedis()
    }
  }
  await handler.flush()
  const { sent, waiting, retries, dropped } = handler.stats
  expect({ sent, waiting }).toEqual({ sent: count, waiting: 0 })
  expect(Object.values(dropped).every((lost) => lost === 0)).toBe(true)
  expect(retries).toBeGreaterThanOrEqual(3)
  expect(complaints.length).toBeGreaterThan(0)

  const { list, stream } = await events()
  // A batch is one transaction: whatever is in the list is in the stream, as often and in the same order.
  expect(list.map(({ id }) => id)).toEqual(stream.map(({ id }) => id))
  expect(distinct(stream)).toBe(count)
  const firsts = [...new Map(stream.map((event) => [event.id, event.data.n])).values()]
  expect(firsts).toEqual(Array.from({ length: count }, (_, n) => n))
  // A repeat for each kill at most, of the batch that was under way.
  expect(stream.length - count).toBeLessThanOrEqual(kills * 200)
  console.log(`${count} records, ${kills} kills, ${retries} retries, ${stream.length - count} repeats`)
})

test('an answer that is lost: exactly that batch comes twice, with the same ids', async () => {
  let lose = false
  const between = createServer((near) => {
    const far = dial(port, '127.0.0.1')
    near.pipe(far)
    far.on('data', (answer) => {
      // The answer to EXEC, which is an array. Redis has run the transaction.
      if (lose && answer.includes('*20\r\n')) {
        lose = false
        near.destroy()
      } else near.write(answer)
    })
    endTogether(near, far)
  })
  await new Promise<void>((done) => between.listen(0, '127.0.0.1', done))
  ends.push(() => between.close())
  const { log, handler } = logTo({ url: `redis://127.0.0.1:${(between.address() as AddressInfo).port}` })
  for (let batch = 0; batch < 3; batch++) {
    lose = batch === 1
    for (let n = 0; n < 10; n++) log.info('m', { n: batch * 10 + n })
    await handler.flush()
  }
  expect(handler.stats).toMatchObject({ sent: 30, waiting: 0, retries: 1 })
  const { stream } = await events()
  expect(stream.map(({ data }) => data.n)).toEqual(
    [0, 1, 1, 2].flatMap((batch) => Array.from({ length: 10 }, (_, n) => batch * 10 + n)),
  )
  expect(stream.slice(10, 20)).toEqual(stream.slice(20, 30))
  expect(distinct(stream)).toBe(30)
})

test('READONLY and OOM pass, WRONGTYPE does not and is counted', async () => {
  const redis = client()
  const { log, handler, complaints } = logTo({})
  await redis.replicaof('127.0.0.1', '1')
  log.info('m', { n: 1 })
  await eventually(() => complaints.some((text) => text.includes('READONLY')))
  await redis.replicaof('NO', 'ONE')
  await handler.flush()

  await redis.config('SET', 'maxmemory', '1mb')
  log.info('m', { n: 2 })
  await eventually(() => complaints.some((text) => text.includes('OOM')))
  await redis.config('SET', 'maxmemory', '0')
  await handler.flush()

  await redis.set('logs:taken', 'a string')
  log.info('m', { n: 3, event_type: 'taken' })
  log.info('m', { n: 4 })
  await handler.flush()
  expect((await events()).list.map(({ data }) => data.n)).toEqual([1, 2, 4])
  expect(handler.stats).toMatchObject({ sent: 3, waiting: 0, dropped: { refused: 1 } })
  expect(complaints.at(-1)).toContain('WRONGTYPE')
})

test('lists and stream stay as long as maxLength says', async () => {
  const { log, handler } = logTo({ maxLength: 100 })
  for (let n = 0; n < 1000; n++) log.info('m', { n })
  await handler.flush()
  const { list, stream } = await events()
  expect(list.map(({ data }) => data.n)).toEqual(Array.from({ length: 100 }, (_, n) => 900 + n))
  // Redis trims streams by whole nodes, which hold 100 entries.
  expect(stream.length).toBeGreaterThanOrEqual(100)
  expect(stream.length).toBeLessThanOrEqual(300)
})

const PROGRAM = `
  import { getLogger, root } from '@girok/sdk'
  import { redisHandler } from '@girok/sdk/handlers'
  const [url, directory] = process.argv.slice(2)
  const handler = redisHandler({ url, firstRetryMs: 10, ...(directory && { spool: { directory } }) })
  root.setLevel('INFO').addHandler(handler)
  for (let n = 0; n < 500; n++) getLogger('job').info('m', { n })
`

test('a program that just ends has sent everything, and is not kept alive by its connection', async () => {
  const file = workshop.file('ends.mjs', PROGRAM)
  await workshop.run(process.execPath, [file, url()])
  expect((await events('job')).list.map(({ data }) => data.n)).toEqual(Array.from({ length: 500 }, (_, n) => n))

  const idle = workshop.file('idle.mjs', `${PROGRAM}\nawait handler.flush()\nconsole.log('flushed')`)
  const begin = performance.now()
  expect((await workshop.run(process.execPath, [idle, url()])).stdout).toContain('flushed')
  expect(performance.now() - begin).toBeLessThan(10_000)
})

test('what a program cannot send waits in its spool, and the next one sends it', async () => {
  const directory = join(folder, 'spool')
  mkdirSync(directory)
  const file = workshop.file('spools.mjs', PROGRAM)
  await killRedis()
  await workshop.run(process.execPath, [file, url(), directory])
  await startRedis()
  await workshop.run(process.execPath, [file, url(), directory])
  const { stream } = await events('job')
  expect(distinct(stream)).toBe(1000)
  expect(stream).toHaveLength(1000)
})
