import { describe, expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { apiKeyToken } from '../credentials.ts'
import { openReceiver, type SentRequest } from '../testing/bench-of-receivers.ts'
import { elasticsearch } from './elasticsearch.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const FREE = {
  ingestionRateBytes: 0,
  perStreamRateBytes: 0,
  rejectOldSamplesMaxAgeMs: 0,
  creationGracePeriodMs: 0,
  maxLabelNamesPerSeries: 0,
}
const open = (given: Parameters<typeof openReceiver>[1] = {}) => openReceiver(elasticsearch, { nowMs: NOW, ...given })
type Bench = ReturnType<typeof open>

interface Item {
  readonly _index?: string
  readonly _id?: string | null
  readonly status: number
  readonly error?: { readonly type: string; readonly reason: string }
}

const bulk = (lines: readonly (string | object)[], more: Partial<SentRequest> = {}): SentRequest => ({
  path: '/_bulk',
  headers: { 'content-type': 'application/x-ndjson' },
  body: Buffer.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')),
  ...more,
})

async function answerOf(bench: Bench, request: SentRequest) {
  const response = await bench.send(request)
  const body = JSON.parse(String(response.body))
  const items = ((body.items ?? []) as Record<string, Item>[]).map((item) => Object.values(item)[0] as Item)
  return { ...response, body, items, statuses: items.map(({ status }) => status) }
}

const CREATE = { create: { _index: 'app' } }

