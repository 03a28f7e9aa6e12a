/** The official exporters of OpenTelemetry, of logs and of metrics, by HTTP and gRPC, and Girok's SDK, against the built server. */
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createHierarchy } from '@girok/sdk'
import { otlpHandler } from '@girok/sdk/handlers'
import type { SamplesResponse } from '@girok/server/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import { lines, QUIET, queryRange, type StreamResult, startServer, type TestServer } from './server.ts'
import { expectConserved, listenerOf, sourceOf } from './sources.ts'

const run = promisify(execFile)
let server: TestServer
let guarded: TestServer
let token: string
let workshop: Workshop

beforeAll(async () => {
  workshop = createWorkshop()
  server = await startServer({ args: [...QUIET, '--set', 'receivers.otlp.grpc.port=0'] })
  guarded = await startServer({ args: [...QUIET, '--set', 'receivers.otlp.grpc.port=0'] })
  token = (await workshop.run('girok', ['token', 'create', '--data', guarded.dataDir])).stdout.trim()
})
afterAll(async () => {
  await workshop?.dispose()
  await Promise.all([server?.dispose(), guarded?.dispose()])
})

/** A program as an application has it: 3,000 records in batches, then a flush; prints what the exporter says of failures. */
function program(exporter: string): string {
  return `
import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api'
import { SeverityNumber } from '@opentelemetry/api-logs'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
${exporter}
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN)
const processor = new BatchLogRecordProcessor({ exporter, maxQueueSize: 5000, maxExportBatchSize: 500 })
const provider = new LoggerProvider({
  resource: resourceFromAttributes({ 'service.name': process.env.SERVICE, 'host.name': 'h1' }),
  processors: [processor],
})
const logger = provider.getLogger('shop', '1.2.3')
for (let i = 0; i < 3000; i++) {
  logger.emit({
    severityNumber: SeverityNumber.WARN,
    severityText: 'WARN',
    body: 'order ' + i + ' 주문',
    attributes: { 'order.id': i, paid: true, total: 12.5, tags: ['a', 'b'] },
  })
}
await provider.shutdown()
`
}

const HTTP = (kind: string, options = '') => `
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-${kind}'
const exporter = new OTLPLogExporter({ url: process.env.URL + '/v1/logs', compression: 'gzip', ${options} })
`
const GRPC = `
import { Metadata } from '@grpc/grpc-js'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc'
const metadata = new Metadata()
if (process.env.TOKEN) metadata.set('authorization', 'Bearer ' + process.env.TOKEN)
const exporter = new OTLPLogExporter({ url: process.env.GRPC, compression: process.env.COMPRESSION ?? 'none', metadata })
`

/** The same for metrics: three rounds of each kind of instrument, then a flush. */
function metricsProgram(kind: 'http' | 'proto' | 'grpc'): string {
  const url = kind === 'grpc' ? 'process.env.GRPC' : "process.env.URL + '/v1/metrics'"
  return `
import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-${kind}'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN)
const exporter = new OTLPMetricExporter({ url: ${url}, compression: 'gzip' })
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
const provider = new MeterProvider({
  resource: resourceFromAttributes({ 'service.name': process.env.SERVICE, 'host.name': 'h1' }),
  readers: [reader],
})
const meter = provider.getMeter('shop', '1.2.3')
const orders = meter.createCounter('orders.placed', { description: 'Orders that were placed' })
const load = meter.createGauge('cart.load', { unit: '1' })
const took = meter.createHistogram('checkout.duration', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } })
for (let round = 1; round <= 3; round++) {
  orders.add(round, { 'pay.method': 'card' })
  load.record(round / 4)
  took.record(round / 2)
  await provider.forceFlush()
}
await provider.shutdown()
`
}

async function exportWith(text: string, service: string, env: Readonly<Record<string, string>>): Promise<string> {
  const file = workshop.file(`${service}.mjs`, text)
  const { stdout, stderr } = await run(process.execPath, [file], {
    env: { ...process.env, SERVICE: service, ...env },
    cwd: join(import.meta.dirname, '..'),
  })
  return stdout + stderr
}

const sorted = (labels: Readonly<Record<string, string>>) => Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))

async function grpcUrl(target: TestServer): Promise<string> {
  const { host, port } = await listenerOf(target, 'otlp', 'grpc')
  return `http://${host}:${port}`
}

