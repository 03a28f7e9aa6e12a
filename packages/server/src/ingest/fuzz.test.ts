import { isUtf8 } from 'node:buffer'
import { afterAll, describe, expect, it } from 'vitest'
import { END_OF_TIME_SECONDS, type RecordBatch } from '../model/batch.ts'
import { GirokError } from '../model/errors.ts'
import { LEVELS } from '../model/level.ts'
import { type Assembled, Assembler } from './batch/assembler.ts'
import { StreamDirectory } from './batch/stream-directory.ts'
import { JsonCursor } from './decode/json-cursor.ts'
import { parseLabels } from './decode/label-syntax.ts'
import { ProtobufReader } from './decode/protobuf.ts'
import { decodeSnappyBlock } from './decode/snappy.ts'
import { parseTime } from './decode/time-text.ts'
import { validUtf8 } from './decode/utf8.ts'
import { parseIngestQuery } from './json/ingest-query.ts'
import { RecordDecoder } from './json/record-decoder.ts'
import { decodePushJson } from './loki/push-json.ts'
import { decodeLegacyPushJson } from './loki/push-json-legacy.ts'
import { decodePushProtobuf } from './loki/push-protobuf.ts'
import { decodeOtlpJson } from './otlp/json.ts'
import { decodeOtlpProtobuf } from './otlp/protobuf.ts'
import { encodeOtlpLogs, encodePushRequest, encodeSnappyBlock } from './testing/encoders.ts'
import { DEFAULT_LIMITS } from './testing/limits.ts'
import { fuzzSeed, JSON_TOKENS, mutate, Random } from './testing/random.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const NS = BigInt(NOW) * 1_000_000n
const tally = new Map<string, { inputs: number; accepted: number; refused: number }>()
const directory = new StreamDirectory()
const shared = { tenant: 't', limits: DEFAULT_LIMITS, directory }

const PUSH = Buffer.from(
  `{"streams":[{"stream":{"app":"x","n":1},"values":[["${NS}","line \\"one\\" \\ud83d\\ude00"],["${NS}","two",{"trace_id":"0242ac12"}],null]},{"stream":{"b":"é"},"values":[["${NS + 1n}","세"]]}],"x":[1.5e3,true,{}]}`,
)
const LEGACY = Buffer.from(
  `{"streams":[{"labels":"{app=\\"x\\", b=\\"y\\"}","entries":[{"ts":"2025-12-20T11:59:00.123456789Z","line":"one\\n"},{"line":"two","ts":"2025-12-20T11:59:00+09:00"}]}]}`,
)
const PROTO = encodePushRequest([
  {
    labels: '{app="x", b="y"}',
    entries: [
      {
        ns: NS,
        line: Buffer.from('line one'),
        metadata: [
          ['trace_id', '0242ac12'],
          ['k', '세'],
        ],
      },
      { ns: NS + 1n, line: Buffer.from([0xff, 0x61]) },
    ],
  },
  { labels: '{c=`raw`}', entries: [{ ns: NS, line: Buffer.alloc(200, 'z') }] },
])
const OTLP = encodeOtlpLogs({
  resource: [
    ['service.name', 'shop'],
    ['host.name', 'h1'],
  ],
  scope: 'lib',
  records: [
    { ns: NS, line: Buffer.from('line one'), severity: 9, attributes: [['user.id', 'kim']] },
    { ns: NS + 1n, line: Buffer.from([0xff, 0x61]), traceId: Buffer.alloc(16, 7) },
  ],
})
const OTLP_JSON = Buffer.from(
  `{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"l"},"logRecords":[{"timeUnixNano":"${NS}","severityNumber":13,"body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]}},"attributes":[{"key":"x","value":{"arrayValue":{"values":[{"doubleValue":1.5},{"bytesValue":"aGk="}]}}}],"traceId":"5b8aa5a2d2c872e8321cf37308d69df2"}]}]}]}`,
)
const LINES = Buffer.from(
  `{"timestamp":"2025-12-20T12:00:00Z","level":"INFO","message":"training_step","service":"t","epoch":1,"loss":0.234}\n{"ts":1766232000123,"lvl":30,"msg":"a \\"b\\"","log":{"level":"warn"},"n":null}\n"text"\n42\n`,
)
const ARRAY = Buffer.from(
  '[{"@timestamp":1766232000.5,"severity_number":17,"service":{"x":[]}},"a\\u0000b",{"time":"2025-12-20 12:00:00,123"}]',
)
const LABELS = Buffer.from('{app="a \\"b\\" \\\\ \\n \\u00e9 \\x41 \\101", _b2 = `raw`, c="日本",}')
const TOKENS = [...JSON_TOKENS, '=', '`', '\\ud83d', '\\x', '1e9', '-', '\r\n', '9'.repeat(30), '[['.repeat(20)]

