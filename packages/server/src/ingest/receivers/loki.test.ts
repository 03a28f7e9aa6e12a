import { describe, expect, it } from 'vitest'
import { openReceiver, type SentRequest } from '../testing/bench-of-receivers.ts'
import { encodePushRequest, encodeSnappyBlock, type PushStream } from '../testing/encoders.ts'
import { loki } from './loki.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const NS = `${NOW}000000`

function push(body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }): SentRequest {
  return {
    path: '/loki/api/v1/push',
    headers,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  }
}

function streams(...values: unknown[]) {
  return { streams: [{ stream: { app: 'x' }, values }] }
}

function protobuf(...all: PushStream[]): SentRequest {
  const headers = { 'content-type': 'application/x-protobuf' }
  return { path: '/loki/api/v1/push', headers, body: encodeSnappyBlock(encodePushRequest(all)) }
}

const open = (more: Parameters<typeof openReceiver>[1] = {}) => openReceiver(loki, { nowMs: NOW, ...more })

describe('verdicts on whole pushes', () => {
  it.each<[string, SentRequest, number, string]>([
    ['no Content-Type', push(streams([NS, 'x']), {}), 400, 'mime: no media type'],
    ['no streams', push({ streams: [] }), 422, 'error at least one valid stream is required for ingestion'],
    ['null streams', push({ streams: null }), 422, 'at least one valid stream'],
    ['no streams member', push({}), 422, 'at least one valid stream'],
    ['empty protobuf', protobuf(), 422, 'at least one valid stream'],
    ['number for a time', push(streams([1, 'x'])), 400, 'the timestamp must be a string of nanoseconds'],
    ['text for a time', push(streams(['soon', 'x'])), 400, 'the timestamp "soon" is not a whole number'],
    ['negative time', push(streams(['-5', 'x'])), 400, 'the timestamp "-5" is not a whole number'],
    ['time beyond 64 bits', push(streams(['1'.repeat(20), 'x'])), 400, 'does not fit 64 bits'],
    ['number for a line', push(streams([NS, 1])), 400, 'the line must be a string at byte'],
    ['no line', push(streams([NS])), 400, 'an entry needs a timestamp and a line'],
    ['entry that is an object', push(streams({ ts: NS })), 400, 'must be an array [timestamp, line]'],
    ['null metadata', push(streams([NS, 'x', null])), 400, 'structured metadata must be an object of strings'],
    ['number in metadata', push(streams([NS, 'x', { n: 1 }])), 400, 'values of structured metadata must be strings'],
    ['metadata without a name', push(streams([NS, 'x', { '.': 'v' }])), 400, 'holds no letter or digit'],
    ['stream that is an array', push({ streams: [{ stream: [], values: [] }] }), 400, '"stream" must be an object'],
    [
      'JSON sent as a form',
      push(streams([NS, 'x']), { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      'send Content-Type: application/json',
    ],
    [
      'text sent as protobuf',
      push('hello', { 'content-type': 'application/x-protobuf' }),
      400,
      'not a valid snappy block',
    ],
    [
      'no labels',
      push({ streams: [{ stream: {}, values: [[NS, 'x']] }] }),
      400,
      'error at least one label pair is required per stream',
    ],
    [
      'label syntax',
      protobuf({ labels: '{a=b}', entries: [{ ns: BigInt(NS), line: Buffer.from('x') }] }),
      400,
      "couldn't parse labels: expected a quoted value for a at 3 in '{a=b}'",
    ],
    [
      'duplicate label',
      protobuf({ labels: '{a="b", a="c"}', entries: [{ ns: BigInt(NS), line: Buffer.from('x') }] }),
      400,
      "has duplicate label name: 'a'",
    ],
    ['label name', push({ streams: [{ stream: { 'a-b': 'x' }, values: [[NS, 'x']] }] }), 400, "couldn't parse labels"],
    [
      'too old',
      push(streams([`${NOW - 8 * 86_400_000}000000`, 'x'])),
      400,
      `entry for stream '{app="x"}' has timestamp too old: 2025-12-12T12:00:00Z, oldest acceptable timestamp is: 2025-12-13T12:00:00Z`,
    ],
    [
      'too new',
      push(streams([`${NOW + 601_000}000000`, 'x'])),
      400,
      `entry for stream '{app="x"}' has timestamp too new: 2025-12-20T12:10:01Z`,
    ],
    [
      'line too long',
      push(streams([NS, 'x'.repeat(262_145)])),
      400,
      `max entry size '262144' bytes exceeded for stream '{app="x"}' while adding an entry with length '262145' bytes`,
    ],
    [
      'much metadata',
      push(streams([NS, 'x', { k: 'v'.repeat(70_000) }])),
      400,
      `too large: '70001' bytes, limit: '65536' bytes`,
    ],
    [
      'many metadata',
      push(streams([NS, 'x', Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`k${i}`, 'v']))])),
      400,
      `too many structured metadata labels: '129', limit: '128'`,
    ],
  ])('%s', async (_name, request, status, text) => {
    const bench = open()
    const response = await bench.send(request)
    expect(String(response.body)).toContain(text)
    expect(response.status).toBe(status)
    expect(response.headers?.['content-type']).toBe('text/plain; charset=utf-8')
    expect(bench.batches).toEqual([])
    expect(bench.rejections).toHaveLength(1)
    expect(bench.imbalance()).toBe(0)
  })
})