describe('the exporters of OpenTelemetry', () => {
  test.for([
    ['http', HTTP('http'), ''],
    ['proto', HTTP('proto'), ''],
    ['grpc', GRPC, 'none'],
    ['grpc-gzip', GRPC, 'gzip'],
  ] as const)('%s: every record is stored once, whole', async ([service, exporter, compression]) => {
    const env = { URL: server.url, GRPC: await grpcUrl(server), ...(compression && { COMPRESSION: compression }) }
    expect(await exportWith(program(exporter), service, env)).toBe('')
    const query = `{service_name="${service}"}`
    const found = new Set(await lines(server, query))
    expect(found.size).toBe(3000)
    expect(found).toContain('order 2999 주문')
    const one = (await queryRange(server, `${query} |= "order 7 "`, { limit: '1' })) as { result: StreamResult[] }
    expect(one.result[0]?.stream).toMatchObject({
      service_name: service,
      detected_level: 'warn',
      host_name: 'h1',
      scope_name: 'shop',
      scope_version: '1.2.3',
      order_id: '7',
      paid: 'true',
      total: '12.5',
      tags: '["a","b"]',
      severity_number: '13',
      severity_text: 'WARN',
    })
  })

  test('the counts of the source are those of what was sent', async () => {
    const counts = await expectConserved(server, 'otlp')
    expect(counts).toMatchObject({ received: 12_000, stored: 12_000, rejected: [], dropped: [], undecodable: [] })
    const { recordsPerSecond, lastReceivedMs, listeners, routes, example } = await sourceOf(server, 'otlp')
    expect(recordsPerSecond).toBeGreaterThan(10)
    expect(Date.now() - (lastReceivedMs ?? 0)).toBeLessThan(60_000)
    expect(listeners).toMatchObject([{ name: 'grpc', key: 'receivers.otlp.grpc.port' }])
    expect(listeners[0]?.address).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+$/)
    expect(routes).toContain('POST /v1/logs')
    expect(example).toContain(`${server.url}/v1/logs`)
  })

  test.for(['http', 'proto', 'grpc'] as const)('metrics by %s: every sample is stored', async (kind) => {
    const service = `metrics-${kind}`
    const env = { URL: server.url, GRPC: await grpcUrl(server) }
    expect(await exportWith(metricsProgram(kind), service, env)).toBe('')
    const query = new URLSearchParams({ 'match[]': `{job="${service}"}`, since: '5m' })
    const response = await server.fetch(`/girok/v1/samples?${query}`)
    const { series } = (await response.json()) as SamplesResponse
    const valuesOf = (name: string, labels: Record<string, string> = {}) => {
      const wanted = { __name__: name, job: service, ...labels }
      const found = series.find((one) => JSON.stringify(sorted(one.labels)) === JSON.stringify(sorted(wanted)))
      // The last export is that of the shutdown.
      return found?.values.slice(0, 3)
    }
    expect(valuesOf('orders_placed_total', { pay_method: 'card' })).toEqual(['1', '3', '6'])
    expect(valuesOf('cart_load_ratio')).toEqual(['0.25', '0.5', '0.75'])
    expect(valuesOf('checkout_duration_seconds_bucket', { le: '0.1' })).toEqual(['0', '0', '0'])
    expect(valuesOf('checkout_duration_seconds_bucket', { le: '1' })).toEqual(['1', '2', '2'])
    expect(valuesOf('checkout_duration_seconds_bucket', { le: '+Inf' })).toEqual(['1', '2', '3'])
    expect(valuesOf('checkout_duration_seconds_sum')).toEqual(['0.5', '1.5', '3'])
    expect(valuesOf('checkout_duration_seconds_count')).toEqual(['1', '2', '3'])
    expect(valuesOf('target_info', { host_name: 'h1' })?.[0]).toBe('1')
    expect(await expectConserved(server, 'otlp')).toMatchObject({ rejected: [], dropped: [], undecodable: [] })
  })

  test('by gRPC the token is asked for, and named when it is missing', async () => {
    const text = program(GRPC)
    const GRPC_URL = await guardedGrpc()
    const refused = await exportWith(text, 'stranger', { GRPC: GRPC_URL })
    expect(refused).toContain('this server needs a token')
    expect(await exportWith(text, 'friend', { GRPC: GRPC_URL, TOKEN: token })).toBe('')
    const headers = { authorization: `Bearer ${token}` }
    expect(await lines(guarded, '{service_name="friend"}', {}, headers)).toHaveLength(3000)
    expect(await lines(guarded, '{service_name="stranger"}', {}, headers)).toEqual([])
    const { rejections } = await sourceOf(guarded, 'otlp', headers)
    expect(rejections[0]).toMatchObject({ status: 401, reason: expect.stringContaining('needs a token') })
  })

  test('by gRPC with TLS, and a stop that does not wait for who has said nothing', async () => {
    const file = (name: string) => join(workshop.folder, name)
    const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost']
    const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', file('grpc.key'), '-out', file('grpc.pem')]
    await run('openssl', [...certificate, ...names])
    const set = ['port=0', `tls.cert=${file('grpc.pem')}`, `tls.key=${file('grpc.key')}`]
    const args = [...QUIET, ...set.flatMap((one) => ['--set', `receivers.otlp.grpc.${one}`])]
    const encrypted = await startServer({ args })
    try {
      const { port } = await listenerOf(encrypted, 'otlp', 'grpc')
      const silent = connect(port, '127.0.0.1').on('error', () => {})
      const env = { GRPC: `https://localhost:${port}`, OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: file('grpc.pem') }
      expect(await exportWith(program(GRPC), 'secret', env)).not.toMatch(/error|fail|unavailable/i)
      expect(await lines(encrypted, '{service_name="secret"}')).toHaveLength(3000)
      const started = performance.now()
      expect(await encrypted.stop()).toBe(0)
      expect(performance.now() - started).toBeLessThan(8000)
      silent.destroy()
    } finally {
      await encrypted.dispose()
    }
  })

  async function guardedGrpc(): Promise<string> {
    const headers = { authorization: `Bearer ${token}` }
    const { listeners } = await sourceOf(guarded, 'otlp', headers)
    return (listeners[0]?.address ?? '').replace('grpc:', 'http:')
  }
})

