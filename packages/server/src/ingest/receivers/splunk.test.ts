import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { AckChannels } from '../splunk/channels.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { type PlainEvent, plainRecords } from '../testing/plain-splunk.ts'
import { splunk } from './splunk.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const NO_RATES = { ingestionRateBytes: 0, perStreamRateBytes: 0 }

function open(more: Parameters<typeof openReceiver>[1] = {}) {
  return openReceiver(splunk, { nowMs: NOW, ...more, limits: { ...NO_RATES, ...more.limits } })
}

const body = (text: string) => Buffer.from(text)
const answerOf = (response: { body?: string | Buffer }) => JSON.parse(String(response.body))

/** As a client writes it: time as number or as text, members in any order. */
function written(event: PlainEvent, order: number): string {
  const { timeMs, ...rest } = event
  const members = Object.entries({ ...rest, ...(timeMs !== undefined && { time: timeMs / 1000 }) })
  if (order % 2 === 1) members.reverse()
  const object = Object.fromEntries(members)
  if (order % 3 === 1 && timeMs !== undefined) Object.assign(object, { time: String(timeMs / 1000) })
  return JSON.stringify(object)
}

describe('events', () => {
  it('are what a plain reading of them says (property)', async () => {
    const seed = Date.now()
    const word = fc.constantFrom('', 'a', 'web-1', 'é😀', 'with "quotes"', 'x\ny')
    const text = fc.oneof(
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.constantFrom('line\n', '\\', '{"a":1}', '\u0000'),
    )
    const event: fc.Arbitrary<PlainEvent> = fc.record(
      {
        event: fc.oneof(
          text,
          fc.integer(),
          fc.boolean(),
          fc.dictionary(fc.string(), fc.string()),
          fc.array(fc.string()),
        ),
        timeMs: fc.integer({ min: NOW - 3_600_000, max: NOW }),
        host: word,
        source: word,
        sourcetype: word,
        index: word,
        fields: fc.dictionary(fc.constantFrom('level', 'region', 'n_1'), fc.constantFrom('', 'warn', '50', 'é"')),
      },
      { requiredKeys: ['event'] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('', ' ', '\n', '\r\n\t'),
        async (events, gap) => {
          // A lone surrogate has no UTF-8; what JSON says of it is U+FFFD.
          const readable = events.filter(
            ({ event }) => JSON.stringify(event) === Buffer.from(JSON.stringify(event)).toString(),
          )
          fc.pre(readable.length > 0 && !JSON.stringify(readable).includes('\\ud'))
          const bench = open()
          const sent = readable.map((one, i) => written(one, i)).join(gap)
          const response = await bench.send({ path: '/services/collector', body: body(sent) })
          expect(answerOf(response)).toEqual({ text: 'Success', code: 0 })
          expect(bench.records()).toEqual(plainRecords(readable, NOW))
          expect(bench.imbalance()).toBe(0)
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('of a request with a fault are none of them stored', async () => {
    for (const [sent, code, number] of [
      ['{"event":"a"}{"event":"b"', 6, 1],
      ['{"event":"a"},{"event":"b"}', 6, 1],
      ['{"event":"a"}nonsense', 6, 1],
      ['"a"', 6, 0],
      ['{"event":"a"}{}', 12, 1],
      ['{"event":"a"}{"event":null}', 12, 1],
      ['{"event":"a"}{"event":"b"}{"event":""}', 13, 2],
      ['{"event":"a","fields":[1]}', 15, 0],
      ['{"event":"a","fields":{"a":{}}}', 15, 0],
      ['{"event":"a","host":{}}', 6, 0],
      ['{"event":"a","time":"soon"}', 6, 0],
      ['{"event":"a","time":-1}', 6, 0],
      ['{"event":"a","time":1e400}', 6, 0],
    ] as const) {
      const bench = open()
      const response = await bench.send({ path: '/services/collector/event', body: body(sent) })
      expect(response.status, sent).toBe(400)
      expect(answerOf(response), sent).toMatchObject({ code, 'invalid-event-number': number })
      expect([bench.batches, bench.imbalance(), bench.counters.undecodable.total]).toEqual([[], 0, 1])
      expect(bench.rejections).toHaveLength(1)
    }
  })
})

describe('answers', () => {
  it('tell what passes as busy, with the time to wait, and faults of the server as such', async () => {
    for (const [code, status, number] of [
      ['overloaded', 503, 9],
      ['disk_full', 503, 9],
      ['store_unavailable', 503, 9],
      ['store_failed', 500, 8],
    ] as const) {
      const bench = open({
        write: async () => {
          throw new GirokError(code, 'no', { retryAfterSeconds: 4 })
        },
      })
      const response = await bench.send({ path: '/services/collector/raw', body: body('x') })
      expect([response.status, answerOf(response).code, response.headers?.['retry-after']]).toEqual([
        status,
        number,
        '4',
      ])
      expect(bench.imbalance()).toBe(0)
    }
  })

  it('tell a missing token from a wrong one', () => {
    const { routes } = open({ token: 'secret' })
    const refuse = routes.find(({ path }) => path === '/services/collector/event')!.refuse!
    const missing = refuse(new GirokError('unauthorized', 'this server needs a token: send one'), {})
    const wrong = refuse(new GirokError('unauthorized', 'the token is not known here'), {})
    expect([missing.status, answerOf(missing).code]).toEqual([401, 2])
    expect([wrong.status, answerOf(wrong).code]).toEqual([403, 4])
    const large = refuse(new GirokError('body_too_large', 'too large'), {})
    expect([large.status, answerOf(large).code]).toEqual([413, 27])
  })

  it('find the token in the header, in the address only for raw lines', () => {
    const { routes } = open()
    const find = (path: string) => routes.find((route) => route.path === path && route.method === 'POST')!.token!
    const query = new URLSearchParams('token=q')
    expect(find('/services/collector')({ authorization: 'Splunk abc' }, query)).toBe('abc')
    expect(find('/services/collector')({}, query)).toBeUndefined()
    expect(find('/services/collector/raw')({}, query)).toBe('q')
    expect(find('/services/collector/raw/1.0')({ authorization: 'splunk  abc' }, query)).toBe('abc')
  })

  it('to handshakes need no token', async () => {
    const bench = open({ token: 'secret' })
    const none = Buffer.alloc(0)
    for (const path of ['/services/collector', '/services/collector/event/1.0', '/services/collector/raw']) {
      const route = bench.routes.find((one) => one.path === path && one.method === 'OPTIONS')
      expect(route?.access).toBe('open')
      expect((await bench.send({ method: 'OPTIONS', path, body: none })).status).toBe(200)
    }
    const health = await bench.send({ method: 'GET', path: '/services/collector/health/1.0', body: none })
    expect([health.status, answerOf(health)]).toEqual([200, { text: 'HEC is healthy', code: 17 }])
  })
})

describe('acknowledgements', () => {
  const ask = (bench: ReturnType<typeof open>, acks: number[], tenant = 't') =>
    bench
      .send({ path: '/services/collector/ack', query: 'channel=c1', tenant, body: body(JSON.stringify({ acks })) })
      .then((response) => answerOf(response).acks)

  it('are true once for each number that was given, in its tenant and channel', async () => {
    const bench = open()
    for (const expected of [0, 1, 2]) {
      const response = await bench.send({
        path: '/services/collector',
        headers: { 'x-splunk-request-channel': 'c1', 'content-encoding': 'gzip' },
        body: gzipSync('{"event":"a"}'),
      })
      expect(answerOf(response).ackId).toBe(expected)
    }
    expect(await ask(bench, [0, 2, 3])).toEqual({ 0: true, 2: true, 3: false })
    expect(await ask(bench, [0, 1], 'other')).toEqual({ 0: false, 1: false })
    expect(await ask(bench, [0, 1])).toEqual({ 0: false, 1: true })
  })

  it('are not given for what was not stored', async () => {
    const bench = open()
    const sent = { path: '/services/collector', query: 'channel=c1', body: body('{"event":""}') }
    expect(answerOf(await bench.send(sent)).ackId).toBeUndefined()
    expect(answerOf(await bench.send({ ...sent, body: body('{"event":"a"}') })).ackId).toBe(0)
  })

  it('want a channel and a list of numbers', async () => {
    const bench = open()
    const send = async (query: string, text: string) => {
      const response = await bench.send({ path: '/services/collector/ack', query, body: body(text) })
      return [response.status, answerOf(response).code]
    }
    expect(await send('', '{"acks":[1]}')).toEqual([400, 10])
    expect(await send('channel=a%20b', '{"acks":[1]}')).toEqual([400, 11])
    for (const text of [
      '',
      '{}',
      '{"acks":1}',
      '{"acks":["1"]}',
      '{"acks":[-1]}',
      '{"acks":[1.5]}',
      '{"acks":[1]} x',
    ]) {
      expect(await send('channel=c', text), text).toEqual([400, 6])
    }
    expect(await send('channel=c', '{"acks":[]}')).toEqual([200, undefined])
  })

  it('are bounded: the oldest numbers and the quietest channels are forgotten', () => {
    const channels = new AckChannels()
    for (let i = 0; i <= 10_000; i++) channels.acknowledge('t', 'a')
    expect(channels.query('t', 'a', [0, 1, 10_000])).toEqual({ 0: false, 1: true, 10000: true })
    for (let i = 0; i < 2000; i++) channels.acknowledge('t', `other ${i}`)
    expect(channels.query('t', 'a', [2])).toEqual({ 2: false })
    expect(channels.query('t', 'other 0', [0])).toEqual({ 0: true })
  })
})
