import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHierarchy } from '../hierarchy.ts'
import { type GirokOptions, girokHandler } from './girok.ts'
import type { RemoteHandler } from './remote/options.ts'
import { createLineQueue } from './remote/queue.ts'
import { isRetryable, retryAfterMs, retryDelayMs } from './remote/retry.ts'

interface Seen {
  readonly url: string
  readonly key: string
  readonly headers: IncomingMessage['headers']
  readonly records: { message: string }[]
}

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A server that answers with the given statuses in turn, then 204. */
async function server(...answers: ((response: ServerResponse) => void)[]) {
  const seen: Seen[] = []
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const lines = Buffer.concat(chunks).toString().trimEnd().split('\n')
      seen.push({
        url: request.url ?? '',
        key: String(request.headers['idempotency-key']),
        headers: request.headers,
        records: lines.map((line) => JSON.parse(line)),
      })
      const answer = answers.shift()
      if (answer) answer(response)
      else response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    http.closeAllConnections()
    http.close()
  })
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, seen }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('because')

function logTo(options: GirokOptions): {
  log: ReturnType<typeof createHierarchy>['root']
  handler: RemoteHandler
  complaints: string[]
} {
  const complaints: string[] = []
  const handler = girokHandler({ intervalMs: 5, complain: (text) => void complaints.push(text), ...options })
  const { root } = createHierarchy()
  root.setLevel('INFO').addHandler(handler)
  return { log: root, handler, complaints }
}

test('records arrive in order, in batches, with labels, token and tenant', async () => {
  const { url, seen } = await server()
  const { log, handler } = logTo({
    url: `${url}/base/`,
    labels: { app: 'a b', env: 'x' },
    token: 't',
    tenant: 'team',
    batchSize: 1000,
  })
  for (let i = 0; i < 100; i++) log.info(`m${i}`, { i })
  await handler.flush()
  expect(seen.flatMap(({ records }) => records.map((record) => record.message))).toEqual(
    Array.from({ length: 100 }, (_, i) => `m${i}`),
  )
  expect(seen.length).toBeGreaterThan(5)
  expect(new Set(seen.map(({ key }) => key)).size).toBe(seen.length)
  expect(seen[0]?.url).toBe('/base/ingest?label=app%3Da+b&label=env%3Dx')
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Bearer t',
    'x-scope-orgid': 'team',
    'content-type': 'application/x-ndjson',
  })
  expect(handler.stats).toEqual({ sent: 100, waiting: 0, dropped: 0 })
  await handler.close()
})

test('without flush a batch goes by itself after the interval', async () => {
  const { url, seen } = await server()
  const { log, handler } = logTo({ url })
  log.info('by itself')
  await expect.poll(() => handler.stats.sent).toBe(1)
  expect(seen).toHaveLength(1)
  await handler.close()
})

test('429, 5xx and broken connections are retried under the same key; what came meanwhile follows', async () => {
  const { url, seen } = await server(
    status(429, { 'retry-after': '0' }),
    status(503),
    (response) => void response.destroy(),
  )
  const { log, handler, complaints } = logTo({ url })
  log.info('first')
  const flushed = handler.flush()
  await expect.poll(() => seen.length).toBeGreaterThan(0)
  log.info('second')
  await flushed
  const [a, b, c, d] = seen
  expect(new Set([a, b, c, d].map((one) => one?.key)).size).toBe(1)
  expect(seen.map(({ records }) => records.map((record) => record.message).join())).toEqual([
    'first',
    'first',
    'first',
    'first',
    'second',
  ])
  expect(handler.stats).toEqual({ sent: 2, waiting: 0, dropped: 0 })
  expect(complaints[0]).toMatch(/answers 429; 1 records are being retried/)
  expect(complaints.at(-1)).toMatch(/cannot be reached \(.+\); 1 records/)
  await handler.close()
})

test('Retry-After is waited for', async () => {
  const { url } = await server(status(429, { 'retry-after': '1' }))
  const { log, handler } = logTo({ url })
  const begin = performance.now()
  log.info('x')
  await handler.flush()
  expect(performance.now() - begin).toBeGreaterThanOrEqual(990)
  await handler.close()
})

test('a refusal for good loses the batch, and says so', async () => {
  const { url, seen } = await server(status(400))
  const { log, handler, complaints } = logTo({ url })
  log.info('bad')
  await handler.flush()
  log.info('good')
  await handler.flush()
  expect(seen).toHaveLength(2)
  expect(handler.stats).toEqual({ sent: 1, waiting: 0, dropped: 1 })
  expect(complaints).toEqual([expect.stringMatching(/refused 1 records: 400 because$/)])
  await handler.close()
})

test('a server that is away: the queue is bounded, close gives up in time, nothing is thrown', async () => {
  const { url } = await server()
  for (const end of ends.splice(0)) end()
  const { log, handler, complaints } = logTo({ url, queueSize: 2000, closeTimeoutMs: 50 })
  for (let i = 0; i < 100; i++) log.info('x'.repeat(100))
  const { waiting, dropped } = handler.stats
  expect(waiting).toBeGreaterThan(5)
  expect(waiting + dropped).toBe(100)
  const begin = performance.now()
  await handler.close()
  await handler.close()
  expect(performance.now() - begin).toBeLessThan(1000)
  log.info('after the end')
  expect(handler.stats).toEqual({ sent: 0, waiting: 0, dropped: 101 })
  expect(complaints.join('\n')).toMatch(/queue .* is full/)
  expect(complaints.at(-1)).toMatch(new RegExp(`^${waiting} records were not delivered to .* before the end$`))
  await handler.flush()
})

test('a request without an answer is ended and repeated', async () => {
  const { url, seen } = await server(() => {})
  const { log, handler } = logTo({ url, timeoutMs: 100 })
  log.info('x')
  await handler.flush()
  expect(seen).toHaveLength(2)
  expect(seen[0]?.key).toBe(seen[1]?.key)
  await handler.close()
})

test('the queue takes lines in order and counts what did not fit', () => {
  const queue = createLineQueue(10)
  expect(['aaaa', 'bbbb', 'cccc', 'dd'].map((line) => queue.push(line))).toEqual([true, true, false, true])
  expect([queue.lines, queue.characters, queue.dropped]).toEqual([3, 10, 1])
  expect(queue.take(8)).toEqual(['aaaa', 'bbbb'])
  expect(queue.push('eeee')).toBe(true)
  expect(queue.take(1)).toEqual(['dd'])
  queue.clear()
  expect([queue.lines, queue.characters, queue.dropped, queue.take(9)]).toEqual([0, 0, 2, []])
})

test('delays double up to a bound, vary, and obey Retry-After', () => {
  expect([1, 2, 3, 10].map((attempt) => retryDelayMs(attempt, null, 0, () => 1))).toEqual([500, 1000, 2000, 30_000])
  expect(retryDelayMs(1, null, 0, () => 0)).toBe(250)
  expect(retryDelayMs(1, '7', 0)).toBe(7000)
  expect(retryAfterMs('Sat, 31 Jan 2026 09:00:10 GMT', Date.UTC(2026, 0, 31, 9))).toBe(10_000)
  expect([retryAfterMs('soon', 0), retryAfterMs(null, 0), retryAfterMs('-5', 0)]).toEqual([0, 0, 0])
  expect([200, 400, 404, 408, 429, 500, 501, 503, 507].filter(isRetryable)).toEqual([408, 429, 500, 503, 507])
})
