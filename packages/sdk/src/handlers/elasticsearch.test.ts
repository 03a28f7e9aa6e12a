import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { recordOf } from '../testing/record.ts'
import { elasticsearchHandler } from './elasticsearch.ts'
import { farEnd, logTo, type Seen, status } from './remote/testing/far-end.ts'

interface Document {
  readonly index: string
  readonly source: Record<string, unknown>
}

/** What a bulk request does to an index, item by item, as Elasticsearch documents it. `fault` may fail single items. */
function cluster(
  fault: (source: Record<string, unknown>) => { status: number; type: string; reason: string } | undefined = () =>
    undefined,
) {
  const stored = new Map<string, Document>()
  function bulk(seen: Seen) {
    expect(seen).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/x-ndjson' } })
    expect(seen.body.endsWith('\n')).toBe(true)
    const lines = seen.body.slice(0, -1).split('\n')
    expect(lines.length % 2).toBe(0)
    const items: Record<string, unknown>[] = []
    for (let i = 0; i < lines.length; i += 2) {
      const { create, ...others } = JSON.parse(lines[i] as string)
      expect(others).toEqual({})
      const source = JSON.parse(lines[i + 1] as string)
      expect(source['@timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      const failed = fault(source)
      const id = `${create._index}/${create._id}`
      const base = { _index: create._index, _id: create._id }
      if (failed !== undefined) {
        items.push({ create: { ...base, status: failed.status, error: { type: failed.type, reason: failed.reason } } })
      } else if (stored.has(id)) {
        const error = { type: 'version_conflict_engine_exception', reason: 'document already exists' }
        items.push({ create: { ...base, status: 409, error } })
      } else {
        stored.set(id, { index: create._index, source })
        items.push({ create: { ...base, status: 201, result: 'created' } })
      }
    }
    const errors = items.some((item) => (item.create as { status: number }).status > 299)
    return JSON.stringify({ took: 1, errors, items })
  }
  const answer = (response: ServerResponse, seen: Seen) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(bulk(seen))
  }
  /** Stores, and breaks the connection before the reply. */
  const storedUnsaid = (response: ServerResponse, seen: Seen) => {
    bulk(seen)
    response.destroy()
  }
  const messages = () => [...stored.values()].map(({ source }) => source.message)
  return { stored, answer, storedUnsaid, messages }
}

test('documents go to the index of their day, with @timestamp, under ids of their own', async () => {
  const { stored, answer } = cluster()
  await using server = await farEnd([], answer)
  const { handler } = logTo(elasticsearchHandler, { url: server.url, apiKey: 'abc', pipeline: 'my pipe' })
  handler.handle(recordOf({ message: 'a\tb\n', fields: { n: 1 } }))
  handler.handle(recordOf({ message: 'same', timeMs: Date.UTC(2026, 1, 1) }))
  handler.handle(recordOf({ message: 'same', timeMs: Date.UTC(2026, 1, 1) }))
  await handler.flush()
  expect(server.seen[0]).toMatchObject({ url: '/_bulk?pipeline=my%20pipe', headers: { authorization: 'ApiKey abc' } })
  expect([...stored.values()]).toEqual([
    {
      index: 'logs-2026.01.31',
      source: { '@timestamp': '2026-01-31T08:05:07.042Z', level: 'INFO', logger: 'app', message: 'a\tb\n', n: 1 },
    },
    { index: 'logs-2026.02.01', source: expect.objectContaining({ message: 'same' }) },
    { index: 'logs-2026.02.01', source: expect.objectContaining({ message: 'same' }) },
  ])
  expect(handler.stats).toMatchObject({ sent: 3, retries: 0 })
  await handler.close()
})

test('a reply lost after storing does not double, 409 counts as delivered', async () => {
  const { answer, storedUnsaid, messages } = cluster()
  await using server = await farEnd([storedUnsaid, status(503)], answer)
  const { log, handler, complaints } = logTo(elasticsearchHandler, { url: server.url, index: 'logs' })
  for (let i = 0; i < 20; i++) log.info(`m${i}`)
  await handler.flush()
  expect(messages()).toEqual(Array.from({ length: 20 }, (_, i) => `m${i}`))
  expect(server.seen).toHaveLength(3)
  expect(handler.stats).toMatchObject({ sent: 20, dropped: { refused: 0 } })
  expect(complaints).toHaveLength(2)
  await handler.close()
})

test('busy items are sent again alone, faulty ones are lost and counted, whatever happens to the replies', async () => {
  const busy = new Map<unknown, number>()
  const { answer, storedUnsaid, messages } = cluster(({ message, n }) => {
    if (n === 'text') return { status: 400, type: 'mapper_parsing_exception', reason: 'failed to parse field [n]' }
    const times = busy.get(message) ?? 0
    busy.set(message, times + 1)
    // The same message stands twice: once stored, once refused at first. Ids keep them apart, positions would not.
    return n === 7 && times < 3 ? { status: 429, type: 'es_rejected_execution_exception', reason: 'queue' } : undefined
  })
  await using server = await farEnd([answer, storedUnsaid], answer)
  const { log, handler, complaints } = logTo(elasticsearchHandler, { url: server.url, index: () => 'mine' })
  log.info('same', { n: 1 })
  log.info('same', { n: 7 })
  log.info('bad', { n: 'text' })
  log.info('same', { n: 2 })
  await handler.flush()
  expect(messages()).toEqual(['same', 'same', 'same'])
  const sizes = server.seen.map(({ body }) => body.trimEnd().split('\n').length / 2)
  expect(sizes).toEqual([4, 1, 1])
  expect(handler.stats).toMatchObject({ sent: 3, waiting: 0, dropped: { refused: 1 } })
  expect(complaints[0]).toMatch(/refused 1 records: 400 mapper_parsing_exception failed to parse field \[n\]$/)
  await handler.close()
})

test('a reply that is JSON but no answer to a bulk request is no success, and is told as what it is', async () => {
  const { answer, messages } = cluster()
  await using server = await farEnd([status(200, '{}'), status(200, 'null')], answer)
  const { log, handler, complaints } = logTo(elasticsearchHandler, { url: server.url })
  log.info('x')
  await handler.flush()
  expect(messages()).toEqual(['x'])
  expect(complaints).toHaveLength(2)
  for (const text of complaints) expect(text).toMatch(/answers without items; is it Elasticsearch\?; 1 records/)
  await handler.close()
})

test('after a failure the next node is asked; a reply that is no JSON is no success', async () => {
  const { answer, messages } = cluster()
  await using one = await farEnd([], status(503))
  await using two = await farEnd([status(200, '<html>login</html>')], answer)
  const { log, handler } = logTo(elasticsearchHandler, { url: [one.url, `${two.url}/es/`] })
  log.info('x')
  await handler.flush()
  expect([one.seen.length, two.seen.length, two.seen[0]?.url]).toEqual([1, 2, '/es/_bulk'])
  expect(messages()).toEqual(['x'])
  await handler.close()
})

test('names of indices that cannot be are refused at once', () => {
  const make = (index: string) => () => elasticsearchHandler({ url: 'http://x', index })
  expect(make('logs-%y')).toThrow('index "logs-%y": %y is none of %Y, %m, %d, %H')
  expect(make('Logs')).toThrow('lower case')
  expect(make('_logs')).toThrow('no - _ + . first')
  expect(() => elasticsearchHandler({ url: [] })).toThrow('url is an empty list')
})