function assembled(body: Buffer, decode: (body: Buffer, assembler: Assembler) => number): Assembled {
  const assembler = new Assembler('t', 'fuzz', body, DEFAULT_LIMITS, NOW)
  decode(body, assembler)
  return assembler.finish()
}

/** What every consumer of a batch relies on. */
function check(batch: RecordBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const start = batch.lineStart[i]!
    const end = batch.lineEnd[i]!
    if (!(start <= end && end <= batch.bytes.length)) throw new Error(`line ${i} lies outside the bytes`)
    if (!isUtf8(batch.bytes.subarray(start, end))) throw new Error(`line ${i} is not valid UTF-8`)
    if (!(batch.seconds[i]! >= 0 && batch.seconds[i]! < END_OF_TIME_SECONDS && Number.isInteger(batch.seconds[i])))
      throw new Error('seconds')
    if (!(batch.nanos[i]! <= 999_999_999)) throw new Error('nanos')
    if (batch.streams[batch.stream[i]!] === undefined) throw new Error('no such stream')
    if (LEVELS[batch.level[i]!] === undefined) throw new Error('no such level')
    for (const text of batch.metadata?.[i] ?? []) if (typeof text !== 'string') throw new Error('metadata')
  }
  if (new Set(batch.streams.map(({ id }) => id)).size !== batch.streams.length)
    throw new Error('streams are not distinct')
}

function fuzz(
  name: string,
  inputs: number,
  corpus: readonly Buffer[],
  run: (input: Buffer) => Assembled | undefined,
): void {
  it(`${name}: ${inputs} mutated inputs`, () => {
    const random = new Random(fuzzSeed(name))
    const counts = { inputs: 0, accepted: 0, refused: 0 }
    tally.set(name, counts)
    for (; counts.inputs < inputs; counts.inputs++) {
      const input = mutate(random, random.pick(corpus), TOKENS)
      try {
        const result = run(Buffer.from(input))
        if (result) check(result.batch)
        counts.accepted++
      } catch (error) {
        if (!(error instanceof GirokError)) {
          throw new Error(`${name} threw on ${JSON.stringify(input.toString('latin1'))}`, { cause: error })
        }
        counts.refused++
      }
    }
    // The corpus must get through often enough for the inner parts to be reached, and fail often enough too.
    expect(counts.accepted).toBeGreaterThan(inputs / 100)
  })
}

