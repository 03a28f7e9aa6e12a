/** The official exporters of OpenTelemetry, by HTTP and gRPC, against the built server. */
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

async function exportWith(text: string, service: string, env: Readonly<Record<string, string>>): Promise<string> {
  const file = workshop.file(`${service}.mjs`, text)
  const { stdout, stderr } = await run(process.execPath, [file], {
    env: { ...process.env, SERVICE: service, ...env },
    cwd: join(import.meta.dirname, '..'),
  })
  return stdout + stderr
}

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
