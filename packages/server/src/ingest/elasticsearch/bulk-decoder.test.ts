import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ReceiverResponse } from '../receiver.ts'
import { elasticsearch } from '../receivers/elasticsearch.ts'
import { openReceiver, type StoredRecord } from '../testing/bench-of-receivers.ts'
import { decodeBulkPlainly } from '../testing/plain-bulk.ts'
import { fuzzSeed } from '../testing/random.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const FREE = {
  ingestionRateBytes: 0,
  perStreamRateBytes: 0,
  rejectOldSamplesMaxAgeMs: 0,
  creationGracePeriodMs: 0,
  maxLabelNamesPerSeries: 0,
}

function statusesOf({ body }: ReceiverResponse): number[] {
  const { items } = JSON.parse(String(body)) as { items: Record<string, { status: number }>[] }
  return items.map((item) => Object.values(item)[0]!.status)
}

/** Values that are no strings keep their JSON text, whose spelling the plain path has lost. */
function respelt(record: StoredRecord): StoredRecord {
  const respell = (text: string): string => {
    try {
      return JSON.stringify(JSON.parse(text))
    } catch {
      return text
    }
  }
  const { line, metadata = {}, ...rest } = record
  const pairs = Object.entries(metadata).map(([name, value]) => [name, respell(value)])
  return { ...rest, line: respell(line), metadata: Object.fromEntries(pairs) }
}

it('decodes as the plain path does', async () => {
  const name = fc.constantFrom(
    ...['@timestamp', 'timestamp', 'time', 'message', 'msg', 'level', 'log', 'log.level', 'service', 'service.name'],
    ...['name', 'host', 'host.name', 'a', '', '.', 'é', '__proto__', 'k'.repeat(70), '\\u0061'.replace('\\u', '\\\\u')],
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '',
      '0',
      'error',
      '2026-11-21T10:00:00.123Z',
      '2026-11-21T25:00:00Z',
      '2026-02-30T00:00:00Z',
      '1795255200',
    ),
    fc.constantFrom('2026-11-21T10:00:00.1234567891Z', '2026-11-21T10:00:00.Z', '2026-11-21T10:00:00+09:00', '\ud83d'),
  )
  const scalar = fc.oneof(text, fc.integer({ min: 0, max: 2_000_000_000 }), fc.constantFrom(null, true, 30, 1.5, 0))
  // Of a message among its like only the last is one; what becomes of the others is nobody's concern.
  const documents = (unique: boolean) =>
    fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(scalar, { maxLength: 2 }), tie('document')),
      document: unique
        ? fc.uniqueArray(fc.tuple(name, tie('value')), { maxLength: 6, selector: ([key]) => key })
        : fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }),
    })).document
  // Names may repeat, and blanks stand where JSON allows them; escapes are written or not.
  const written = (value: unknown, odd: boolean): string => {
    const string = (some: string) => {
      const plain = JSON.stringify(some)
      return odd ? plain.replace(/[a-z@]/, (c) => (plain[1] === c ? `\\u00${c.charCodeAt(0).toString(16)}` : c)) : plain
    }
    if (
      Array.isArray(value) &&
      value.every((item) => Array.isArray(item) && typeof item[0] === 'string' && item.length === 2)
    ) {
      return `{${odd ? ' ' : ''}${value.map(([key, item]) => `${string(key)}:${written(item, odd)}`).join(odd ? ' ,' : ',')}}`
    }
    if (Array.isArray(value)) return `[${value.map((item) => written(item, odd)).join(',')}]`
    return typeof value === 'string' ? string(value) : JSON.stringify(value)
  }
  const action = fc.constantFrom(
    ...[
      '{"create":{"_index":"app"}}',
      '{"create":{"_index":"app"}}',
      '{"index":{}}',
      '{ "index" : {"_index":"b","_id":"1"} }',
    ],
    ...['{"create":{"_index":null,"_id":7,"x":{"_index":"n"}}}', '{"delete":{"_id":"1"}}', '{"update":{"_index":"b"}}'],
  )
  const rare = fc.constantFrom(
    '{"index":{"_index":1}}',
    '{"put":{}}',
    '{}',
    'x',
    '{"index":{}}}',
    '{"index":{},"create":{}}',
    '',
  )
  const line = (unique: boolean) =>
    fc.oneof(
      { weight: 12, arbitrary: fc.tuple(documents(unique), fc.boolean()).map(([value, odd]) => written(value, odd)) },
      { weight: 1, arbitrary: fc.constantFrom('', '1', '[]', '{"a":}', '{"a":1}x', 'null') },
    )
  const pair = (unique: boolean) =>
    fc.tuple(fc.oneof({ weight: 60, arbitrary: action }, { weight: 1, arbitrary: rare }), line(unique))
  const seed = fuzzSeed('elasticsearch against the plain path')
  const mapping = { times: ['@timestamp', 'timestamp', 'time'], labels: ['service.name', 'host.name', 'a'] }
  await fc.assert(
    fc.asyncProperty(
      fc.boolean().chain((message) => fc.tuple(fc.constant(message), fc.array(pair(message), { maxLength: 6 }))),
      fc.constantFrom('\n', ''),
      async ([byMessage, pairs], end) => {
        const lines = pairs.flatMap(([head, value]) => (head.startsWith('{"delete') ? [head] : [head, value]))
        const body = Buffer.from(lines.join('\n') + end)
        const messages = byMessage ? ['message', 'log.level', 'msg'] : []
        const plain = decodeBulkPlainly(body, { ...mapping, messages }, NOW)
        const bench = openReceiver(elasticsearch, {
          nowMs: NOW,
          limits: FREE,
          options: {
            timeFields: mapping.times,
            labels: mapping.labels,
            keepIndexDates: true,
            ...(byMessage ? { line: 'message', messageFields: messages } : {}),
          },
        })
        const answer = await bench.send({ path: '/_bulk', body })
        expect(bench.imbalance()).toBe(0)
        if (plain === undefined) expect(answer.status).toBe(400)
        else {
          expect(statusesOf(answer)).toEqual(plain.map(({ status }) => status))
          const stored = plain.flatMap(({ record }) => (record === undefined ? [] : [record]))
          expect(bench.records().map(byMessage ? respelt : (record) => record)).toEqual(
            stored.map(byMessage ? respelt : (record) => record),
          )
        }
      },
    ),
    { seed, numRuns: 800 },
  )
})
