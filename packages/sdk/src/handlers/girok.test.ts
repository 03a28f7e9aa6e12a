import { expect, test } from 'vitest'
import { girokHandler } from './girok.ts'
import { farEnd, logTo, messagesOf, status } from './remote/testing/far-end.ts'

const NONE = { overflow: 0, refused: 0, too_large: 0, closed: 0, spool_full: 0, spool_damaged: 0 }

test('records arrive in order, in batches, with labels, token and tenant', async () => {
  await using server = await farEnd()
  const { log, handler } = logTo(girokHandler, {
    url: `${server.url}/base/`,
    labels: { app: 'a b', env: 'x' },
    token: 't',
    tenant: 'team',
    headers: { 'X-Own': 'yes' },
    batchSize: 1000,
  })
  for (let i = 0; i < 100; i++) log.info(`m${i}`, { i })
  await handler.flush()
  const { seen } = server
  expect(seen.flatMap(({ body }) => messagesOf(body))).toEqual(Array.from({ length: 100 }, (_, i) => `m${i}`))
  expect(seen.length).toBeGreaterThan(5)
  expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(seen.length)
  expect(seen[0]?.url).toBe('/base/ingest?label=app%3Da+b&label=env%3Dx')
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Bearer t',
    'x-scope-orgid': 'team',
    'x-own': 'yes',
    'content-type': 'application/x-ndjson',
  })
  expect(handler.stats).toEqual({ sent: 100, waiting: 0, spooled: 0, retries: 0, dropped: NONE })
  await handler.close()
})

test('long bodies are compressed, short ones are not; both arrive as they were', async () => {
  await using server = await farEnd()
  const { log, handler } = logTo(girokHandler, { url: server.url })
  const long = '로그 '.repeat(1000)
  log.info('short')
  await handler.flush()
  log.info(long)
  await handler.flush()
  expect(server.seen.map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip'])
  expect(messagesOf(server.seen[1]?.body ?? '')).toEqual([long])
  expect(Number(server.seen[1]?.headers['content-length'])).toBeLessThan(500)
  await handler.close()
})

test('a refusal for good loses the batch, and says so; one of single records loses these', async () => {
  const partly = JSON.stringify({
    accepted: 2,
    rejected: 1,
    errors: [{ reason: 'line_too_long', count: 1, message: 'too long' }],
  })
  await using server = await farEnd([
    status(403, 'because'),
    status(400, partly),
    status(400, '{"error":{"code":"x"}}'),
  ])
  const { log, handler, complaints } = logTo(girokHandler, { url: server.url })
  log.info('bad')
  await handler.flush()
  for (const message of ['a', 'b', 'c']) log.info(message)
  await handler.flush()
  log.info('bad')
  await handler.flush()
  expect(handler.stats).toMatchObject({ sent: 2, dropped: { ...NONE, refused: 3 } })
  expect(complaints).toEqual([
    expect.stringMatching(/^girok http:.* refused 1 records: 403 because$/),
    expect.stringMatching(/refused 1 records: too long$/),
    expect.stringMatching(/refused 1 records: 400 \{"error"/),
  ])
  await handler.close()
})

test('a password in the URL is sent as a header and shown nowhere', async () => {
  await using server = await farEnd([status(403)])
  const url = server.url.replace('://', '://me:s%C3%A9cret@')
  const { log, handler, complaints } = logTo(girokHandler, { url: `${url}?key=s3` })
  log.info('x')
  await handler.flush()
  const expected = `Basic ${Buffer.from('me:sécret').toString('base64')}`
  expect(server.seen[0]).toMatchObject({ url: '/ingest?key=s3', headers: { authorization: expected } })
  expect(`${handler.name}${complaints}`).toContain(`girok ${server.url}/ingest`)
  expect(`${handler.name}${complaints}`).not.toMatch(/cret|s3/)
  await handler.close()
})

test('a URL that is none is refused at once', () => {
  expect(() => girokHandler({ url: 'localhost:4100' })).toThrow('url "localhost:4100" is none: use one like http://')
})
