import { expect, it } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import { openReceiver, recordsOf } from '../testing/bench-of-receivers.ts'
import { otlpProtobuf, randomLogs } from '../testing/otlp-logs.ts'
import { fuzzSeed, Random } from '../testing/random.ts'
import { otlp } from './otlp.ts'

const NOW = Date.UTC(2025, 11, 20, 12)
const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

it('makes the same of protobuf, which it walks over, as of JSON, which it builds, and of gRPC as of HTTP', async () => {
  const random = new Random(fuzzSeed('OTLP in three forms'))
  const bench = openReceiver(otlp, {
    nowMs: NOW,
    limits: { ingestionRateBytes: 0, perStreamRateBytes: 0, maxStreamsPerTenant: 0 },
  })
  let records = 0
  for (let i = 0; i < 400; i++) {
    const logs = randomLogs(random, NOW)
    const protobuf = otlpProtobuf(logs)
    const send = (type: string, body: Buffer) =>
      bench.send({ path: '/v1/logs', headers: { 'content-type': type }, body })
    bench.batches.length = 0
    expect((await send('application/json', Buffer.from(JSON.stringify(logs)))).status).toBe(200)
    expect((await send('application/x-protobuf', protobuf)).status).toBe(200)
    await bench.call('grpc', EXPORT, protobuf)
    const [json, fast, grpc] = bench.batches.map(recordsOf)
    expect(fast, JSON.stringify(logs)).toEqual(json)
    expect(grpc).toEqual(json)
    records += json?.length ?? 0
  }
  expect(records).toBeGreaterThan(2000)
  expect([bench.imbalance(), bench.faults]).toEqual([0, []])
})

it.each(['/v1/logs', '/v1/metrics'])('%s: refuses in the form of the request, before it is read too', (path) => {
  const route = openReceiver(otlp).routes.find((one) => one.path === path)
  const error = new GirokError('unauthorized', 'this server needs a token')
  const json = route?.refuse?.(error, { 'content-type': 'application/json; charset=utf-8' })
  expect([json?.status, json?.headers?.['content-type']]).toEqual([401, 'application/json'])
  expect(JSON.parse(String(json?.body))).toEqual({ code: 16, message: 'this server needs a token' })
  const protobuf = route?.refuse?.(error, {})
  expect([protobuf?.status, protobuf?.headers?.['content-type']]).toEqual([401, 'application/x-protobuf'])
})

it('answers an export of nothing with success', async () => {
  const bench = openReceiver(otlp, { nowMs: NOW })
  expect((await bench.call('grpc', EXPORT, Buffer.alloc(0))).length).toBe(0)
  const headers = { 'content-type': 'application/x-protobuf' }
  for (const path of ['/v1/logs', '/otlp/v1/logs', '/v1/metrics']) {
    const response = await bench.send({ path, headers, body: Buffer.alloc(0) })
    expect([path, response.status, String(response.body)]).toEqual([path, 200, ''])
  }
  expect([bench.batches, bench.rejections]).toEqual([[], []])
})

it.each<[string, string, RegExp]>([
  ['/v1/logs', '{"resource_logs":[{}]}', /"resource_logs" but no "resourceLogs"/],
  ['/v1/logs', '{"streams":[]}', /"streams" but no "resourceLogs"/],
  ['/v1/logs', '{"resourceLogs":[{"scope_logs":[{"log_records":[{}]}]}]}', /scope_logs is not a name of OTLP\/JSON/],
  ['/v1/logs', '{"resourceLogs":[{"instrumentationLibraryLogs":[{}]}]}', /use resourceLogs, scopeLogs, logRecords/],
  ['/v1/metrics', '{"resourceLogs":[]}', /"resourceLogs" but no "resourceMetrics"/],
  ['/v1/metrics', '{"resourceMetrics":[{"scope_metrics":[]}]}', /scope_metrics is not a name/],
])('%s refuses records under other names: %s', async (path, body, reason) => {
  const bench = openReceiver(otlp, { nowMs: NOW })
  const headers = { 'content-type': 'application/json' }
  const response = await bench.send({ path, headers, body: Buffer.from(body) })
  expect([response.status, JSON.parse(String(response.body)).message]).toEqual([400, expect.stringMatching(reason)])
  expect(bench.counters.undecodable.total).toBe(1)
})

it.each(['{}', '{"resourceLogs":[]}', '{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[]}]}]}'])(
  'nothing in JSON: %s',
  async (body) => {
    const headers = { 'content-type': 'application/json' }
    const sent = { path: '/v1/logs', headers, body: Buffer.from(body) }
    const response = await openReceiver(otlp, { nowMs: NOW }).send(sent)
    expect([response.status, String(response.body)]).toEqual([200, '{}'])
  },
)
