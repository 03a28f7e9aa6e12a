/**
 * Debian's Prometheus as a sender of remote write: its samples, the stale markers of a target that vanished, what it
 * knows of its metrics; and kill -9 while senders write, after which nothing that was acknowledged is missing.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1, type PlainSeries } from '../packages/server/src/ingest/testing/remote-write.ts'
import { killSeed, randomFrom } from './random.ts'
import { QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly times: readonly number[]
  readonly values: readonly string[]
}

async function samples(server: TestServer, selector: string): Promise<readonly Series[]> {
  const end = Math.ceil(Date.now() / 1000) + 600
  const query = new URLSearchParams({ 'match[]': selector, start: String(end - 86_400), end: String(end) })
  const response = await server.fetch(`/girok/v1/samples?${query}`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { series: Series[] }).series
}

describe('Prometheus', () => {
  let server: TestServer
  let prometheus: ChildProcess
  let exporter: Server
  let output = ''
  let requests = 0
  const folder = temporaryFolder()

  beforeAll(async () => {
    server = await startServer()
    exporter = createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4')
      requests++
      response.end(
        '# HELP demo_requests_total Requests "served".\n# TYPE demo_requests_total counter\n' +
          `demo_requests_total{path="/ü"} ${requests}\ndemo_nan NaN\ndemo_limit +Inf\n`,
      )
    })
    await new Promise<void>((listening) => exporter.listen(0, '127.0.0.1', listening))
    const { port } = exporter.address() as AddressInfo
    const config = join(folder, 'prometheus.yml')
    writeFileSync(
      config,
      `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: demo
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
remote_write:
  - url: ${server.url}/api/v1/write
    queue_config: { batch_send_deadline: 200ms }
    metadata_config: { send_interval: 1s }
`,
    )
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`]
    prometheus = spawn('prometheus', [...args, '--web.listen-address=127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [prometheus.stdout, prometheus.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk
      })
    }
    prometheus.on('error', (error) => {
      output += error
    })
  }, 60_000)

  afterAll(async () => {
    const ended = new Promise((done) => prometheus.on('exit', done))
    if (prometheus.pid !== undefined && prometheus.exitCode === null) {
      prometheus.kill('SIGTERM')
      await ended
    }
    exporter.close()
    exporter.closeAllConnections()
    await server.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  test('delivers what it scrapes, and the end of a target as stale markers', async () => {
    const lengthOf = async (selector: string) => (await samples(server, selector))[0]?.times.length ?? 0
    await expect.poll(() => lengthOf('demo_requests_total'), { timeout: 60_000, interval: 500 }).toBeGreaterThan(3)
    const [found] = await samples(server, 'demo_requests_total{job="demo"}')
    expect(found?.labels).toMatchObject({ __name__: 'demo_requests_total', job: 'demo', path: '/ü' })
    expect(found?.values.slice(0, 3)).toEqual(['1', '2', '3'])
    expect([...(found?.times ?? [])].sort((a, b) => a - b)).toEqual(found?.times)
    expect((await samples(server, 'demo_nan'))[0]?.values[0]).toBe('NaN')
    expect((await samples(server, 'demo_limit'))[0]?.values[0]).toBe('+Inf')
    expect((await samples(server, '{__name__=~"demo_.*", job!="other"}')).length).toBe(3)

    exporter.close()
    exporter.closeAllConnections()
    const last = async (selector: string) => (await samples(server, selector))[0]?.values.at(-1)
    await expect.poll(() => last('demo_requests_total'), { timeout: 30_000, interval: 500 }).toBe('stale')
    expect(await last('demo_nan')).toBe('stale')
    expect(await last('up')).toBe('0')
    const counted = await (await server.fetch('/metrics')).text()
    expect(counted).toMatch(/girok_records_stored_total\{[^}]*receiver="remote-write"[^}]*\} \d/)
    expect(counted).not.toMatch(/girok_records_rejected_total\{[^}]*receiver="remote-write"/)
    expect(output).not.toMatch(/level=error|non-recoverable/)
  }, 120_000)
})

test('kill -9 loses no sample that was acknowledged', async () => {
  const random = randomFrom(killSeed())
  const dataDir = temporaryFolder()
  const start = Date.now() - 3_600_000
  const acknowledged: number[] = []
  let next = 0
  // Request n: ten series, one sample each, of the value n.
  const requestOf = (n: number): Buffer => {
    const series = Array.from({ length: 10 }, (_, i): PlainSeries => {
      const labels = [
        ['__name__', 'kill'],
        ['series', `${i}`],
      ] as const
      return { labels, samples: [[start + n, n]] }
    })
    return encodeSnappyBlock(encodeWriteV1(series))
  }
  try {
    for (let round = 0; round < 6; round++) {
      const server = await startServer({ dataDir, args: QUIET })
      // Killed a moment after some have been acknowledged, while others are under way.
      let left = 3 + Math.floor(random() * 10)
      let isKilled = false
      let kill: Promise<void> | undefined
      const send = async () => {
        while (!isKilled) {
          const n = next++
          const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }
          const body = new Uint8Array(requestOf(n))
          const status = await server
            .fetch('/api/v1/write', { method: 'POST', headers, body })
            .then((response) => response.status)
            .catch(() => 0)
          if (status === 204) acknowledged.push(n)
          if (status !== 204 || --left > 0) continue
          kill ??= new Promise((done) => setTimeout(done, random() * 40)).then(() => {
            isKilled = true
            return server.kill()
          })
        }
      }
      await Promise.all([send(), send(), send()])
      await kill
    }
    const server = await startServer({ dataDir, args: QUIET })
    const found = await samples(server, 'kill')
    expect(found.length).toBe(10)
    for (const { times, values } of found) {
      const stored = new Map(times.map((ms, i) => [ms - start, values[i]]))
      expect(stored.size).toBe(times.length)
      for (const n of acknowledged) expect(stored.get(n)).toBe(String(n))
    }
    expect(acknowledged.length).toBeGreaterThan(17)
    await server.dispose()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 180_000)