describe("Girok's SDK", () => {
  test('the OTLP handler', async () => {
    const before = await expectConserved(server, 'otlp')
    const handler = otlpHandler({
      url: server.url,
      resource: { 'service.name': 'sdk', 'host.name': 'h1' },
      intervalMs: 10,
    })
    const { root, getLogger } = createHierarchy()
    root.setLevel('DEBUG').addHandler(handler)
    const trace_id = '5b8efff798038103d269b633813fc60c'
    for (let n = 0; n < 500; n++)
      getLogger('shop.cart').error('paid 주문', { n, cart: { items: [1, 'two'] }, trace_id })
    await handler.close()
    expect(handler.stats).toMatchObject({ sent: 500, dropped: {} })
    const { result } = await queryRange(server, '{service_name="sdk"}', { direction: 'forward', limit: '1000' })
    const streams = result as StreamResult[]
    expect(streams.flatMap(({ values }) => values.map(([, line]) => line))).toEqual(Array(500).fill('paid 주문'))
    const numbers = streams.flatMap(({ stream, values }) => values.map(() => Number(stream.n)))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => n))
    expect(streams[0]?.stream).toMatchObject({
      detected_level: 'error',
      host_name: 'h1',
      scope_name: 'shop.cart',
      trace_id,
      cart_items: '[1,"two"]',
    })
    const { received, stored } = await expectConserved(server, 'otlp')
    expect([received - before.received, stored - before.stored]).toEqual([500, 500])
  })

  test('the OTLP handler is told what was refused, and with a token', async () => {
    const refusing = otlpHandler({ url: server.url, intervalMs: 10 })
    const { root } = createHierarchy()
    root.addHandler(refusing)
    root.error('fits')
    root.error('x'.repeat(300_000))
    await refusing.close()
    expect(refusing.stats).toMatchObject({ sent: 1, dropped: { refused: 1 } })

    const allowed = otlpHandler({ url: guarded.url, token, resource: { 'service.name': 'sdk' }, intervalMs: 10 })
    const other = createHierarchy().root.addHandler(allowed)
    other.error('let in')
    await allowed.close()
    expect(await lines(guarded, '{service_name="sdk"}', {}, { authorization: `Bearer ${token}` })).toEqual(['let in'])
  })
})
