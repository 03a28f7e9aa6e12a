/**
 * `girok serve --prometheus-config` against Debian's node exporter: what it tells is stored as Prometheus would have it,
 * targets are shown, the configuration is followed, a target that goes away ends, and a kill -9 costs nothing stored.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly times: readonly number[]
  readonly values: readonly string[]
}

interface Target {
  readonly scrapePool: string
  readonly scrapeUrl: string
  readonly health: string
  readonly lastError: string
}

const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 20_000, interval: 200 })

async function samples(server: TestServer, selector: string): Promise<readonly Series[]> {
  const query = new URLSearchParams({ 'match[]': selector, since: '1h' })
  const response = await server.fetch(`/girok/v1/samples?${query}`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { series: Series[] }).series
}

async function targetsOf(server: TestServer, query = ''): Promise<readonly Target[]> {
  const response = await server.fetch(`/api/v1/targets${query}`)
  const { status, data } = (await response.json()) as { status: string; data: { activeTargets: Target[] } }
  expect(status).toBe('success')
  return data.activeTargets
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

describe('a server that scrapes', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'prometheus.yml')
  let server: TestServer
  let exporter: ChildProcess
  let address = ''
  let own: Server
  let ownAddress = ''
  let ownMetrics = '# EOF\n'
  let dataDir = folder

  const configure = (jobs: string) =>
    writeFileSync(file, `global: { scrape_interval: 1s, external_labels: { site: test } }\nscrape_configs:\n${jobs}`)
  const node = () => `  - job_name: node\n    static_configs: [{ targets: ['${address}'] }]\n`
  const app = () => `  - job_name: app\n    file_sd_configs: [{ files: ['app-*.json'] }]\n`

  beforeAll(async () => {
    address = `127.0.0.1:${await freePort()}`
    exporter = spawn('prometheus-node-exporter', [`--web.listen-address=${address}`], { stdio: 'ignore' })
    own = createServer((_request, response) => {
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0')
      response.end(ownMetrics)
    })
    await new Promise<void>((listening) => own.listen(0, '127.0.0.1', listening))
    ownAddress = `127.0.0.1:${(own.address() as AddressInfo).port}`
    configure(node() + app())
    server = await startServer({ args: [...QUIET, '--prometheus-config', file] })
  }, 60_000)

  afterAll(async () => {
    await server.dispose()
    exporter.kill('SIGKILL')
    own.closeAllConnections()
    own.close()
    for (const left of [folder, dataDir]) rmSync(left, { recursive: true, force: true })
  })

  test('stores what the node exporter tells, series by series', async () => {
    await until(async () => {
      const [up] = await samples(server, 'up{job="node"}')
      expect(up?.values.at(-1)).toBe('1')
    })
    const told = execFileSync('curl', ['-fsS', `http://${address}/metrics`], { encoding: 'utf8' })
    const lines = told.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const wanted = new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))))
    const stored = await samples(server, '{job="node"}')
    const texts = new Set(
      stored.map(({ labels: { __name__, job: _job, instance: _instance, ...rest } }) => {
        const pairs = Object.entries(rest)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        return pairs.length === 0 ? __name__ : `${__name__}{${pairs.join(',')}}`
      }),
    )
    // Bounds of summaries are written as OpenMetrics does; an empty label is none.
    const normal = (text: string) =>
      text
        .replace(/quantile="(\d+)"/, 'quantile="$1.0"')
        .replaceAll(/\w+="",?/g, '')
        .replace(',}', '}')
    const missing = [...wanted].map(normal).filter((text) => !texts.has(text))
    expect(missing).toEqual([])
    const reports = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped']
    for (const name of [...reports, 'scrape_samples_post_metric_relabeling', 'scrape_series_added']) {
      expect(texts).toContain(name)
    }
    const [scraped] = await samples(server, 'scrape_samples_scraped{job="node"}')
    expect(Math.abs(Number(scraped?.values.at(-1)) - lines.length)).toBeLessThan(10)
    expect(stored[0]?.labels).toMatchObject({ instance: address, job: 'node' })
    // External labels are for other systems.
    expect(stored[0]?.labels).not.toHaveProperty('site')
  })

  test('tells its targets and what they say of their metrics as Prometheus does', async () => {
    expect(await targetsOf(server, '?scrapePool=node')).toMatchObject([
      { scrapePool: 'node', scrapeUrl: `http://${address}/metrics`, health: 'up', lastError: '' },
    ])
    const pools = (await (await server.fetch('/api/v1/scrape_pools')).json()) as { data: unknown }
    expect(pools.data).toEqual({ scrapePools: ['app', 'node'] })
    const query = new URLSearchParams({ match_target: '{job="node"}', metric: 'node_load1' })
    const metadata = (await (await server.fetch(`/api/v1/targets/metadata?${query}`)).json()) as { data: unknown }
    expect(metadata.data).toEqual([
      { target: { instance: address, job: 'node' }, type: 'gauge', help: '1m load average.', unit: '' },
    ])
    const metrics = await (await server.fetch('/metrics')).text()
    expect(metrics).toMatch(/girok_records_stored_total\{receiver="scrape",tenant="default"\} [1-9]/)
  })

  test('finds targets in files, reads OpenMetrics, ends series that are gone', async () => {
    ownMetrics = '# TYPE jobs counter\njobs_total{queue="a"} 1 # {trace_id="t1"} 1\njobs_total{queue="b"} 2\n# EOF\n'
    writeFileSync(join(folder, 'app-1.json'), JSON.stringify([{ targets: [ownAddress], labels: { env: 'e2e' } }]))
    await until(async () => expect((await samples(server, 'jobs_total')).length).toBe(2))
    ownMetrics = '# TYPE jobs counter\njobs_total{queue="a"} 3\n# EOF\n'
    await until(async () => {
      const [gone] = await samples(server, 'jobs_total{queue="b"}')
      expect(gone?.values.at(-1)).toBe('stale')
    })
    const [kept] = await samples(server, 'jobs_total{queue="a"}')
    expect(kept?.labels).toMatchObject({ env: 'e2e', job: 'app', instance: ownAddress })
    expect(kept?.values.at(-1)).toBe('3')
    ownMetrics = 'broken\n# EOF\n'
    await until(async () => {
      const [target] = await targetsOf(server, '?scrapePool=app')
      expect(target).toMatchObject({ health: 'down', lastError: 'line 1: expected a value behind a blank' })
    })
    // What is told of a target is a moment ahead of what is stored.
    await until(async () => {
      const [up] = await samples(server, 'up{job="app"}')
      expect(up?.values.at(-1)).toBe('0')
      const [ended] = await samples(server, 'jobs_total{queue="a"}')
      expect(ended?.values.at(-1)).toBe('stale')
    })
  })

  test('follows its configuration, and keeps the old one while the new one is broken', async () => {
    writeFileSync(file, 'scrape_configs:\n  - job_nam: x\n')
    const refused = await server.fetch('/-/reload', { method: 'POST' })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('prometheus.yml, line 2: scrape_configs[0].job_name: every job needs a name')
    expect((await targetsOf(server, '?scrapePool=node')).length).toBe(1)
    const before = (await samples(server, 'up{job="node"}'))[0]?.times.length ?? 0
    configure(node())
    expect((await server.fetch('/-/reload', { method: 'POST' })).status).toBe(200)
    expect((await targetsOf(server)).map(({ scrapePool }) => scrapePool)).toEqual(['node'])
    await until(async () => {
      const [up] = await samples(server, 'up{job="app"}')
      expect(up?.values.at(-1)).toBe('stale')
    })
    const [up] = await samples(server, 'up{job="node"}')
    expect(up?.times.length).toBeGreaterThanOrEqual(before)
    expect(up?.values).not.toContain('stale')
  })

  test('goes on after kill -9, and a broken configuration is told at the start', async () => {
    dataDir = server.dataDir
    const [before] = await samples(server, 'up{job="node"}')
    await server.kill()
    server = await startServer({ dataDir, args: [...QUIET, '--prometheus-config', file] })
    await until(async () => {
      const [after] = await samples(server, 'up{job="node"}')
      expect(after?.times.length).toBeGreaterThan(before?.times.length ?? 0)
      expect(after?.times.slice(0, before?.times.length)).toEqual(before?.times)
    })
    const args = [...QUIET, '--prometheus-config', join(folder, 'none.yml')]
    await expect(startServer({ dataDir: join(folder, 'data'), args })).rejects.toThrow(
      `there is no file ${join(folder, 'none.yml')}`,
    )
  })
})
