import type { Matcher } from '@girok/query/promql'
import { ProtobufReader } from '../../ingest/decode/protobuf.ts'
import { bytesField, varint } from '../../ingest/write-protobuf.ts'
import type { LabelSet } from '../../model/labels.ts'
import { bitsOf } from '../../model/sample-batch.ts'

/**
 * The messages of Prometheus' remote read, `prometheus.ReadRequest` and `prometheus.ReadResponse`
 * (https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/), not compressed.
 */

/** One of the queries of a request: all series that the matchers match, with their samples in the range. */
export interface ReadQuery {
  /** Milliseconds since the epoch, both inclusive. */
  readonly startMs: number
  readonly endMs: number
  readonly matchers: readonly Matcher[]
}

const OPS = ['=', '!=', '=~', '!~'] as const
/** Beyond this a number stands for one below 0, or for the end of time. */
const MAX_TIME = 2 ** 63

/** Throws `bad_request`. What a client says of the form it likes best is passed over: samples are always allowed. */
export function decodeReadRequest(bytes: Buffer): ReadQuery[] {
  const reader = new ProtobufReader(bytes)
  const queries: ReadQuery[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    const outer = reader.enter('queries')
    queries.push(readQuery(reader))
    reader.leave(outer)
  }
  return queries
}

function readQuery(reader: ProtobufReader): ReadQuery {
  const matchers: Matcher[] = []
  let startMs = 0
  let endMs = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) startMs = readTime(reader, 'start_timestamp_ms')
    else if (field === 2) endMs = readTime(reader, 'end_timestamp_ms')
    else if (field === 3) {
      const outer = reader.enter('matchers')
      matchers.push(readMatcher(reader))
      reader.leave(outer)
    }
  }
  return { startMs, endMs, matchers }
}

function readTime(reader: ProtobufReader, name: string): number {
  reader.expect(0, name)
  // No samples are stored before 1970.
  return reader.value >= MAX_TIME ? 0 : reader.value
}

function readMatcher(reader: ProtobufReader): Matcher {
  let type = 0
  let name = ''
  let value = ''
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      reader.expect(0, 'type')
      type = reader.value
    } else if (field === 2) name = reader.text('name')
    else if (field === 3) value = reader.text('value')
  }
  const op = OPS[type]
  if (op === undefined) return reader.fail(`a matcher of the unknown type ${type}`)
  return { name, op, value, at: { start: 0, end: 0 } }
}

/** A `TimeSeries`, as a field of the result of its query. */
export function encodeReadSeries(
  labels: LabelSet,
  { times, values }: { readonly times: Float64Array; readonly values: Float64Array },
): Buffer {
  const pairs = Array.from(labels, ([name, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, name), bytesField(2, value)])),
  )
  return bytesField(1, Buffer.concat([...pairs, encodeSamples(times, values)]))
}

/** Tag and length of a sample, tag and eight bytes of its value, tag of its time. */
const BEFORE_TIME = 12
const LONGEST_TIME = 8

/** `Sample { double value = 1; int64 timestamp = 2; }`, one after the other. Values keep their bits. */
function encodeSamples(times: Float64Array, values: Float64Array): Buffer {
  const bits = bitsOf(values)
  const bytes = Buffer.allocUnsafe(times.length * (BEFORE_TIME + LONGEST_TIME))
  let at = 0
  for (let i = 0; i < times.length; i++) {
    const start = at
    bytes[at] = 0x12
    bytes[at + 2] = 0x09
    bytes.writeUInt32LE(bits[2 * i] as number, at + 3)
    bytes.writeUInt32LE(bits[2 * i + 1] as number, at + 7)
    bytes[at + 11] = 0x10
    at += BEFORE_TIME
    for (let rest = times[i] as number; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        bytes[at++] = rest
        break
      }
      bytes[at++] = (rest % 128) | 128
    }
    bytes[start + 1] = at - start - 2
  }
  return bytes.subarray(0, at)
}

/** The whole response, of the series of each query. */
export function encodeReadResponse(results: readonly (readonly Buffer[])[]): Buffer {
  return Buffer.concat(
    results.flatMap((series) => {
      const length = series.reduce((sum, one) => sum + one.length, 0)
      return [Buffer.of(0x0a), varint(length), ...series]
    }),
  )
}
