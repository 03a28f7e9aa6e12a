import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { firehose } from './firehose.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const NO_RATES = { ingestionRateBytes: 0, perStreamRateBytes: 0 }
const ID = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f'

function open(more: Parameters<typeof openReceiver>[1] = {}) {
  return openReceiver(firehose, { nowMs: NOW, ...more, limits: { ...NO_RATES, ...more.limits } })
}

const delivery = (...records: (string | Buffer)[]) =>
  Buffer.from(
    JSON.stringify({ requestId: ID, records: records.map((one) => ({ data: Buffer.from(one).toString('base64') })) }),
  )
const message = (logEvents: unknown, more = {}) =>
  JSON.stringify({ messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents, ...more })
const answerOf = ({ body }: { body?: string | Buffer }) => JSON.parse(String(body))
const headers = { 'x-amz-firehose-request-id': ID }

describe('a delivery', () => {
  it('has its request id as idempotency key, and gets it back whatever happens', async () => {
    const bench = open()
    const good = await bench.send({ path: '/firehose', headers, body: delivery('a') })
    expect([good.status, answerOf(good)]).toEqual([200, { requestId: ID, timestamp: NOW }])
    expect(bench.keys).toEqual([ID])
    const bad = await bench.send({ path: '/firehose', headers, body: Buffer.from('{') })
    expect([bad.status, answerOf(bad)]).toMatchObject([400, { requestId: ID, timestamp: NOW }])
    for (const [code, status] of [
      ['overloaded', 429],
      ['disk_full', 507],
      ['store_unavailable', 503],
    ] as const) {
      const full = open({
        write: async () => {
          throw new GirokError(code, 'no room', { retryAfterSeconds: 3 })
        },
      })
      const response = await full.send({ path: '/firehose', headers, body: delivery('a') })
      expect([response.status, answerOf(response)]).toMatchObject([status, { requestId: ID, timestamp: NOW }])
      expect(answerOf(response).errorMessage).toContain('no room')
      expect(full.imbalance()).toBe(0)
      const byBody = await full.send({ path: '/firehose', body: delivery('a') })
      expect([byBody.status, answerOf(byBody)]).toMatchObject([status, { requestId: ID }])
    }
  })

  it('keeps the order of its records, of whatever kind they are', async () => {
    const bench = open()
    const event = (text: string) => [{ id: '1', timestamp: NOW, message: text }]
    const body = delivery(
      'one\ntwo',
      '{"n":3}{"n":4}',
      gzipSync(message(event('five'))),
      'six',
      gzipSync(message(event('seven'), { logStream: 'other' }) + message(event('eight'))),
      gzipSync('nine\r\n'),
      '["x",{"n":11}]',
    )
    expect((await bench.send({ path: '/firehose', headers, body })).status).toBe(200)
    expect(bench.records().map(({ line }) => line)).toEqual([
      'one',
      'two',
      '{"n":3}',
      '{"n":4}',
      'five',
      'six',
      'seven',
      'eight',
      'nine',
      '"x"',
      '{"n":11}',
    ])
    // The eight that have no time are a nanosecond apart; the events of a subscription have theirs, that of the first.
    expect(new Set(bench.records().map(({ ns }) => ns)).size).toBe(8)
    expect(bench.imbalance()).toBe(0)
  })

  it('takes back what a broken message of a subscription had begun', async () => {
    const bench = open()
    const events = [{ timestamp: NOW, message: 'half' }]
    const body = delivery(
      message([...events, { timestamp: 'x', message: 'y' }]),
      message(events).slice(0, -1),
      message(events, { messageType: 'CONTROL_MESSAGE' }),
      `${message([{ timestamp: NOW, message: 'good' }])}${message([{ message: 'no time' }])}`,
    )
    const response = await bench.send({ path: '/firehose', headers, body })
    expect([response.status, answerOf(response).rejected]).toEqual([200, 3])
    expect(bench.records().map(({ line }) => line)).toEqual(['good'])
    expect(bench.imbalance()).toBe(0)
  })

  it('stops bombs in its records, each and all together', async () => {
    const limits = { maxDecompressedBytes: 1 << 20 }
    const zeros = (megabytes: number) => gzipSync(Buffer.alloc(megabytes * 1_000_000, 'x'))
    for (const records of [[zeros(50)], [zeros(0.6), zeros(0.6)], Array.from({ length: 200 }, () => zeros(0.9))]) {
      const bench = open({ limits })
      const before = process.memoryUsage().rss
      const response = await bench.send({ path: '/firehose', headers, body: delivery(...records) })
      expect(response.status).toBe(413)
      expect(answerOf(response).errorMessage).toContain('limits.maxDecompressedBytes (1048576 bytes)')
      expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20)
      expect([bench.batches, bench.imbalance(), bench.counters.undecodable.total]).toEqual([[], 0, 1])
    }
  })

  it('finds its token in a header of its own', () => {
    const [route] = open().routes
    expect(route!.token!({ 'x-amz-firehose-access-key': ' abc ' }, new URLSearchParams())).toBe('abc')
    const refused = route!.refuse!(new GirokError('unauthorized', 'this server needs a token'), headers)
    expect([refused.status, answerOf(refused)]).toMatchObject([401, { requestId: ID, timestamp: NOW }])
  })
})

describe('labels', () => {
  const labelsWith = async (more: Record<string, string>, query = '') => {
    const bench = open()
    await bench.send({ path: '/firehose', query, headers: { ...headers, ...more }, body: delivery('x') })
    return bench.records()[0]?.labels
  }

  it('come from the stream, its common attributes, and the address', async () => {
    const arn = 'arn:aws:firehose:eu-central-1:123456789012:deliverystream/pay'
    const attributes = JSON.stringify({ commonAttributes: { env: 'prod', 'a b': 'c', '9': 'n', none: '' } })
    expect(
      await labelsWith(
        { 'x-amz-firehose-source-arn': arn, 'x-amz-firehose-common-attributes': attributes },
        'label=app=shop',
      ),
    ).toEqual({ delivery_stream: 'pay', env: 'prod', a_b: 'c', _9: 'n', app: 'shop' })
    expect(await labelsWith({})).toEqual({ service_name: 'unknown_service' })
    for (const odd of ['null', '[]', '{"commonAttributes":null}', '{"commonAttributes":7}']) {
      expect(await labelsWith({ 'x-amz-firehose-common-attributes': odd })).toEqual({ service_name: 'unknown_service' })
    }
  })
})
