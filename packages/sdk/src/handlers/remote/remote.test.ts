import { expect, test } from 'vitest'
import { createComplaints } from '../../complaints.ts'
import { recordOf } from '../../testing/record.ts'
import { girokHandler } from '../girok.ts'
import type { Batch, Outcome } from './destination.ts'
import type { RemoteOptions } from './options.ts'
import { createRemoteHandler } from './remote.ts'
import { farEnd, half, hang, logTo, messagesOf, reset, status } from './testing/far-end.ts'

const keyOf = ({ headers }: { headers: Record<string, unknown> }) => headers['idempotency-key']

/** A destination in memory that ends attempts as told, then delivers. */
function scripted(outcomes: (Outcome | ((batch: Batch) => Outcome) | Error)[], options: RemoteOptions = {}) {
  const batches: Batch[] = []
  const made = logTo((given: RemoteOptions) => {
    return createRemoteHandler(
      {
        name: 'memory here',
        entry: ({ message }) => message,
        async deliver(batch) {
          batches.push(batch)
          const outcome = outcomes.shift() ?? { kind: 'delivered' }
          if (outcome instanceof Error) throw outcome
          return typeof outcome === 'function' ? outcome(batch) : outcome
        },
      },
      given,
    )
  }, options)
  return { ...made, batches, texts: () => batches.map(({ entries }) => entries.join('')) }
}

test('batches are bounded by count and by size, and go by themselves', async () => {
  const { log, handler, texts } = scripted([], { batchCount: 3, batchSize: 10, intervalMs: 30 })
  for (const message of ['a', 'b', 'c', 'd', '123456', 'efghi', 'long'.repeat(5), 'z']) log.info(message)
  await expect.poll(() => handler.stats.sent).toBe(8)
  expect(texts()).toEqual(['abc', 'd123456', 'efghi', 'long'.repeat(5), 'z'])
  await handler.close()
})

test('a full batch does not wait for the interval', async () => {
  const { log, handler, texts } = scripted([], { batchCount: 2, intervalMs: 60_000 })
  for (const message of ['a', 'b', 'c']) log.info(message)
  await expect.poll(() => handler.stats.sent, { interval: 5 }).toBe(2)
  expect(texts()).toEqual(['ab'])
  await handler.close()
  expect(texts()).toEqual(['ab', 'c'])
})

test('429, 5xx, broken connections, half answers and silence are retried under the same key', async () => {
  const answers = [status(429, '', { 'retry-after': '0' }), status(503), status(500), reset, half, hang]
  await using server = await farEnd(answers)
  const { log, handler, complaints } = logTo(girokHandler, { url: server.url, timeoutMs: 800 })
  log.info('first')
  const flushed = handler.flush()
  await expect.poll(() => server.seen.length).toBeGreaterThan(0)
  log.info('second')
  await flushed
  await handler.flush()
  const firsts = server.seen.slice(0, 7)
  expect(firsts.map(({ body }) => messagesOf(body).join())).toEqual(Array(7).fill('first'))
  expect(new Set(firsts.map(keyOf)).size).toBe(1)
  expect(messagesOf(server.seen[7]?.body ?? '')).toEqual(['second'])
  expect(keyOf(server.seen[7] ?? { headers: {} })).not.toBe(keyOf(firsts[0] ?? { headers: {} }))
  expect(handler.stats).toMatchObject({ sent: 2, waiting: 0, retries: 6, dropped: { refused: 0 } })
  expect(complaints[0]).toMatch(/^girok http.*: answers 429; 1 records are being retried$/)
  expect(complaints[3]).toMatch(/cannot be reached \(.+\); 1 records/)
  await handler.close()
})

test('Retry-After is waited for', async () => {
  await using server = await farEnd([status(429, '', { 'retry-after': '1' })])
  const { log, handler } = logTo(girokHandler, { url: server.url })
  const begin = performance.now()
  log.info('x')
  await handler.flush()
  expect(performance.now() - begin).toBeGreaterThanOrEqual(990)
  await handler.close()
})

