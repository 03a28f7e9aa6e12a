import { expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { lokiHandler } from './loki.ts'
import { farEnd, logTo, reset, type Seen, status } from './remote/testing/far-end.ts'

interface Push {
  readonly streams: {
    stream: Record<string, string>
    values: [ns: string, line: string, own?: Record<string, string>][]
  }[]
}

/** Reads a push as strictly as Loki does: unknown members, numbers for times and values that are no strings are faults. */
function pushOf({ url, headers, body }: Seen): Push['streams'] {
  expect(url).toBe('/loki/api/v1/push')
  expect(headers['content-type']).toBe('application/json')
  const push = JSON.parse(body) as Push
  expect(Object.keys(push)).toEqual(['streams'])
  for (const { stream, values, ...others } of push.streams) {
    expect(others).toEqual({})
    expect(Object.keys(stream).length).toBeGreaterThan(0)
    for (const [name, value] of Object.entries(stream)) {
      expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
      expect(typeof value).toBe('string')
    }
    for (const [ns, line, own = {}, ...more] of values) {
      expect(ns).toMatch(/^\d{19}$/)
      expect(typeof line).toBe('string')
      expect(Object.values(own).every((value) => typeof value === 'string')).toBe(true)
      expect(more).toEqual([])
    }
  }
  return push.streams
}

test('streams by labels and label fields, metadata as strings, lines of one millisecond in order', async () => {
  await using server = await farEnd()
  const { handler } = logTo(lokiHandler, {
    url: server.url,
    labels: { app: 'shop "1"' },
    labelFields: ['level', 'user.plan'],
    structuredMetadata: ['logger', 'trace_id', 'n', 'none'],
    tenant: 'team',
    auth: { username: '1', password: '2' },
  })
  handler.handle(recordOf({ message: 'one', fields: { 'user.plan': 'free', trace_id: 'abc', n: 7 } }))
  handler.handle(recordOf({ message: 'two', level: 40, fields: { none: null } }))
  handler.handle(recordOf({ message: 'three', frames: [{ 'user.plan': 'free' }] }))
  handler.handle(recordOf({ message: '\ud800 lone', level: 40, timeMs: 1769846707043, frames: [{ 'user.plan': '' }] }))
  await handler.flush()
  expect(server.seen[0]?.headers).toMatchObject({ 'x-scope-orgid': 'team', authorization: `Basic ${btoa('1:2')}` })
  const streams = pushOf(server.seen[0] as Seen)
  const own = { logger: 'app' }
  expect(streams).toEqual([
    {
      stream: { app: 'shop "1"', level: 'INFO', user_plan: 'free' },
      values: [
        ['1769846707042000000', expect.stringContaining('"one"'), { ...own, trace_id: 'abc', n: '7' }],
        ['1769846707042000002', expect.stringContaining('"three"'), own],
      ],
    },
    {
      stream: { app: 'shop "1"', level: 'ERROR' },
      values: [
        ['1769846707042000001', expect.stringContaining('"two"'), own],
        ['1769846707043000000', expect.stringContaining('lone'), own],
      ],
    },
  ])
  expect(JSON.parse(streams[0]?.values[0]?.[1] ?? '')).toMatchObject({ level: 'INFO', message: 'one', n: 7 })
  await handler.close()
})

test('a repeat is the same push, so that Loki knows its entries again', async () => {
  await using server = await farEnd([reset, status(500), status(429, '', { 'retry-after': '0' })])
  const { log, handler } = logTo(lokiHandler, { url: `${server.url}/`, labels: { app: 'a' } })
  for (let i = 0; i < 50; i++) log.info(`m${i}`)
  await handler.flush()
  expect(server.seen).toHaveLength(4)
  expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1)
  expect(server.seen[0]?.headers['content-encoding']).toBe('gzip')
  expect(pushOf(server.seen[3] as Seen)[0]?.values).toHaveLength(50)
  expect(handler.stats).toMatchObject({ sent: 50, retries: 3 })
  await handler.close()
})

test.each([
  [
    'entry with timestamp 2024 ignored, reason: \'entry too far behind\' for stream: {a="b"},\nuser \'fake\', total ignored: 3 out of 8 for stream: {a="b"}\nuser \'fake\', total ignored: 1 out of 2 for stream: {a="c"}',
    4,
  ],
  ['entry for stream \'{a="b"}\' has timestamp too old: 2020-01-01T00:00:00Z, oldest acceptable timestamp is: 2024', 1],
  [
    "2 errors like: entry for stream '{}' has timestamp too new; 3 errors like: Max entry size '262144' bytes exceeded",
    5,
  ],
  ['error at least one label pair is required per stream', 10],
])('400 loses what it names and is not repeated: %s', async (body, refused) => {
  await using server = await farEnd([status(400, body)])
  const { log, handler, complaints } = logTo(lokiHandler, { url: server.url, labels: { app: 'a' } })
  for (let i = 0; i < 10; i++) log.info(`m${i}`)
  await handler.flush()
  expect(server.seen).toHaveLength(1)
  expect(handler.stats).toMatchObject({ sent: 10 - refused, dropped: { refused } })
  expect(complaints[0]).toContain(`refused ${refused} records: 400 ${body.slice(0, 30)}`)
  await handler.close()
})

test('labels that Loki would refuse are refused at once', () => {
  const url = 'http://x'
  expect(() => lokiHandler({ url })).toThrow("give some, like labels: { app: 'shop' }")
  expect(() => lokiHandler({ url, labels: { 'a-b': 'c' } })).toThrow('label name "a-b": use letters, digits and _')
  expect(() => lokiHandler({ url, labels: { level: 'x' }, labelFields: ['level'] })).toThrow('label level is in labels')
})
