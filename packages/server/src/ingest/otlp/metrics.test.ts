import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProtobufReader } from '../decode/protobuf.ts'
import { otlp } from '../receivers/otlp.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { type ReadSeries, readSamples } from '../testing/read-samples.ts'
import { EXPORT_METRICS } from './metrics-intake.ts'
import { labelName, metricName } from './metrics-names.ts'

const JSON_TYPE = 'application/json'
const PROTOBUF = 'application/x-protobuf'

const PROGRAM = join(import.meta.dirname, '../testing/otel-metrics.mjs')

/** What OpenTelemetry's own SDK collects and sends. */
function collect(temporality: 'cumulative' | 'delta'): { readonly json: Buffer; readonly protobuf: Buffer } {
  const { NODE_OPTIONS: _, ...env } = process.env
  const output = execFileSync(process.execPath, [PROGRAM, temporality], { env, encoding: 'utf8' })
  const { json, protobuf } = JSON.parse(output) as { json: string; protobuf: string }
  return { json: Buffer.from(json, 'base64'), protobuf: Buffer.from(protobuf, 'base64') }
}

/** `partial_success` of an answer in protobuf: how many were rejected, and the text. */
function partialSuccess(message: Buffer): { readonly rejected: number; readonly text: string } {
  const reader = new ProtobufReader(message)
  expect(reader.next()).toBe(1)
  reader.enter('partial_success')
  expect(reader.next()).toBe(1)
  const rejected = reader.value
  expect(reader.next()).toBe(2)
  return { rejected, text: message.toString('utf8', reader.start, reader.stop) }
}

/** Series as `name{labels} value`, sorted. */
function texts(series: readonly ReadSeries[]): string[] {
  return series
    .flatMap(({ labels: { __name__: name, ...labels }, samples }) =>
      samples.map(([, value]) => `${name}${JSON.stringify(labels).replaceAll('"', '')} ${value}`),
    )
    .sort()
}

function open() {
  const bench = openReceiver(otlp)
  return {
    ...bench,
    post: (body: Buffer, type = JSON_TYPE, path = '/v1/metrics') =>
      bench.send({ path, headers: { 'content-type': type }, body }),
    series: () => bench.sampleBatches.flatMap(readSamples),
  }
}

const ofShop = 'instance:pod-1'

describe("OpenTelemetry's own metrics", () => {
  const expected = [
    `http_duration_seconds_bucket{http_route:/a,${ofShop},job:eu/shop,le:+Inf} 4`,
    `http_duration_seconds_bucket{http_route:/a,${ofShop},job:eu/shop,le:0.1} 1`,
    `http_duration_seconds_bucket{http_route:/a,${ofShop},job:eu/shop,le:1} 3`,
    `http_duration_seconds_bucket{http_route:/a,${ofShop},job:eu/shop,le:10} 3`,
    `http_duration_seconds_count{http_route:/a,${ofShop},job:eu/shop} 4`,
    `http_duration_seconds_sum{http_route:/a,${ofShop},job:eu/shop} 100.15`,
    `http_requests_total{code:200,http_route:/a,${ofShop},job:eu/shop} 3`,
    `http_requests_total{code:500,http_route:/b,${ofShop},job:eu/shop} 2.5`,
    `load_ratio{cpu:0,${ofShop},job:eu/shop} 0.25`,
    `queue_length{${ofShop},job:eu/shop} -7`,
    `target_info{host_name:h1,${ofShop},job:eu/shop} 1`,
  ].sort()

  const cumulative = collect('cumulative')

  it.each(['json', 'protobuf', 'grpc'] as const)('become series, by %s', async (form) => {
    const bench = open()
    if (form === 'json') {
      const response = await bench.post(cumulative.json)
      expect([response.status, JSON.parse(String(response.body)).partialSuccess.rejectedDataPoints]).toEqual([200, '1'])
    } else if (form === 'protobuf') {
      const response = await bench.post(cumulative.protobuf, PROTOBUF)
      expect(response.status).toBe(200)
      expect(partialSuccess(Buffer.from(response.body ?? ''))).toEqual({
        rejected: 1,
        text: 'metric "exp": exponential histograms are not supported: use explicit bucket histograms',
      })
    } else {
      expect(partialSuccess(await bench.call('grpc', EXPORT_METRICS, cumulative.protobuf)).rejected).toBe(1)
    }
    expect(texts(bench.series())).toEqual(expected)
    expect(bench.sampleBatches[0]!.metadata).toContainEqual({
      metric: 'http_requests_total',
      type: 'counter',
      help: 'Requests\nserved',
      unit: '',
    })
    expect(bench.sampleBatches[0]!.metadata).toContainEqual({
      metric: 'http_duration_seconds',
      type: 'histogram',
      help: '',
      unit: 'seconds',
    })
    expect([bench.counters.rejected.total, bench.imbalance(), bench.faults]).toEqual([1, 0, []])
  })

  it('of delta temporality are refused, each point counted', async () => {
    const bench = open()
    const response = await bench.post(collect('delta').protobuf, PROTOBUF, '/otlp/v1/metrics')
    // Two counters and two histograms; the up-down counter and the gauge are not of delta.
    const { rejected, text } = partialSuccess(Buffer.from(response.body ?? ''))
    expect(rejected).toBeGreaterThanOrEqual(4)
    expect(text).toContain('delta temporality is not supported')
    expect(texts(bench.series()).filter((text) => text.startsWith('http'))).toEqual([])
    expect(bench.imbalance()).toBe(0)
  })

  it('survive being cut off anywhere', async () => {
    const bench = open()
    const body = cumulative.protobuf
    for (let length = 0; length < body.length; length += 3) {
      expect([200, 400]).toContain((await bench.post(body.subarray(0, length), PROTOBUF)).status)
    }
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })
})