describe('what is stored', () => {
  it('stores the valid part of a push and names each kind of fault once', async () => {
    const bench = open()
    const response = await bench.send(
      push({
        streams: [
          {
            stream: { app: 'x' },
            values: [[NS, 'good'], ['1', 'old'], ['2', 'older'], [NS, 'y'.repeat(300_000)], null],
          },
          { stream: {}, values: [[NS, 'homeless']] },
          {
            values: [
              [NS, 'labels come last'],
              ['3', 'old'],
            ],
            stream: { app: 'z', empty: '' },
          },
        ],
      }),
    )
    expect(response.status).toBe(400)
    expect(String(response.body).trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^3 errors like: entry for stream '{app="x"}' has timestamp too old: 1970-01-01T00:00:00Z/),
      expect.stringMatching(/^max entry size/),
      'error at least one label pair is required per stream',
    ])
    expect(bench.records().map(({ line, labels }) => [line, labels])).toEqual([
      ['good', { app: 'x' }],
      ['labels come last', { app: 'z' }],
    ])
    expect(bench.counters.received.total).toBe(7)
    expect(
      bench.counters.rejected.value({ receiver: 'loki', tenant: 't', reason: 'greater_than_max_sample_age' }),
    ).toBe(3)
    expect(bench.imbalance()).toBe(0)
  })

  it('keeps times to the nanosecond, escapes, metadata and labels that are not strings', async () => {
    const bench = open()
    const body = `{"streams":[{"stream":{"app":"x","n":1.50,"o":{"k":"v"}},"values":[
      ["${NOW}123456", "a\\u0000\\"\\ud83d\\ude00\\ud83d\\n", {"trace.id":"abc","k":"\\u00e9"}]]}]}`
    expect((await bench.send(push(body))).status).toBe(204)
    expect(bench.records()).toEqual([
      {
        labels: { app: 'x', n: '1.50', o: '{"k":"v"}' },
        ns: `${NOW}123456`,
        level: '',
        line: 'a\u0000"😀\ufffd\n',
        metadata: { trace_id: 'abc', k: 'é' },
      },
    ])
  })

  it('takes protobuf with structured metadata', async () => {
    const bench = open()
    const entry = {
      ns: BigInt(NS) + 7n,
      line: Buffer.from('hello'),
      metadata: [['trace-id', 'abc']] as [string, string][],
    }
    expect((await bench.send(protobuf({ labels: '{b="2", a="1"}', entries: [entry, entry] }))).status).toBe(204)
    const record = {
      labels: { a: '1', b: '2' },
      ns: String(entry.ns),
      level: '',
      line: 'hello',
      metadata: { trace_id: 'abc' },
    }
    expect(bench.records()).toEqual([record, record])
  })

  it('stores nothing, and is content, when streams hold no entries', async () => {
    const bench = open()
    expect((await bench.send(push({ streams: [{ stream: {}, values: [] }] }))).status).toBe(204)
    expect(bench.batches).toEqual([])
  })

  it('keeps what is not a string in metadata as JSON text when told to be lenient', async () => {
    const bench = open({ options: { strictMetadata: false } })
    const body = streams([NS, 'x', { n: 1, o: { a: [true] }, s: 's' }], [NS, 'y', null], [NS, 'z', 'odd'])
    expect((await bench.send(push(body))).status).toBe(204)
    expect(bench.records().map(({ metadata }) => metadata)).toEqual([
      { n: '1', o: '{"a":[true]}', s: 's' },
      undefined,
      undefined,
    ])
  })

  it('gives the same stream to JSON and protobuf', async () => {
    const bench = open()
    await bench.send(push({ streams: [{ stream: { b: '2', a: '1' }, values: [[NS, 'x']] }] }))
    await bench.send(protobuf({ labels: '{a="1",b="2"}', entries: [{ ns: BigInt(NS), line: Buffer.from('x') }] }))
    expect(bench.batches[0]!.streams[0]!.id).toBe(bench.batches[1]!.streams[0]!.id)
    // The same label text again is the same object: its hash was not computed anew.
    await bench.send(push({ streams: [{ stream: { b: '2', a: '1' }, values: [[NS, 'x']] }] }))
    expect(bench.batches[2]!.streams[0]).toBe(bench.batches[0]!.streams[0])
  })
})
