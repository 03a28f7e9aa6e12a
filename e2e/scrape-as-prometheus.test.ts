/**
 * One `prometheus.yml` read by Debian's Prometheus and by `girok serve`, both scraping the same target: series, reports and
 * what is told of targets have to be the same.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const METRICS = `# HELP plain Any "text" \\\\ with\\nlines.
# TYPE plain gauge
plain 1
plain{a="x \\"y\\" \\\\ \\n z",job="told",instance="told"} -1.5e-3
plain{empty="",b="한글"} +Inf
# TYPE many counter
many_total{code="200", method="get",} 12345678901234567
many_total{code="500",method="get"} 0.1
many_total{code="404",method="get"} NaN
dropped_series{a="1"} 1
kept_series{team_a="1",team_b="2"} 1
untimed 5
`

const job = (name: string, address: string, rest: string) => `  - job_name: ${name}
    static_configs: [{ targets: ['${address}'], labels: { zone: seoul, __meta_x: y } }]
${rest.replace(/^/gm, '    ')}
`

const configuration = (address: string, more: string) => `global:
  scrape_interval: 1s
  external_labels: { site: e2e }
${more}
scrape_configs:
${job('plain', address, 'metrics_path: /metrics')}
${job('honest', address, 'honor_labels: true')}
${job(
  'changed',
  address,
  `params: { module: [a, b] }
relabel_configs:
  - { source_labels: [__address__, zone], action: hashmod, modulus: 97, target_label: shard }
  - { source_labels: [zone], regex: '(.)(.*)', target_label: Zone, replacement: '$2-\${1}' }
  - { action: labelmap, regex: '__meta_(.+)', replacement: 'meta_$1' }
  - { source_labels: [__address__], regex: '(.*):(\\d+)', target_label: instance, replacement: '$1' }
  - { target_label: __param_module, replacement: c }
metric_relabel_configs:
  - { action: drop, source_labels: [__name__], regex: 'dropped_.*' }
  - { action: labeldrop, regex: 'team_.' }
  - { action: uppercase, source_labels: [method], target_label: METHOD }
  - { source_labels: [__name__, code], separator: '-', regex: 'many_total-(5..)', target_label: bad, replacement: $1 }`,
)}
${job('limited', address, 'sample_limit: 3')}
${job('gone', '127.0.0.1:1', 'relabel_configs: [{ action: keepequal, source_labels: [zone], target_label: zone_none }]')}
`

let target: Server
let server: TestServer
/** Keeps what Prometheus scrapes. */
let receiver: TestServer
let prometheus: ChildProcess
let prometheusUrl = ''
const folder = temporaryFolder()

beforeAll(async () => {
  target = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(METRICS)
  })
  await new Promise<void>((listening) => target.listen(0, '127.0.0.1', listening))
  const address = `127.0.0.1:${(target.address() as AddressInfo).port}`
  const own = join(folder, 'girok.yml')
  const theirs = join(folder, 'prometheus.yml')
  writeFileSync(own, configuration(address, ''))
  server = await startServer({ args: [...QUIET, '--prometheus-config', own] })
  receiver = await startServer()
  const remote = `remote_write: [{ url: '${receiver.url}/api/v1/write', queue_config: { batch_send_deadline: 200ms } }]`
  // 2.42 knows no keepequal; both drop the target.
  const older = configuration(address, remote).replace(/keepequal.*$/m, 'drop }]')
  writeFileSync(theirs, older)
  const flags = [`--config.file=${theirs}`, `--storage.tsdb.path=${join(folder, 'data')}`]
  prometheus = spawn('prometheus', [...flags, '--web.listen-address=127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  prometheusUrl = await new Promise<string>((found, failed) => {
    prometheus.stderr?.on('data', (chunk) => {
      output += chunk
      const port = /Listening on.*?address=127\.0\.0\.1:(\d+)/.exec(output)?.[1]
      if (port !== undefined) found(`http://127.0.0.1:${port}`)
    })
    prometheus.on('exit', () => failed(new Error(output)))
  })
})

afterAll(async () => {
  prometheus.kill('SIGKILL')
  await server.dispose()
  await receiver.dispose()
  target.closeAllConnections()
  target.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Last value of each series, by labels; of what changes with each scrape only that it is there. */
async function stored(at: TestServer): Promise<Record<string, string>> {
  const query = new URLSearchParams({ 'match[]': '{job!=""}', since: '1h' })
  const response = await at.fetch(`/girok/v1/samples?${query}`)
  const { series } = (await response.json()) as { series: { labels: Record<string, string>; values: string[] }[] }
  const values = series.map(({ labels: { site, ...labels }, values }) => {
    // Prometheus adds its external labels to what it sends, and stores it without them, as Girok does.
    if (site !== (at === receiver ? 'e2e' : undefined)) throw new Error(`a series with site=${site}`)
    const key = JSON.stringify(Object.entries(labels).sort())
    return [key, /duration|series_added/.test(labels.__name__ ?? '') ? 'any' : values.at(-1)] as const
  })
  return Object.fromEntries(values) as Record<string, string>
}

async function targetsOf(url: string) {
  const response = await fetch(`${url}/api/v1/targets`)
  const { data } = (await response.json()) as {
    data: { activeTargets: Record<string, unknown>[]; droppedTargets: { discoveredLabels: Record<string, string> }[] }
  }
  const active = data.activeTargets
    .map(({ lastScrape: _time, lastScrapeDuration: _took, globalUrl: _url, lastError, ...rest }) => ({
      ...rest,
      failed: lastError !== '',
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return { active, dropped: data.droppedTargets.map(({ discoveredLabels }) => discoveredLabels) }
}

test('the same series with the same values', async () => {
  await vi.waitFor(
    async () => {
      const theirs = await stored(receiver)
      expect(Object.keys(theirs).length).toBeGreaterThan(40)
      expect(await stored(server)).toEqual(theirs)
    },
    { timeout: 60_000, interval: 500 },
  )
})

test('the same targets', async () => {
  const theirs = await targetsOf(prometheusUrl)
  expect(theirs.active).toHaveLength(4)
  expect(await targetsOf(server.url)).toEqual(theirs)
})