describe('mutated inputs', () => {
  fuzz('push JSON', 40_000, [PUSH], (input) =>
    assembled(validUtf8(input, 0), (body, to) =>
      decodePushJson(new JsonCursor(body), to, { ...shared, strictMetadata: input.length % 2 === 0 }),
    ),
  )
  fuzz('legacy push JSON', 20_000, [LEGACY], (input) =>
    assembled(validUtf8(input, 0), (body, to) => decodeLegacyPushJson(new JsonCursor(body), to, shared)),
  )
  fuzz('push protobuf', 50_000, [PROTO], (input) =>
    assembled(input, (body, to) => decodePushProtobuf(new ProtobufReader(body), to, shared)),
  )
  const otlp = { ...shared, nowMs: NOW }
  fuzz('OTLP protobuf', 40_000, [OTLP], (input) =>
    assembled(input, (body, to) => decodeOtlpProtobuf(new ProtobufReader(body), to, otlp)),
  )
  fuzz('OTLP JSON', 20_000, [OTLP_JSON], (input) => {
    const assembler = new Assembler('t', 'fuzz', Buffer.alloc(0), DEFAULT_LIMITS, NOW)
    decodeOtlpJson(validUtf8(input, 0), assembler, otlp)
    return assembler.finish()
  })
  fuzz('snappy', 25_000, [encodeSnappyBlock(Buffer.concat([PROTO, PROTO])), encodeSnappyBlock(PUSH)], (input) => {
    const output = decodeSnappyBlock(input, 1 << 20)
    if (output.length > 22 * input.length) throw new Error('more came out than can go in')
    return undefined
  })
  fuzz('/ingest JSON', 40_000, [LINES, ARRAY], (input) => {
    const text = input.length % 3 === 0 ? 'message_field=msg&label_field=service&label=a%3Db' : ''
    const query = parseIngestQuery(new URLSearchParams(text))
    return assembled(validUtf8(input, 0), (body, to) =>
      new RecordDecoder(body, to, { ...shared, query, nowMs: NOW }).decodeJson(),
    )
  })
  fuzz('/ingest text', 5000, [LINES], (input) =>
    assembled(validUtf8(input, 0), (body, to) =>
      new RecordDecoder(body, to, {
        ...shared,
        query: parseIngestQuery(new URLSearchParams()),
        nowMs: NOW,
      }).decodeText(),
    ),
  )
  fuzz('label syntax', 30_000, [LABELS], (input) => {
    const pairs = parseLabels(input.toString())
    if (typeof pairs === 'string') throw new GirokError('bad_request', pairs)
    return undefined
  })
  const times = [
    '2025-12-20T12:00:00Z',
    '2024-12-28T10:30:00.123456',
    '2024-12-28 10:30:00,123',
    '1766232000123456789',
    '1.7e9',
  ]
  fuzz(
    'times',
    30_000,
    times.map((time) => Buffer.from(time)),
    (input) => {
      const time = parseTime(input.toString())
      if (time === undefined) throw new GirokError('bad_request', 'no time')
      if (!(time.seconds >= 0 && time.seconds < END_OF_TIME_SECONDS && Number.isInteger(time.seconds)))
        throw new Error('seconds')
      if (!(time.nanos >= 0 && time.nanos <= 999_999_999 && Number.isInteger(time.nanos))) throw new Error('nanos')
      return undefined
    },
  )

  afterAll(() => {
    const total = [...tally.values()].reduce((sum, { inputs }) => sum + inputs, 0)
    console.log(`fuzzed ${total} inputs`, JSON.stringify(Object.fromEntries(tally)))
    expect(total).toBeGreaterThanOrEqual(200_000)
  })
})

describe('time is linear in the size', () => {
  const size = 4 << 20
  const inputs: [string, string][] = [
    ['open brackets', '['.repeat(size)],
    ['open objects on lines', '{"a":\n'.repeat(size / 6)],
    ['open strings on lines', '{"a":"\n'.repeat(size / 7)],
    ['quotes', '"'.repeat(size)],
    ['escapes', `{"streams":[{"stream":{"a":"${'\\"'.repeat(size / 2)}`],
    ['repeated member', `{${'"streams":[],'.repeat(size / 13)}"x":1}`],
    ['repeated values', `{"streams":[{${'"values":[],'.repeat(size / 12)}"x":1}]}`],
    ['empty lines', '\n'.repeat(size)],
    ['white space', ' '.repeat(size)],
    ['digits', `{"time":${'1'.repeat(size)}}`],
    ['pretty document that ends too early', `{"a":[${'\n{"b":\n1},'.repeat(size / 10)}`],
    ['invalid UTF-8', '\u00ff'.repeat(size)],
  ]
  for (const [name, text] of inputs) {
    it(name, () => {
      const body = validUtf8(Buffer.from(text, 'latin1'), 0)
      const query = parseIngestQuery(new URLSearchParams('label_field=a.b'))
      const started = performance.now()
      for (const decode of [
        (own: Buffer, to: Assembler) => decodePushJson(new JsonCursor(own), to, { ...shared, strictMetadata: true }),
        (own: Buffer, to: Assembler) => decodeLegacyPushJson(new JsonCursor(own), to, shared),
        (own: Buffer, to: Assembler) => decodePushProtobuf(new ProtobufReader(own), to, shared),
        (own: Buffer, to: Assembler) => decodeOtlpProtobuf(new ProtobufReader(own), to, { ...shared, nowMs: NOW }),
        (own: Buffer, to: Assembler) => decodeOtlpJson(own, to, { ...shared, nowMs: NOW }),
        (own: Buffer, to: Assembler) => new RecordDecoder(own, to, { ...shared, query, nowMs: NOW }).decodeJson(),
        (own: Buffer, to: Assembler) => new RecordDecoder(own, to, { ...shared, query, nowMs: NOW }).decodeText(),
      ]) {
        try {
          check(assembled(Buffer.from(body), decode).batch)
        } catch (error) {
          expect(error).toBeInstanceOf(GirokError)
        }
      }
      parseLabels(`{a="${text}`)
      // 4 MiB through eight decoders; anything quadratic would take hours.
      expect(performance.now() - started).toBeLessThan(8000)
    })
  }
})
