/**
 * The SDK's remote handlers and Girok's own server, while either of them is killed: every record is stored exactly once.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { RemoteStats } from '@girok/sdk/handlers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkshop, type Running, type Workshop } from './programs.ts'
import { eventually, lines, QUIET, startServer, type TestServer, temporaryFolder, UNLIMITED } from './server.ts'

const dataDir = temporaryFolder()
const folders: string[] = [dataDir]
let server: TestServer
let workshop: Workshop
let line: Line

/** Stands before the server under an address that stays, and loses replies. */
interface Line {
  readonly url: string
  /** Of a hundred replies, so many are lost together with the connection. */
  breaking: number
  readonly broken: number
  close(): void
}

async function openLine(target: () => string): Promise<Line> {
  let due = 50
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const { hostname, port } = new URL(target())
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (reply) => {
      // Evenly, not by chance: where batches are large there are few replies, and one of them must be lost.
      due += state.breaking
      if (due < 100) {
        client.write(reply)
        return
      }
      due -= 100
      // The server has done what it was asked to, and nobody hears of it.
      state.broken++
      upstream.destroy()
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const state = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    breaking: 0,
    broken: 0,
    close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
  return state
}

const start = () => startServer({ dataDir, args: [...QUIET, ...UNLIMITED] })

beforeAll(async () => {
  server = await start()
  line = await openLine(() => server.url)
  workshop = createWorkshop()
  workshop.file('logs.mjs', PROGRAM)
})
afterAll(async () => {
  await workshop?.dispose()
  line?.close()
  await server?.dispose()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newSpool(): string {
  const folder = temporaryFolder()
  folders.push(folder)
  return folder
}

/** Logs the numbers FROM to TO, a few in each turn, through the handlers that HANDLERS names, and ends as END says. */
const PROGRAM = `
import { getLogger, root, shutdown } from '@girok/sdk'
import { girokHandler, lokiHandler } from '@girok/sdk/handlers'

const { TARGET, APP, FROM, TO, END, PAUSE, SPOOL, MODE, HANDLERS } = process.env
const options = {
  url: TARGET,
  intervalMs: 50,
  batchCount: 100,
  firstRetryMs: 50,
  longestRetryMs: 500,
  closeTimeoutMs: 30_000,
  labels: { app: APP },
  ...(SPOOL ? { spool: { directory: SPOOL, mode: MODE } } : {}),
  complain: (text) => console.log(text),
}
const handlers = []
if (HANDLERS.includes('girok')) handlers.push(girokHandler(options))
if (HANDLERS.includes('loki')) handlers.push(lokiHandler({ ...options, labels: { app: APP + '-loki' } }))
root.setLevel('INFO')
for (const handler of handlers) root.addHandler(handler)
const log = getLogger('e2e')
console.log('begun')
for (let n = Number(FROM); n < Number(TO); n++) {
  log.info('number', { n })
  if (n % 20 === 19 && PAUSE !== '0') await new Promise((resolve) => setTimeout(resolve, Number(PAUSE)))
}
console.log('all logged')
if (END === 'shutdown') await shutdown()
console.log(JSON.stringify(handlers.map((handler) => handler.stats)))
if (END === 'exit') process.exit(0)
if (END === 'throw') throw new Error('the end')
if (END === 'sigterm') process.kill(process.pid, 'SIGTERM')
if (END === 'sigterm') await new Promise((resolve) => setTimeout(resolve, 20_000))
`

interface Run {
  readonly app: string
  readonly from?: number
  readonly to: number
  readonly end?: 'return' | 'shutdown' | 'exit' | 'throw' | 'sigterm'
  readonly pauseMs?: number
  readonly spool?: string
  readonly mode?: 'spill' | 'always'
  readonly handlers?: string
  readonly target?: string
}

function run({ app, from = 0, to, end = 'shutdown', pauseMs = 0, spool = '', mode = 'spill', ...more }: Run): Running {
  return workshop.start(process.execPath, [join(workshop.folder, 'logs.mjs')], {
    TARGET: more.target ?? line.url,
    APP: app,
    FROM: String(from),
    TO: String(to),
    END: end,
    PAUSE: String(pauseMs),
    SPOOL: spool,
    MODE: mode,
    HANDLERS: more.handlers ?? 'girok',
  })
}

/** The numbers stored under a label, in ascending order, repeats included. */
async function stored(app: string): Promise<number[]> {
  const numbers: number[] = []
  // One page is 5000 lines at most.
  for (let digit = 0; digit < 10; digit++) {
    const found = await lines(server, `{app="${app}"} |~ "\\"n\\":[0-9]*${digit}}"`)
    numbers.push(...found.map((text) => (JSON.parse(text) as { n: number }).n))
  }
  return numbers.sort((a, b) => a - b)
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

async function killServer(awayMs: number): Promise<void> {
  await server.kill()
  await new Promise((resolve) => setTimeout(resolve, awayMs))
  server = await start()
}

test.each(['with', 'without'])(
  '%s a spool, the server killed twice and replies lost: each record is stored once, by both ways',
  async (how) => {
    const app = `killed-${how}`
    line.breaking = 15
    const both = { app, spool: how === 'with' ? newSpool() : '', handlers: 'girok,loki' }
    const program = run({ ...both, to: 6000, pauseMs: 15 })
    // The server must go while records are on their way.
    await eventually(() => program.output().includes('begun'))
    for (const awayMs of [300, 1500]) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      await killServer(awayMs)
    }
    const { code, stdout } = await program.ended
    line.breaking = 0
    expect(code, program.output()).toBe(0)
    const stats = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RemoteStats[]
    expect(stats.map(({ sent, spooled }) => sent + spooled)).toEqual([6000, 6000])
    expect(stats.every(({ retries }) => retries > 0)).toBe(true)
    // With a spool the end does not wait for a line that fails: the next program delivers.
    if (how === 'with') expect((await run({ ...both, from: 6000, to: 6000 }).ended).code).toBe(0)
    else expect(stats.map(({ sent }) => sent)).toEqual([6000, 6000])
    expect(line.broken).toBeGreaterThan(0)
    expect(await stored(app)).toEqual(upTo(6000))
    // Girok knows pushes by their keys too; Loki itself would know its entries by time and line.
    expect(await stored(`${app}-loki`)).toEqual(upTo(6000))
  },
)

/** The numbers in the files of a spool. */
function spooled(directory: string): number[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.batch'))
    .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').trimEnd().split('\n').slice(1))
    .map((text) => (JSON.parse(text) as { n: number }).n)
}

test('the program killed again and again, every batch on disk first: what was on disk is stored exactly once', async () => {
  const app = 'program-killed'
  const spool = newSpool()
  const onDisk = new Set<number>()
  line.breaking = 20
  const PART = 10_000
  for (let round = 0; round < 4; round++) {
    const from = round * PART
    // In the second round the server is away for part of the time, in the third all the time.
    const away = round === 1 ? killServer(600) : round === 2 ? server.kill() : undefined
    const program = run({ app, from, to: from + PART, pauseMs: 5, spool, mode: 'always' })
    await eventually(() => program.output().includes('begun'))
    await new Promise((resolve) => setTimeout(resolve, 700 + Math.random() * 700))
    await program.stop('SIGKILL')
    for (const n of spooled(spool)) onDisk.add(n)
    await away
    if (round === 2) server = await start()
  }
  expect(onDisk.size).toBeGreaterThan(100)
  line.breaking = 0
  const last = run({ app, from: 4 * PART, to: 4 * PART + 10, spool, mode: 'always' })
  expect((await last.ended).code, last.output()).toBe(0)
  expect(spooled(spool)).toEqual([])
  const found = await stored(app)
  expect(found).toEqual([...new Set(found)])
  const there = new Set(found)
  expect([...onDisk].filter((n) => !there.has(n))).toEqual([])
  // Order was kept: of each round the first ones are there, without a gap.
  for (let round = 0; round < 4; round++) {
    const part = found.filter((n) => Math.floor(n / PART) === round).map((n) => n - round * PART)
    expect(part).toEqual(upTo(part.length))
    expect(part.length).toBeGreaterThan(100)
  }
})

test.each(['return', 'exit', 'throw', 'sigterm'] as const)(
  'a program that ends by %s in a burst, the server away: the next one delivers',
  async (end) => {
    const app = `end-${end}`
    const spool = newSpool()
    const ended = await run({ app, to: 1000, end, spool, target: 'http://127.0.0.1:9' }).ended
    expect(ended.stdout).toContain('all logged')
    expect(spooled(spool).sort((a, b) => a - b)).toEqual(upTo(1000))
    expect((await run({ app, from: 1000, to: 1001, spool }).ended).code).toBe(0)
    expect(await stored(app)).toEqual(upTo(1001))
  },
)

test.each(['return', 'sigterm'] as const)(
  'a program that ends by %s in a burst, the server there: all is delivered, without a spool',
  async (end) => {
    const app = `gone-${end}`
    await run({ app, to: 1000, end }).ended
    await eventually(async () => (await stored(app)).length >= 1000)
    expect(await stored(app)).toEqual(upTo(1000))
  },
)