describe('bulk requests', () => {
  it('stores documents as they arrived and answers item by item', async () => {
    const bench = open()
    const document =
      '{ "@timestamp":"2026-11-21T11:59:59.123456789Z", "message":"a\\u0041 \\n", "log":{"level":"WARN"} }'
    const answer = await answerOf(
      bench,
      bulk([{ index: { _index: 'app-2026.11.21', _id: '7' } }, document, CREATE, '{"level":"error"}']),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers).toEqual({ 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
    expect(answer.body).toMatchObject({
      took: 0,
      errors: false,
      items: [
        { index: { _index: 'app-2026.11.21', _id: '7', _version: 1, result: 'created', status: 201 } },
        { create: { _index: 'app', _id: expect.stringMatching(/^[a-z0-9]+-0$/), result: 'created', status: 201 } },
      ],
    })
    expect(bench.records()).toEqual([
      {
        labels: { index: 'app' },
        ns: `${NOW - 1000}123456789`.replace('000123', '123'),
        level: 'warn',
        line: document,
      },
      { labels: { index: 'app' }, ns: `${NOW}000001`, level: 'error', line: '{"level":"error"}' },
    ])
  })

  it('takes the index from the path, a last line without newline, empty lines between and CR LF', async () => {
    const bench = open()
    const body = Buffer.from('{"create":{}}\r\n{"a":1}\r\n\r\n\n{ "index" : {"_index":"other"} }\n{"a":2}')
    const answer = await answerOf(bench, { path: '/elasticsearch/app/_bulk', method: 'PUT', body })
    expect(answer.items.map(({ _index }) => _index)).toEqual(['app', 'other'])
    expect(bench.records().map(({ line, labels }) => [line, labels.index])).toEqual([
      ['{"a":1}', 'app'],
      ['{"a":2}', 'other'],
    ])
  })

  it('refuses single documents and stores their neighbours', async () => {
    const bench = open({ limits: { maxLineSize: 200 } })
    const answer = await answerOf(
      bench,
      bulk([
        CREATE,
        { n: 1 },
        CREATE,
        '{"n":2',
        CREATE,
        '["no object"]',
        CREATE,
        { '@timestamp': 'yesterday', n: 4 },
        { update: { _index: 'app', _id: '1' } },
        { doc: { n: 5 } },
        { delete: { _index: 'app', _id: '1' } },
        CREATE,
        { n: 7, long: 'x'.repeat(300) },
        CREATE,
        { n: 8, '@timestamp': '2020-01-01T00:00:00Z' },
        CREATE,
        { n: 9, '@timestamp': '2021-01-01T00:00:00Z' },
        CREATE,
        { n: 10 },
      ]),
    )
    expect(answer.status).toBe(200)
    expect(answer.body.errors).toBe(true)
    expect(answer.statuses).toEqual([201, 400, 400, 400, 400, 400, 400, 400, 400, 201])
    expect(answer.items.map(({ error }) => error && [error.type, error.reason])).toEqual([
      undefined,
      ['mapper_parsing_exception', expect.stringMatching(/^failed to parse: JSON: .* at byte 70$/)],
      ['mapper_parsing_exception', expect.stringContaining('a document must be an object')],
      [
        'mapper_parsing_exception',
        expect.stringMatching(/^failed to parse field \[@timestamp\] of type \[date\]: "yes/),
      ],
      ['illegal_argument_exception', expect.stringContaining('[update] is not supported')],
      ['illegal_argument_exception', expect.stringContaining('[delete] is not supported')],
      ['illegal_argument_exception', expect.stringContaining('max entry size')],
      ['illegal_argument_exception', expect.stringContaining('timestamp too old: 2020-01-01')],
      ['illegal_argument_exception', expect.stringMatching(/^as an earlier document .* too old: 2020-01-01/)],
      undefined,
    ])
    expect(bench.records().map(({ line }) => JSON.parse(line).n)).toEqual([1, 10])
    const rejected = (reason: string) =>
      bench.counters.rejected.value({ receiver: 'elasticsearch', tenant: 't', reason })
    expect(rejected('malformed_record')).toBe(4)
    expect(rejected('invalid_timestamp')).toBe(1)
    expect(rejected('greater_than_max_sample_age')).toBe(2)
    expect(bench.counters.received.total).toBe(10)
    expect(bench.imbalance()).toBe(0)
    expect(bench.rejections).toEqual([
      { receiver: 'elasticsearch', tenant: 't', status: 200, reason: expect.anything() },
    ])
  })

  it.each([
    ['no actions', '', 'parse_exception', 'request body is required'],
    [
      'an action without document',
      '{"index":{"_index":"a"}}\n',
      'illegal_argument_exception',
      '[index] is followed by no',
    ],
    ['an unknown action', '{"put":{}}\n{}\n', 'illegal_argument_exception', 'line [1], expected field [create]'],
    ['an action that is no JSON', '{}\n', 'illegal_argument_exception', 'Malformed action/metadata line [1]'],
    [
      'documents alone',
      '{"index":{}}\n{}\n{"a":1}\n',
      'illegal_argument_exception',
      'Malformed action/metadata line [3]',
    ],
    ['an odd index', '{"index":{"_index":1}}\n{}\n', 'illegal_argument_exception', '_index must be a string'],
    ['a long index', `{"index":{"_index":"${'a'.repeat(256)}"}}\n{}\n`, 'illegal_argument_exception', '1 to 255 bytes'],
  ])('refuses as a whole: %s', async (_name, body, type, reason) => {
    const bench = open()
    const good = '{"create":{"_index":"app"}}\n{"good":true}\n'
    for (const text of body === '' ? [body] : [body, body.startsWith('{"index":{}}') ? body : good + body]) {
      const answer = await answerOf(bench, bulk([], { body: Buffer.from(text) }))
      expect(answer.status).toBe(400)
      expect(answer.headers?.['x-elastic-product']).toBe('Elasticsearch')
      expect(answer.body.error.type).toBe(type)
      if (text === body) expect(answer.body.error.reason).toContain(reason)
    }
    expect(bench.records()).toEqual([])
    expect(bench.imbalance()).toBe(0)
    expect(bench.counters.undecodable.total).toBeGreaterThan(0)
  })

  it('tells the versioned media type back, indents when asked, is brief when asked', async () => {
    const bench = open()
    const versioned = { 'content-type': 'application/vnd.elasticsearch+x-ndjson; compatible-with=9' }
    const one = await bench.send(bulk([CREATE, {}], { headers: versioned, query: 'pretty' }))
    expect(one.headers?.['content-type']).toBe('application/vnd.elasticsearch+json;compatible-with=9')
    expect(String(one.body)).toMatch(/^\{\n {2}"took": 0,\n {2}"errors": false,\n/)
    const query = 'filter_path=errors%2Citems.*.error%2Citems.*.status&refresh=true&pipeline=x'
    const brief = await bench.send(bulk([CREATE, {}, CREATE, '1'], { query }))
    const error =
      '"error":{"type":"mapper_parsing_exception","reason":"failed to parse: JSON: a document must be an object at byte 59"}'
    expect(String(brief.body)).toBe(
      `{"took":0,"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,${error}}}]}`,
    )
    const ids = await answerOf(bench, bulk([CREATE, {}], { query: 'filter_path=items.*._id,items.*.status' }))
    expect(ids.items[0]?._id).toBeTypeOf('string')
  })

  it('finds times in several forms and fields', async () => {
    const bench = open({ limits: FREE })
    const times: [object, string][] = [
      [{ '@timestamp': '2026-11-21T10:00:00Z' }, '1795255200000000000'],
      [{ '@timestamp': '2026-11-21T10:00:00.5+02:00' }, '1795248000500000000'],
      [{ '@timestamp': '2026-11-21 10:00:00,123' }, '1795255200123000000'],
      [{ '@timestamp': 1_795_255_200 }, '1795255200000000000'],
      [{ '@timestamp': '1795255200123' }, '1795255200123000000'],
      [{ '@timestamp': null, timestamp: '2026-11-21T10:00:00Z' }, '1795255200000000000'],
      [{ '@timestamp': 0, time: '2026-11-21T10:00:00Z' }, '1795255200000000000'],
      [{ timestamp: 'no time', time: 'nor this', ts: 1_795_255_200.25 }, '1795255200250000000'],
      [{ timereported: '2026-11-21T10:00:00.000001+00:00' }, '1795255200000001000'],
      [{ time: '12 ms' }, `${NOW}000009`],
      [{ '@timestamp': '2026-11-21T10:00:60Z' }, '1795255260000000000'],
    ]
    const answer = await answerOf(bench, bulk(times.flatMap(([document]) => [CREATE, document])))
    expect(answer.body.errors).toBe(false)
    expect(bench.records().map(({ ns }) => ns)).toEqual(times.map(([, ns]) => ns))
  })

  it('knows documents to be created under ids again when the whole request is repeated', async () => {
    const bench = open()
    const create = (id: string) => ({ create: { _index: 'app', _id: id } })
    await bench.send(bulk([create('a'), { n: 1 }, create('b'), { n: 2 }]))
    await bench.send(bulk([create('a'), { n: 1 }, create('b'), { n: 2 }]))
    await bench.send(bulk([create('a'), { n: 1 }, create('c'), { n: 2 }]))
    await bench.send(bulk([create('a'), { n: 1 }, { index: { _index: 'app', _id: 'b' } }, { n: 2 }]))
    await bench.send(bulk([create('a'), { n: 1 }], { headers: { 'idempotency-key': 'own' } }))
    const [first, second, third, ...others] = bench.keys
    expect(first).toMatch(/^elasticsearch-[0-9a-f]{64}$/)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    expect(others).toEqual([undefined, 'own'])
  })
})

describe('no room', () => {
  const full = async (): Promise<never> => {
    throw new GirokError('overloaded', 'the write queue is full', { retryAfterSeconds: 2 })
  }
  const request = (agent: string) =>
    bulk([CREATE, { n: 1 }, CREATE, '{'], { headers: { 'user-agent': agent, 'content-type': 'application/json' } })

  it('is told by the request, or by each item to clients that send again only items', async () => {
    for (const [agent, by, status] of [
      ['Elastic-filebeat/8.15.0', 'auto', 429],
      ['elasticsearch-js/9.4.3 (linux) Node.js', 'auto', 200],
      ['elasticsearch-js/9.4.3', 'request', 429],
      ['Vector/0.40', 'items', 200],
    ] as const) {
      const bench = open({ write: full, options: { backpressure: by } })
      const answer = await answerOf(bench, request(agent))
      expect(answer.status).toBe(status)
      expect(answer.headers).toMatchObject({ 'retry-after': '2', 'x-elastic-product': 'Elasticsearch' })
      if (status === 200) {
        expect(answer.body.errors).toBe(true)
        expect(answer.items.map((item) => [item.status, item.error?.type])).toEqual([
          [429, 'es_rejected_execution_exception'],
          [400, 'mapper_parsing_exception'],
        ])
      } else expect(answer.body).toMatchObject({ status: 429, error: { type: 'es_rejected_execution_exception' } })
      expect(bench.imbalance()).toBe(0)
    }
  })

  it('is 503 when the disk is full or the store away', async () => {
    for (const code of ['disk_full', 'store_unavailable', 'store_failed'] as const) {
      const write = async (): Promise<never> => {
        throw new GirokError(code, 'no')
      }
      const answer = await answerOf(open({ write }), request('elasticsearch-js/9.4.3'))
      expect([answer.status, answer.body.status]).toEqual([503, 503])
    }
  })
})

describe('mapping', () => {
  it('makes labels of configured fields and of the index without its date', async () => {
    const bench = open()
    const index = (name: string) => ({ create: { _index: name } })
    await bench.send(
      bulk([
        index('.ds-logs-app-default-2026.11.21-000001'),
        { service: { name: 'api' }, 'host.name': 'h1', kubernetes: { namespace: 'ns' }, event: { dataset: ['x'] } },
        index('logs-2026-11-21'),
        { 'service.name': 'dotted', service: { name: 'nested' } },
        index('app-20261121'),
        { 'service.name': null, service: { name: 5 } },
        index('2026.11.21'),
        { service: 'api' },
      ]),
    )
    expect(bench.records().map(({ labels }) => labels)).toEqual([
      { index: 'logs-app-default', service_name: 'api', host_name: 'h1', kubernetes_namespace: 'ns' },
      { index: 'logs', service_name: 'dotted' },
      { index: 'app', service_name: '5' },
      { index: '2026.11.21' },
    ])
    const kept = open({ options: { keepIndexDates: true, indexLabel: 'idx', labels: ['app'] } })
    await kept.send(bulk([index('logs-2026-11-21'), { app: 'x' }]))
    expect(kept.records()[0]?.labels).toEqual({ idx: 'logs-2026-11-21', app: 'x' })
    const none = open({ options: { indexLabel: '', labels: [] } })
    await none.send(bulk([index('logs'), {}]))
    expect(none.records()[0]?.labels).toEqual({ service_name: 'unknown_service' })
  })

  it('refuses documents whose labels break a limit, and stores the others', async () => {
    const bench = open({ limits: { maxLabelValueLength: 10 } })
    const answer = await answerOf(
      bench,
      bulk([
        CREATE,
        { host: { name: 'h' } },
        CREATE,
        { host: { name: 'h'.repeat(11) } },
        CREATE,
        { host: { name: 'h' } },
      ]),
    )
    expect(answer.statuses).toEqual([201, 400, 201])
    expect(answer.items[1]?.error?.reason).toContain('label value too long')
    expect(bench.records()).toHaveLength(2)
    expect(bench.imbalance()).toBe(0)
  })

  it('takes the message as the line and the rest as metadata when told to', async () => {
    const document = {
      '@timestamp': '2026-11-21T11:00:00Z',
      message: 'he said "hi"\n',
      level: 'warn',
      host: { name: 'h', ip: ['::1'] },
      n: 1.5,
      empty: '',
      nothing: null,
    }
    const configured = open({ options: { line: 'message' } })
    await configured.send(bulk([CREATE, document, CREATE, { other: 1 }]))
    const byQuery = open()
    await byQuery.send(bulk([CREATE, document, CREATE, { other: 1 }], { query: '_msg_field=body,message' }))
    for (const bench of [configured, byQuery]) {
      expect(bench.records()).toEqual([
        {
          labels: { index: 'app', host_name: 'h' },
          ns: '1795258800000000000',
          level: 'warn',
          line: 'he said "hi"\n',
          metadata: { host_ip: '["::1"]', n: '1.5' },
        },
        { labels: { index: 'app' }, ns: `${NOW}000001`, level: '', line: '{"other":1}' },
      ])
    }
    const fields = open()
    const query = '_time_field=when&_stream_fields=app,host.name'
    await fields.send(bulk([CREATE, { when: '2026-11-21T11:00:00Z', app: 'x' }], { query }))
    expect(fields.records()[0]).toMatchObject({ labels: { app: 'x' }, ns: '1795258800000000000' })
    const many = await fields.send(bulk([CREATE, {}], { query: `_msg_field=${'a,'.repeat(40)}` }))
    expect(many.status).toBe(400)
  })
})

describe('single documents', () => {
  it('are stored with 201, or refused with their error', async () => {
    const bench = open()
    const send = (path: string, body: string, method: 'POST' | 'PUT' = 'POST') =>
      answerOf(bench, { path, method, body: Buffer.from(body) })
    const stored = await send('/app/_doc', '{\n  "a": 1\n}\n')
    expect(stored.status).toBe(201)
    expect(stored.body).toMatchObject({ _index: 'app', result: 'created', _version: 1, _shards: { failed: 0 } })
    expect((await send('/elasticsearch/app/_create/4%2f2', '{}', 'PUT')).body._id).toBe('4%2f2')
    const refused = await send('/app/_doc/1', '{"a"', 'PUT')
    expect([refused.status, refused.body.error.type]).toEqual([400, 'mapper_parsing_exception'])
    expect(bench.records().map(({ line }) => line)).toEqual(['{\n  "a": 1\n}', '{}'])
    expect(bench.imbalance()).toBe(0)
  })
})

it('finds a token in an API key, alone or behind an id', () => {
  const find = (text: string) => apiKeyToken({ authorization: `ApiKey ${text}` }, new URLSearchParams())
  expect(find(Buffer.from('id:girok_a:b').toString('base64'))).toBe('girok_a:b')
  // Decodes to bytes with a colon among them.
  const alone = Buffer.from([0x82, 0x3a, 0x99, 0x41, 0x42, 0x43]).toString('base64')
  expect(find(alone)).toBe(alone)
  expect(apiKeyToken({ authorization: 'Bearer x' }, new URLSearchParams())).toBeUndefined()
})
