import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Batch, Outcome } from './destination.ts'
import type { RemoteOptions, SpoolOptions } from './options.ts'
import { createRemoteHandler } from './remote.ts'
import { logTo } from './testing/far-end.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'girok-remote-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

type Behaviour = (batch: Batch) => Outcome | Promise<Outcome>
const AWAY: Outcome = { kind: 'retry', reason: 'away' }
const TAKEN: Outcome = { kind: 'delivered' }

/** A handler with a spool, whose far end behaves as `far.does` says at the time. */
function start(does: Behaviour, spool: Partial<SpoolOptions> = {}, options: RemoteOptions = {}) {
  const far = { does, batches: [] as Batch[] }
  const make = (given: RemoteOptions) =>
    createRemoteHandler(
      {
        name: 'memory there',
        entry: ({ message }) => message,
        async deliver(batch) {
          far.batches.push(batch)
          return far.does(batch)
        },
      },
      given,
    )
  const made = logTo(make, { batchCount: 10, spool: { directory, ...spool }, ...options })
  /** Texts of the batches that the far end took. */
  const texts = () => far.batches.map(({ entries }) => entries.join(' '))
  return { ...made, far, texts }
}

const batchFiles = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('damaged'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
const onDisk = () => batchFiles().flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(1))

test('while the far end is away records go to disk; when it is back they come oldest first', async () => {
  const { log, handler, far } = start(() => AWAY, {}, { queueSize: 2000, longestRetryMs: 20 })
  const taken: string[] = []
  for (let i = 0; i < 2000; i++) {
    log.info(`record ${i}`)
    if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await handler.flush()
  expect(handler.stats).toMatchObject({ sent: 0, dropped: { overflow: 0, spool_full: 0 } })
  expect(handler.stats.waiting).toBeLessThanOrEqual(200)
  expect(handler.stats.spooled).toBeGreaterThan(1500)
  expect(onDisk()).toHaveLength(2000)
  far.does = ({ entries }) => {
    taken.push(...entries)
    return TAKEN
  }
  await expect.poll(() => handler.stats.sent, { timeout: 5000 }).toBe(2000)
  log.info('after')
  await handler.flush()
  expect(taken).toEqual([...Array.from({ length: 2000 }, (_, i) => `record ${i}`), 'after'])
  expect(handler.stats).toMatchObject({ waiting: 0, spooled: 0 })
  expect(batchFiles()).toEqual([])
  await handler.close()
})

test('with a spool close does not wait for a far end that is away, and loses nothing', async () => {
  const one = start(() => AWAY, {}, { firstRetryMs: 60_000, longestRetryMs: 60_000 })
  for (let i = 0; i < 25; i++) one.log.info(`r${i}`)
  const begin = performance.now()
  await one.handler.close()
  expect(performance.now() - begin).toBeLessThan(4_000)
  expect(one.handler.stats).toMatchObject({ sent: 0, waiting: 0, spooled: 25, dropped: { closed: 0 } })
  expect(one.complaints.at(-1)).toBe('25 records for memory there wait in the spool for the next start')

  const two = start(() => TAKEN)
  two.log.info('new')
  await two.handler.flush()
  expect(two.texts().join(' ')).toBe([...Array.from({ length: 25 }, (_, i) => `r${i}`), 'new'].join(' '))
  // Under the key that the far end has seen before: it may have stored the batch though it did not say so.
  expect(two.far.batches[0]?.key).toBe(one.far.batches[0]?.key)
  await two.handler.close()
})

test('a far end that never answers: what is on its way is on disk at the deadline', async () => {
  const one = start(() => new Promise<Outcome>(() => {}), {}, { closeTimeoutMs: 40, timeoutMs: 60_000 })
  one.log.info('x')
  // A destination that does not listen to its signal must not keep close waiting for ever.
  const closed = await Promise.race([one.handler.close().then(() => 'closed'), new Promise((r) => setTimeout(r, 1500))])
  expect(closed).toBe('closed')
  expect(onDisk()).toEqual(['x'])
})

test('flushSync brings what waits and what is on its way to disk at once, each record once', async () => {
  let answer: (outcome: Outcome) => void = () => {}
  const one = start(() => new Promise((resolve) => (answer = resolve)), {}, { intervalMs: 60_000 })
  for (let i = 0; i < 10; i++) one.log.info(`r${i}`)
  await expect.poll(() => one.far.batches.length).toBe(1)
  for (let i = 10; i < 15; i++) one.log.info(`r${i}`)
  expect(batchFiles()).toEqual([])
  one.handler.flushSync()
  one.handler.flushSync()
  expect(onDisk()).toEqual(Array.from({ length: 15 }, (_, i) => `r${i}`))
  expect(batchFiles()[0]).toContain(one.far.batches[0]?.key)
  // The process did not end after all: what arrives is removed.
  one.far.does = () => TAKEN
  answer(TAKEN)
  await one.handler.flush()
  expect(one.texts()).toEqual(['r0 r1 r2 r3 r4 r5 r6 r7 r8 r9', 'r10 r11 r12 r13 r14'])
  expect(batchFiles()).toEqual([])
  await one.handler.close()
})

test('always: every batch is on disk before its first attempt, and gone after it', async () => {
  const seen: string[][] = []
  const one = start(
    ({ entries }) => {
      expect(onDisk()).toEqual(expect.arrayContaining([...entries]))
      seen.push([...entries])
      return TAKEN
    },
    { mode: 'always' },
  )
  for (let i = 0; i < 25; i++) one.log.info(`r${i}`)
  // Full batches go there at once, without waiting for their turn.
  expect(onDisk()).toHaveLength(20)
  await one.handler.flush()
  expect(seen.flat()).toEqual(Array.from({ length: 25 }, (_, i) => `r${i}`))
  expect(batchFiles()).toEqual([])
  expect(one.handler.stats).toMatchObject({ sent: 25, waiting: 0, spooled: 0, retries: 0 })
  await one.handler.close()
})

test('a burst that memory cannot hold goes to disk and not away', async () => {
  const one = start(() => TAKEN, {}, { queueSize: 100 })
  for (let i = 0; i < 1000; i++) one.log.info(`r${i}`)
  expect(one.handler.stats.dropped.overflow).toBe(0)
  expect(one.handler.stats.waiting + one.handler.stats.spooled).toBe(1000)
  await one.handler.flush()
  expect(one.texts().join(' ')).toBe(Array.from({ length: 1000 }, (_, i) => `r${i}`).join(' '))
  await one.handler.close()
})

test('of a batch on disk only what is left stays there', async () => {
  const one = start(({ entries }) => ({ ...AWAY, kind: 'retry', reason: 'busy', entries: entries.slice(-2) }), {
    mode: 'always',
  })
  for (const message of ['a', 'b', 'c', 'd']) one.log.info(message)
  await one.handler.flush()
  expect(onDisk()).toEqual(['c', 'd'])
  expect(one.handler.stats).toMatchObject({ sent: 2 })
  await one.handler.close()
})

test('halves of a batch on disk are on disk too', async () => {
  let refusing = true
  /** Whether the batch of each attempt was on disk before it. */
  const safe: boolean[] = []
  const one = start(
    ({ entries }) => {
      safe.push(entries.every((entry) => onDisk().includes(entry)))
      return entries.length > 2 ? { kind: 'too_large', reason: '413' } : refusing ? AWAY : TAKEN
    },
    { mode: 'always' },
    { longestRetryMs: 5 },
  )
  for (const message of ['a', 'b', 'c', 'd', 'e']) one.log.info(message)
  await one.handler.flush()
  const key = one.far.batches[0]?.key
  await expect
    .poll(() => batchFiles().map((path) => path.slice(path.indexOf(`${key}`))))
    .toEqual([`${key}.0.0.batch`, `${key}.0.1.batch`, `${key}.1.batch`])
  expect(onDisk()).toEqual(['a', 'b', 'c', 'd', 'e'])
  refusing = false
  await expect.poll(() => one.handler.stats.sent).toBe(5)
  expect(safe).not.toContain(false)
  expect(batchFiles()).toEqual([])
  await one.handler.close()
})

test('a damaged batch costs itself only; the disk may be full of them', async () => {
  const one = start(() => AWAY, {}, { firstRetryMs: 60_000, longestRetryMs: 60_000 })
  for (let i = 0; i < 30; i++) one.log.info(`r${i}`)
  await one.handler.close()
  const [, second = ''] = batchFiles()
  writeFileSync(second, readFileSync(second, 'utf8').replace('r15', 'r16'))
  const two = start(() => TAKEN)
  await two.handler.flush()
  expect(two.handler.stats).toMatchObject({ sent: 20, waiting: 0, spooled: 0, dropped: { spool_damaged: 10 } })
  expect(two.complaints.join()).toMatch(/is damaged and was set aside/)
  await two.handler.close()
})

test('entries of another form in the same directory are left alone', async () => {
  const one = start(() => AWAY)
  one.log.info('for memory')
  await one.handler.close()
  const seen: string[] = []
  const entry = () => ''
  const deliver = async ({ entries }: Batch) => {
    seen.push(...entries)
    return TAKEN
  }
  const other = createRemoteHandler({ name: 'other', entry, deliver }, { spool: { directory } })
  await other.flush()
  await other.close()
  expect([seen, onDisk()]).toEqual([[], ['for memory']])
})

test('a spool without a file system is refused', () => {
  const { getBuiltinModule } = process
  try {
    process.getBuiltinModule = undefined as never
    expect(() => start(() => TAKEN)).toThrow('a spool needs a file system')
  } finally {
    process.getBuiltinModule = getBuiltinModule
  }
})

test('a record larger than the memory allowed goes to disk in its turn', async () => {
  const { log, handler, texts } = start(() => TAKEN, {}, { queueSize: 20, intervalMs: 60_000 })
  log.info('before')
  log.info('x'.repeat(30))
  log.info('after')
  await handler.close()
  expect(texts().join(' ')).toBe(`before ${'x'.repeat(30)} after`)
  expect(handler.stats).toMatchObject({ sent: 3, dropped: { overflow: 0 } })
})
