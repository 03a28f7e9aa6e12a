import { gzipSync } from 'node:zlib'
import type { SentRequest } from './bench-of-receivers.ts'
import { encodeOtlpLogs, encodePushRequest, encodeSnappyBlock, jsonString } from './encoders.ts'

/** One way to send lines to a receiver. */
export interface Sample {
  readonly name: string
  readonly request: (lines: readonly Buffer[], nowMs: number) => SentRequest
  /** What is stored of a line that arrived as these bytes. */
  readonly stored: (line: Buffer) => string
  /** Answer to a request of which some records are refused; 400 unless the protocol has another. */
  readonly partialStatus?: number
  /** Answer while there is no room or the rate is exceeded; 429 unless the protocol has another. */
  readonly busyStatus?: number
  /** Answer to a body of no bytes where that is a message without records and no error. */
  readonly emptyStatus?: number
}

const JSON_HEADERS = { 'content-type': 'application/json' }
const asUtf8 = (line: Buffer) => line.toString()
const asObject = (line: Buffer) => `{"m":${jsonString(line).toString()}}`

function join(parts: readonly Buffer[], separator: string): Buffer {
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from(separator), part])))
}

function pushBody(lines: readonly Buffer[], nowMs: number): Buffer {
  const entries = lines.map((line) =>
    Buffer.concat([Buffer.from(`["${nowMs}000000",`), jsonString(line), Buffer.from(']')]),
  )
  return Buffer.concat([
    Buffer.from('{"streams":[{"stream":{"app":"x"},"values":['),
    join(entries, ','),
    Buffer.from(']}]}'),
  ])
}

function objects(lines: readonly Buffer[]): Buffer[] {
  return lines.map((line) => Buffer.concat([Buffer.from('{"m":'), jsonString(line), Buffer.from('}')]))
}

function bulk(lines: readonly Buffer[]): Buffer {
  const action = Buffer.from('{"index":{"_index":"app"}}')
  return join(
    objects(lines).flatMap((document) => [action, document]),
    '\n',
  )
}

function deliveryOf(records: readonly Buffer[], nowMs: number): Buffer {
  const data = records.map((record) => ({ data: record.toString('base64') }))
  return Buffer.from(JSON.stringify({ requestId: 'r', timestamp: nowMs, records: data }))
}