describe('OTLP metrics in JSON', () => {
  const time = String(BigInt(Date.now()) * 1_000_000n)
  const request = (...metrics: unknown[]) =>
    Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }))

  it('take summaries, and end series that have no recorded value', async () => {
    const bench = open()
    const quantileValues = [
      { quantile: 0.5, value: 1.5 },
      { quantile: 0.99, value: 'NaN' },
    ]
    const response = await bench.post(
      request(
        {
          name: 'rpc',
          unit: 'ms',
          summary: { dataPoints: [{ timeUnixNano: time, count: '7', sum: 9, quantileValues }] },
        },
        { name: 'gone', gauge: { dataPoints: [{ timeUnixNano: time, flags: 1 }] } },
        { name: 'big', gauge: { dataPoints: [{ timeUnixNano: time, asInt: '9007199254740992' }] } },
      ),
    )
    expect([response.status, String(response.body)]).toEqual([200, '{}'])
    expect(texts(bench.series())).toEqual([
      'big{} 9007199254740992',
      'gone{} stale',
      'rpc_milliseconds_count{} 7',
      'rpc_milliseconds_sum{} 9',
      'rpc_milliseconds{quantile:0.5} 1.5',
      'rpc_milliseconds{quantile:0.99} NaN',
    ])
  })

  it('tell what is wrong', async () => {
    const bench = open()
    const bad = await bench.post(request({ name: '', gauge: { dataPoints: [{ timeUnixNano: time, asDouble: 1 }] } }))
    expect([bad.status, JSON.parse(String(bad.body)).message]).toEqual([
      400,
      'metric "" has no name or no known kind of data',
    ])
    expect((await bench.post(Buffer.from('{'))).status).toBe(400)
    expect((await bench.post(Buffer.from('x'), 'text/plain')).status).toBe(400)
    const buckets = { timeUnixNano: time, count: 1, bucketCounts: ['1'], explicitBounds: [1, 2] }
    expect((await bench.post(request({ name: 'h', histogram: { dataPoints: [buckets] } }))).status).toBe(400)
    expect((await bench.post(request())).status).toBe(200)
    expect([bench.imbalance(), bench.faults]).toEqual([0, []])
  })
})

it.each([
  ['http.server.duration', 's', 'histogram', false, 'http_server_duration_seconds'],
  ['system.memory.usage', 'By', 'sum', false, 'system_memory_usage_bytes'],
  ['requests_total', '1', 'sum', true, 'requests_total'],
  ['total.requests', '', 'sum', true, 'requests_total'],
  ['cpu.utilization', '1', 'gauge', false, 'cpu_utilization_ratio'],
  ['disk.io', 'By/s', 'sum', true, 'disk_io_bytes_per_second_total'],
  ['already_seconds', 's', 'gauge', false, 'already_seconds'],
  ['packets', '{packet}/s', 'gauge', false, 'packets_per_second'],
  ['5xx', '', 'sum', true, '_5xx_total'],
  ['a__b--c', '%', 'gauge', false, 'a_b_c_percent'],
  ['job:rate', '', 'gauge', false, 'job:rate'],
  ['...', '', 'gauge', false, ''],
])('the metric %j with unit %j (%s, monotonic: %s) is named %s', (name, unit, kind, isMonotonic, expected) => {
  expect(metricName({ name, unit, kind, isMonotonic })).toBe(expected)
})

it.each([
  ['http.route', 'http_route'],
  ['0day', 'key_0day'],
  ['ü', '_'],
  ['__x', '__x'],
])('the attribute %s is the label %s', (attribute, expected) => {
  expect(labelName(attribute)).toBe(expected)
})
