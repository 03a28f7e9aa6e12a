import { expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { httpHandler } from './http.ts'
import { farEnd, logTo, reset, status } from './remote/testing/far-end.ts'

test.each([
  [
    'ndjson',
    'application/x-ndjson',
    (body: string) =>
      body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  ],
  ['json-array', 'application/json', (body: string) => JSON.parse(body)],
] as const)('%s: batches in one body', async (format, contentType, read) => {
  await using server = await farEnd()
  const { log, handler } = logTo(httpHandler, { url: `${server.url}/in?x=1`, format, method: 'PUT' as const })
  log.info('a\nb', { n: 1 })
  log.error('c')
  await handler.flush()
  expect(server.seen).toHaveLength(1)
  const [seen] = server.seen
  expect(seen).toMatchObject({ method: 'PUT', url: '/in?x=1', headers: { 'content-type': contentType } })
  expect(seen?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
  expect(read(seen?.body ?? '')).toMatchObject([
    { level: 'INFO', logger: 'root', message: 'a\nb', n: 1 },
    { level: 'ERROR', message: 'c' },
  ])
  expect(handler.name).toBe(`http-${format} ${server.url}/in`)
  await handler.close()
})

test('json-object: one request per record, in order, repeated under a key of its own', async () => {
  await using server = await farEnd([reset])
  const { log, handler } = logTo(httpHandler, { url: server.url, format: 'json-object' as const })
  for (const message of ['a', 'b', 'c']) log.info(message)
  await handler.flush()
  expect(server.seen.map(({ body }) => JSON.parse(body).message)).toEqual(['a', 'a', 'b', 'c'])
  const keys = server.seen.map(({ headers }) => headers['idempotency-key'])
  expect([keys[0] === keys[1], new Set(keys).size]).toEqual([true, 3])
  await handler.close()
})

test("form: what Python's HTTPHandler posts", async () => {
  await using server = await farEnd()
  const { handler } = logTo(httpHandler, { url: server.url, format: 'form' as const })
  const source = { path: '/a/pay.ts', file: 'pay.ts', module: 'pay', function: 'run', line: 7 }
  handler.handle(
    recordOf({
      message: 'a & b',
      level: 40,
      source,
      fields: { order: 7, tags: ['x'], name: 'clash', gone: undefined },
    }),
  )
  await handler.flush()
  expect(server.seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.body))).toEqual({
    name: 'app',
    msg: 'a & b',
    args: '()',
    levelname: 'ERROR',
    levelno: '40',
    created: '1769846707.042',
    msecs: '42',
    pathname: '/a/pay.ts',
    filename: 'pay.ts',
    module: 'pay',
    funcName: 'run',
    lineno: '7',
    order: '7',
    tags: '["x"]',
    name_: 'clash',
  })
  await handler.close()
})

test('compression only when asked for', async () => {
  await using server = await farEnd()
  for (const compress of [false, true]) {
    const { log, handler } = logTo(httpHandler, { url: server.url, compress })
    log.info('x'.repeat(5000))
    await handler.close()
  }
  expect(server.seen.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip'])
})

test.each([301, 302, 307])('a redirect (%i) is no success: it is told, and the batch waits', async (code) => {
  await using other = await farEnd([], status(200))
  await using server = await farEnd([status(code, '', { location: `${other.url}/new` })])
  const { log, handler, complaints } = logTo(httpHandler, { url: server.url })
  log.info('x')
  await handler.flush()
  expect([server.seen.length, other.seen.length]).toEqual([2, 0])
  expect(complaints[0]).toContain(`sends requests on to ${other.url}/new: use that as the url`)
  expect(handler.stats).toMatchObject({ sent: 1, retries: 1 })
  await handler.close()
})

test('an unknown format is refused', () => {
  expect(() => httpHandler({ url: 'http://x', format: 'xml' as never })).toThrow('format is "xml": use one of ndjson')
})