test('after a partial failure only what is left is sent again, under the same key; the rest is counted', async () => {
  const part = ({ entries }: Batch): Outcome => ({
    kind: 'retry',
    reason: 'busy',
    entries: entries.slice(3),
    refused: { count: 1, reason: 'not a number' },
  })
  const { log, handler, batches, texts, complaints } = scripted([part])
  for (const message of ['a', 'b', 'c', 'd', 'e']) log.info(message)
  await handler.flush()
  expect(texts()).toEqual(['abcde', 'de'])
  expect(batches[0]?.key).toBe(batches[1]?.key)
  expect(handler.stats).toMatchObject({ sent: 4, waiting: 0, dropped: { refused: 1 } })
  expect(complaints[0]).toBe('memory here refused 1 records: not a number')
  await handler.close()
})

test('a batch that is too large goes in halves, under keys made of its own; later ones are smaller', async () => {
  const limit = ({ entries }: Batch): Outcome =>
    entries.join('').length > 20 ? { kind: 'too_large', reason: '413' } : { kind: 'delivered' }
  const { log, handler, batches, texts } = scripted(Array(20).fill(limit), { batchSize: 40, intervalMs: 60_000 })
  for (const message of ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc', 'x'.repeat(50), 'd', 'e', 'f']) log.info(message)
  await handler.flush()
  expect(texts()).toEqual([
    'aaaaaaaaaabbbbbbbbbbcccccccccc',
    'aaaaaaaaaabbbbbbbbbb',
    'cccccccccc',
    'x'.repeat(50),
    'def',
  ])
  const key = batches[0]?.key
  expect(batches.slice(1, 3).map((batch) => batch.key)).toEqual([`${key}.0`, `${key}.1`])
  expect(handler.stats).toMatchObject({ sent: 6, waiting: 0, retries: 0, dropped: { too_large: 1, refused: 0 } })
  for (let i = 0; i < 4; i++) log.info('1234567890')
  await handler.flush()
  expect(texts().slice(5)).toEqual(['1234567890', '1234567890', '1234567890', '1234567890'])
  await handler.close()
})

test('a full queue loses the newest record, or the oldest', async () => {
  const never: Outcome[] = Array(99).fill({ kind: 'retry', reason: 'away', afterMs: 60_000 })
  const messages = Array.from({ length: 10 }, (_, i) => `r${i}`)
  const left = async (overflow: 'drop-newest' | 'drop-oldest') => {
    const { log, handler, batches, complaints } = scripted([...never], {
      overflow,
      queueSize: 8,
      intervalMs: 60_000,
      closeTimeoutMs: 30,
    })
    for (const message of messages) log.info(message)
    expect(handler.stats).toMatchObject({ waiting: 4, dropped: { overflow: 6 } })
    expect(complaints[0]).toMatch(/queue for memory here is full/)
    await handler.close()
    return batches[0]?.entries
  }
  expect(await left('drop-newest')).toEqual(['r0', 'r1', 'r2', 'r3'])
  expect(await left('drop-oldest')).toEqual(['r6', 'r7', 'r8', 'r9'])
})

test('a record that is larger than the queue is told of as such, and no other goes for it', async () => {
  const { log, handler, complaints } = scripted([], { overflow: 'drop-oldest', queueSize: 8, intervalMs: 60_000 })
  log.info('r0')
  log.info('r1')
  log.info('x'.repeat(9))
  expect(handler.stats).toMatchObject({ waiting: 2, dropped: { overflow: 1 } })
  expect(complaints).toEqual(['a record of 9 characters for memory here is larger than queueSize (8) and was dropped'])
  await handler.close()
  expect(handler.stats.sent).toBe(2)
})

test('waits longer than timers can be are as long as they can be', async () => {
  let answer: (outcome: Outcome) => void = () => {}
  const handler = createRemoteHandler(
    { name: 'slow', entry: ({ message }) => message, deliver: () => new Promise((resolve) => (answer = resolve)) },
    { timeoutMs: Number.POSITIVE_INFINITY, closeTimeoutMs: Number.POSITIVE_INFINITY, intervalMs: 1e12 },
  )
  handler.handle(recordOf({ message: 'x' }))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(handler.stats).toMatchObject({ sent: 0, waiting: 1 })
  const closed = handler.close()
  await new Promise((resolve) => setTimeout(resolve, 20))
  answer({ kind: 'delivered' })
  await closed
  expect(handler.stats).toMatchObject({ sent: 1, waiting: 0, retries: 0 })
})

test('a server that is away: memory is bounded, close gives up in time, nothing is thrown', async () => {
  const server = await farEnd()
  await server.close()
  const { log, handler, complaints } = logTo(girokHandler, { url: server.url, queueSize: 2000, closeTimeoutMs: 50 })
  for (let i = 0; i < 100; i++) log.info('x'.repeat(100))
  const { waiting, dropped } = handler.stats
  expect(waiting).toBeGreaterThan(5)
  expect(waiting + dropped.overflow).toBe(100)
  const begin = performance.now()
  await handler.close()
  await handler.close()
  expect(performance.now() - begin).toBeLessThan(4_000)
  log.info('after the end')
  expect(handler.stats).toMatchObject({ sent: 0, waiting: 0, dropped: { closed: waiting + 1 } })
  expect(complaints.join('\n')).toMatch(/queue .* is full/)
  expect(complaints.at(-2)).toMatch(new RegExp(`^${waiting} records were not delivered to .* before the end$`))
  expect(complaints.at(-1)).toMatch(/^the handler for girok .* is closed; records logged after that are dropped$/)
  await handler.flush()
  handler.flushSync()
})

test('what is lost at the end is told, also right after another complaint', async () => {
  const server = await farEnd()
  await server.close()
  const lines: string[] = []
  const complain = createComplaints({ write: (line) => void lines.push(line), now: () => 0 })
  const { log, handler } = logTo(girokHandler, { url: server.url, closeTimeoutMs: 50, complain })
  log.info('x')
  await handler.close()
  expect(lines).toEqual([
    expect.stringMatching(/ cannot be reached .*; 1 records are being retried$/),
    expect.stringMatching(/^1 records were not delivered to .* before the end( \(\d+ more since the last message\))?$/),
  ])
})

test('flush waits for what was logged before it and not for what comes later', async () => {
  const { log, handler } = scripted([], { batchCount: 10, intervalMs: 1 })
  let on = true
  const more = () => {
    if (!on) return
    log.info('later')
    setImmediate(more)
  }
  more()
  for (let i = 0; i < 25; i++) log.info('x')
  await handler.flush()
  expect(handler.stats.sent).toBeGreaterThanOrEqual(25)
  on = false
  await handler.close()
})

test('flush gives up after a while, and the records go on waiting', async () => {
  const { log, handler } = scripted(Array(999).fill({ kind: 'retry', reason: 'away' }), { closeTimeoutMs: 40 })
  log.info('x')
  await handler.flush()
  expect(handler.stats).toMatchObject({ sent: 0, waiting: 1 })
  await handler.close()
})

test('a destination that throws is tried again; a complaint book that throws does no harm', async () => {
  const { log, handler } = scripted([new Error('a fault'), { kind: 'refused', reason: 'no' }], {
    complain() {
      throw new Error('the book')
    },
  })
  log.info('x')
  await handler.flush()
  expect(handler.stats).toMatchObject({ retries: 1, dropped: { refused: 1 } })
  await handler.close()
})

test('bad options are refused by name', () => {
  const make = (options: RemoteOptions) => () => scripted([], options)
  expect(make({ batchCount: 0 })).toThrow('batchCount is 0: use a number of at least 1')
  expect(make({ intervalMs: '5' as never })).toThrow('intervalMs is "5"')
  expect(make({ overflow: 'block' as never })).toThrow('overflow is "block": use drop-newest or drop-oldest')
  expect(make({ spool: { directory: '/dev/null/x' } })).toThrow('spool.directory /dev/null/x cannot be used')
  expect(make({ spool: 'folder' as never })).toThrow("spool.directory is undefined: use { directory: 'path' }")
})