/** Ways to send lines, by receiver; the conformance suite wants at least one for each receiver of the table. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  elasticsearch: [
    {
      name: 'bulk',
      partialStatus: 200,
      request: (lines) => ({ path: '/_bulk', headers: JSON_HEADERS, body: bulk(lines) }),
      stored: asObject,
    },
    {
      name: 'bulk of messages, gzip',
      partialStatus: 200,
      request: (lines) => ({
        path: '/elasticsearch/app/_bulk',
        query: '_msg_field=m&_stream_fields=host',
        headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
        body: gzipSync(bulk(lines)),
      }),
      stored: asUtf8,
    },
  ],
  gelf: [
    {
      name: 'GELF',
      request: (lines) => ({
        path: '/gelf',
        headers: JSON_HEADERS,
        body: join(
          lines.map((line) =>
            Buffer.concat([
              Buffer.from('{"version":"1.1","host":"h","short_message":'),
              jsonString(line),
              Buffer.from('}'),
            ]),
          ),
          '\n',
        ),
      }),
      stored: asUtf8,
    },
  ],
  loki: [
    {
      name: 'JSON push',
      request: (lines, nowMs) => ({ path: '/loki/api/v1/push', headers: JSON_HEADERS, body: pushBody(lines, nowMs) }),
      stored: asUtf8,
    },
    {
      name: 'JSON push, gzip',
      request: (lines, nowMs) => ({
        path: '/loki/api/v1/push',
        headers: { ...JSON_HEADERS, 'content-encoding': 'gzip' },
        body: gzipSync(pushBody(lines, nowMs)),
      }),
      stored: asUtf8,
    },
    {
      name: 'legacy JSON push',
      request: (lines, nowMs) => {
        const ts = new Date(nowMs).toISOString()
        const entries = lines.map((line) =>
          Buffer.concat([Buffer.from(`{"ts":"${ts}","line":`), jsonString(line), Buffer.from('}')]),
        )
        const head = Buffer.from('{"streams":[{"labels":"{app=\\"x\\"}","entries":[')
        return {
          path: '/api/prom/push',
          headers: JSON_HEADERS,
          body: Buffer.concat([head, join(entries, ','), Buffer.from(']}]}')]),
        }
      },
      stored: asUtf8,
    },
    {
      name: 'protobuf push',
      request: (lines, nowMs) => ({
        path: '/loki/api/v1/push',
        headers: { 'content-type': 'application/x-protobuf' },
        body: encodeSnappyBlock(
          encodePushRequest([
            { labels: '{app="x"}', entries: lines.map((line) => ({ ns: BigInt(nowMs) * 1_000_000n, line })) },
          ]),
        ),
      }),
      stored: asUtf8,
    },
  ],
  json: [
    {
      name: 'JSON lines',
      request: (lines) => ({ path: '/ingest', headers: JSON_HEADERS, body: join(objects(lines), '\n') }),
      stored: asObject,
    },
    {
      name: 'JSON array',
      request: (lines) => ({
        path: '/ingest',
        headers: JSON_HEADERS,
        body: Buffer.concat([Buffer.from('['), join(objects(lines), ','), Buffer.from(']')]),
      }),
      stored: asObject,
    },
    {
      name: 'message field',
      request: (lines) => ({ path: '/ingest', query: 'message_field=m', body: join(objects(lines), '\n') }),
      stored: asUtf8,
    },
    {
      name: 'text lines',
      request: (lines) => ({ path: '/ingest', headers: { 'content-type': 'text/plain' }, body: join(lines, '\n') }),
      stored: asUtf8,
    },
  ],
  otlp: [
    {
      name: 'OTLP protobuf',
      partialStatus: 200,
      emptyStatus: 200,
      request: (lines, nowMs) => ({
        path: '/v1/logs',
        headers: { 'content-type': 'application/x-protobuf' },
        body: encodeOtlpLogs({
          resource: [['service.name', 'x']],
          records: lines.map((line) => ({ ns: BigInt(nowMs) * 1_000_000n, line, attributes: [['k', 'v']] })),
        }),
      }),
      stored: asUtf8,
    },
    {
      name: 'OTLP JSON',
      partialStatus: 200,
      request: (lines, nowMs) => {
        const records = lines.map((line) =>
          Buffer.concat([
            Buffer.from(`{"timeUnixNano":"${nowMs}000000","body":{"stringValue":`),
            jsonString(line),
            Buffer.from('}}'),
          ]),
        )
        const head = Buffer.from('{"resourceLogs":[{"scopeLogs":[{"logRecords":[')
        return {
          path: '/otlp/v1/logs',
          headers: JSON_HEADERS,
          body: Buffer.concat([head, join(records, ','), Buffer.from(']}]}]}')]),
        }
      },
      stored: asUtf8,
    },
  ],
  firehose: [
    {
      name: 'Firehose delivery of lines',
      partialStatus: 200,
      request: (lines, nowMs) => ({
        path: '/firehose',
        headers: JSON_HEADERS,
        body: deliveryOf(
          lines.map((line) => Buffer.concat([line, Buffer.from('\n')])),
          nowMs,
        ),
      }),
      stored: asUtf8,
    },
    {
      name: 'Firehose delivery of a subscription',
      partialStatus: 200,
      request: (lines, nowMs) => {
        const head = `{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[`
        const events = lines.map((line, i) =>
          Buffer.concat([
            Buffer.from(`{"id":"${i}","timestamp":${nowMs},"message":`),
            jsonString(line),
            Buffer.from('}'),
          ]),
        )
        const message = Buffer.concat([Buffer.from(head), join(events, ','), Buffer.from(']}')])
        return { path: '/firehose', headers: JSON_HEADERS, body: deliveryOf([gzipSync(message)], nowMs) }
      },
      stored: asUtf8,
    },
  ],
  splunk: [
    {
      name: 'HEC events',
      partialStatus: 200,
      busyStatus: 503,
      request: (lines, nowMs) => ({
        path: '/services/collector/event',
        body: join(
          lines.map((line) =>
            Buffer.concat([Buffer.from(`{"time":${nowMs / 1000},"event":`), jsonString(line), Buffer.from('}')]),
          ),
          '',
        ),
      }),
      stored: asUtf8,
    },
    {
      name: 'HEC raw',
      partialStatus: 200,
      busyStatus: 503,
      request: (lines) => ({ path: '/services/collector/raw', query: 'host=x', body: join(lines, '\n') }),
      stored: asUtf8,
    },
  ],
}
