import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MetricDescription, Sample } from '../model/sink.ts'
import { loadPrometheusConfig } from './load.ts'
import { createScraper, type Scraper } from './scraper.ts'
import { readScrapeConfigs } from './settings/prometheus-file.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-scrape-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const METRICS = '# TYPE a gauge\na{x="1"} 1\nb 2\n'

async function target(answer: RequestListener | string, make: (listener: RequestListener) => Server = createServer) {
  const requests: IncomingMessage[] = []
  let respond = answer
  const server = make((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request)
    if (typeof respond !== 'string') return respond(request, response as never)
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(respond)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  closing.push(close)
  return {
    address,
    requests,
    close,
    answer: (next: RequestListener | string) => {
      respond = next
    },
  }
}

function jobsOf(configs: readonly object[]) {
  const whole = configs.map((config, index) => ({ job_name: `job${index}`, scrape_interval: '100ms', ...config }))
  return readScrapeConfigs(whole, folder).jobs
}

function scrape(configs: readonly object[]) {
  const samples: Sample[] = []
  const descriptions: MetricDescription[] = []
  const logged: string[] = []
  const scraper = createScraper({
    jobs: jobsOf(configs),
    samples: {
      write: (more, described = []) => {
        samples.push(...more)
        descriptions.push(...described)
      },
    },
    log: (level, message, fields) => logged.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`),
    userAgent: 'Girok/test',
  })
  closing.push(() => scraper.stop())
  scraper.start()
  return { scraper, samples, descriptions, logged }
}

const nameOf = ({ labels }: Sample) => labels.get('__name__')
const last = (samples: readonly Sample[], name: string) => samples.findLast((sample) => nameOf(sample) === name)
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5000, interval: 10 })
const healthOf = (scraper: Scraper) => scraper.targets().active.map(({ health }) => health)
const errorOf = (scraper: Scraper) => scraper.targets().active[0]?.lastError

describe('a target', () => {
  it('is scraped with its labels, and tells how it went', async () => {
    const { address, requests } = await target(METRICS)
    const { scraper, samples, descriptions } = scrape([
      { static_configs: [{ targets: [address], labels: { env: 'test' } }], params: { p: ['1', '2'] } },
    ])
    expect(scraper.targets()).toMatchObject({
      pools: ['job0'],
      active: [{ health: 'unknown', scrapeInterval: '100ms', scrapeTimeout: '100ms', lastError: '' }],
    })
    await until(() => expect(samples.filter((sample) => nameOf(sample) === 'up').length).toBeGreaterThan(1))
    const labels = { env: 'test', instance: address, job: 'job0' }
    expect(Object.fromEntries(last(samples, 'a')?.labels ?? [])).toEqual({ __name__: 'a', x: '1', ...labels })
    expect(last(samples, 'b')?.value).toBe(2)
    expect(Object.fromEntries(last(samples, 'up')?.labels ?? [])).toEqual({ __name__: 'up', ...labels })
    expect(last(samples, 'up')?.value).toBe(1)
    expect(last(samples, 'scrape_samples_scraped')?.value).toBe(2)
    expect(last(samples, 'scrape_samples_post_metric_relabeling')?.value).toBe(2)
    expect(samples.find((sample) => nameOf(sample) === 'scrape_series_added')?.value).toBe(2)
    expect(last(samples, 'scrape_series_added')?.value).toBe(0)
    expect(last(samples, 'scrape_duration_seconds')?.value).toBeGreaterThan(0)
    const times = samples.filter((sample) => nameOf(sample) === 'a').map(({ timeMs }) => timeMs)
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(80)
    expect(descriptions).toEqual([{ metric: 'a', type: 'gauge', help: '', unit: '' }])
    const [request] = requests
    expect(request?.url).toBe('/metrics?p=1&p=2')
    expect(request?.headers).toMatchObject({
      accept: expect.stringMatching(
        /^application\/openmetrics-text;version=1\.0\.0.*text\/plain;version=0\.0\.4;q=0\.2/,
      ),
      'accept-encoding': 'gzip',
      'user-agent': 'Girok/test',
      'x-prometheus-scrape-timeout-seconds': '0.1',
    })
    expect(scraper.targets().active[0]).toMatchObject({
      scrapePool: 'job0',
      labels,
      scrapeUrl: `http://${address}/metrics?p=1&p=2`,
      health: 'up',
      samples: 2,
      discoveredLabels: { __address__: address, __metrics_path__: '/metrics', __scheme__: 'http', __param_p: '1' },
    })
    expect([...scraper.descriptions()]).toMatchObject([{ metric: 'a', target: new Map(Object.entries(labels)) }])
  })

  it('that cannot be reached is down, said once, and its series end', async () => {
    const { address, close, answer } = await target(METRICS)
    const { scraper, samples, logged } = scrape([{ static_configs: [{ targets: [address] }] }])
    await until(() => expect(healthOf(scraper)).toEqual(['up']))
    answer((_, response) => response.writeHead(503).end())
    await until(() => expect(errorOf(scraper)).toBe('the server answered with status 503 Service Unavailable'))
    await close()
    await until(() => expect(errorOf(scraper)).toContain('ECONNREFUSED'))
    const seen = samples.length
    await until(() => expect(samples.length).toBeGreaterThan(seen + 10))
    expect(last(samples, 'up')?.value).toBe(0)
    expect(samples.filter((sample) => sample.stale).map(nameOf)).toEqual(['a', 'b'])
    expect(logged.length).toBe(2)
    expect(logged[1]).toContain('warning: a target cannot be scraped')
  })

  it('may answer in OpenMetrics, compressed, or in pieces', async () => {
    const text = `# TYPE t counter\n${Array.from({ length: 500 }, (_, i) => `t_total{i="${i}"} ${i}`).join('\n')}\n# EOF\n`
    const { address } = await target((_, response) => {
      const body = gzipSync(text)
      response.writeHead(200, {
        'content-type': 'application/openmetrics-text; version=1.0.0',
        'content-encoding': 'gzip',
      })
      response.write(body.subarray(0, 100))
      setTimeout(() => response.end(body.subarray(100)), 10)
    })
    const { scraper, samples } = scrape([{ static_configs: [{ targets: [address] }] }])
    await until(() => expect(healthOf(scraper)).toEqual(['up']))
    expect(samples.filter((sample) => nameOf(sample) === 't_total').length).toBeGreaterThanOrEqual(500)
  })

  it.each<[string, RequestListener, object, RegExp]>([
    ['hangs', () => undefined, {}, /no complete answer within 0\.1 s/],
    [
      'trickles',
      (_, response) => {
        response.writeHead(200)
        response.write('a ')
      },
      {},
      /no complete answer within 0\.1 s/,
    ],
    [
      'breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('a 1\n')
        setTimeout(() => response.destroy(), 5)
      },
      {},
      /ended before the answer was complete/,
    ],
    ['answers nonsense', (_, response) => response.end('<html>\n'), {}, /line 1: expected a value/],
    [
      'answers protobuf',
      (_, response) => response.setHeader('content-type', 'application/vnd.google.protobuf').end('x'),
      {},
      /protobuf/,
    ],
    [
      'answers too much',
      (_, response) => response.end(`a 1\n${'#'.repeat(5000)}`),
      { body_size_limit: '1KB' },
      /larger than 1024 bytes; see body_size_limit/,
    ],
    [
      'answers too much when unpacked',
      (_, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('#'.repeat(5000))),
      { body_size_limit: '1KB' },
      /larger than 1024 bytes/,
    ],
    [
      'answers broken gzip',
      (_, response) => response.setHeader('content-encoding', 'gzip').end('a 1\n'),
      {},
      /incorrect header check/,
    ],
    ['has too many samples', (_, response) => response.end('a 1\nb 1\n'), { sample_limit: 1 }, /sample_limit/],
    [
      'redirects in a circle',
      (_, response) => response.writeHead(302, { location: '/metrics' }).end(),
      {},
      /redirected more than 10 times/,
    ],
    [
      'redirects when it may not',
      (_, response) => response.writeHead(302, { location: '/x' }).end(),
      { follow_redirects: false },
      /status 302/,
    ],
  ])('that %s is down', async (_, answer, settings, error) => {
    const { address } = await target(answer)
    const { scraper, samples } = scrape([{ static_configs: [{ targets: [address] }], ...settings }])
    await until(() => expect(errorOf(scraper)).toMatch(error))
    expect(last(samples, 'up')?.value).toBe(0)
    expect(new Set(samples.map(nameOf)).size).toBe(5)
  })

  it('gets secrets, but nobody that it redirects to does', async () => {
    const other = await target(METRICS)
    const { address, requests } = await target((_, response) =>
      response.writeHead(302, { location: `http://${other.address}/elsewhere` }).end(),
    )
    writeFileSync(join(folder, 'token'), 's3cret\n')
    const { scraper } = scrape([
      {
        static_configs: [{ targets: [address] }],
        authorization: { credentials_file: 'token' },
        http_headers: { 'X-Key': { values: ['v'] } },
      },
      { static_configs: [{ targets: [other.address] }], basic_auth: { username: 'u', password: 'p:1' } },
    ])
    await until(() => expect(healthOf(scraper)).toEqual(['up', 'up']))
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-key': 'v' })
    const redirected = other.requests.find(({ url }) => url === '/elsewhere')
    expect(redirected?.headers.authorization).toBeUndefined()
    expect(redirected?.headers['x-key']).toBeUndefined()
    const plain = other.requests.find(({ url }) => url === '/metrics')
    expect(plain?.headers.authorization).toBe(`Basic ${Buffer.from('u:p:1').toString('base64')}`)
  })

  it('may speak TLS', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-keyout', key, '-out', cert, '-subj', '/CN=target.test', '-addext', 'subjectAltName=DNS:target.test'],
      ],
      { stdio: 'ignore' },
    )
    const { readFileSync } = await import('node:fs')
    const options = { key: readFileSync(key), cert: readFileSync(cert) }
    const { address } = await target(METRICS, (listener) => createTlsServer(options, listener) as unknown as Server)
    const job = (tls_config: object) => ({ scheme: 'https', static_configs: [{ targets: [address] }], tls_config })
    const { scraper } = scrape([
      job({ ca_file: 'cert.pem', server_name: 'target.test' }),
      job({ insecure_skip_verify: true }),
      job({ ca_file: 'cert.pem' }),
      job({}),
    ])
    await until(() => expect(healthOf(scraper)).toEqual(['up', 'up', 'down', 'down']))
    const [, , wrongName, unknown] = scraper.targets().active
    expect(wrongName?.lastError).toContain('does not match certificate')
    expect(unknown?.lastError).toMatch(/self.signed/)
  })
})

describe('targets', () => {
  it('are relabelled, dropped, refused and counted', async () => {
    const { address } = await target(METRICS)
    const { scraper } = scrape([
      {
        static_configs: [
          { targets: [address, address], labels: { keep: 'yes' } },
          { targets: [address], labels: { keep: 'no' } },
          { targets: [address], labels: { keep: 'yes', __scrape_interval__: 'soon' } },
        ],
        relabel_configs: [
          { action: 'keep', source_labels: ['keep'], regex: 'yes' },
          { source_labels: ['__address__'], target_label: 'instance', replacement: 'renamed' },
          { target_label: '__param_x', replacement: 'y z' },
          { target_label: '__metrics_path__', replacement: '/other?a=b' },
        ],
      },
      { static_configs: [{ targets: [address, 'localhost:1'] }], target_limit: 1 },
    ])
    await until(() => expect(scraper.targets().active.filter(({ health }) => health === 'unknown')).toEqual([]))
    const { active, dropped } = scraper.targets()
    expect(active.map(({ health }) => health)).toEqual(['up', 'down', 'down', 'down'])
    expect(active[0]).toMatchObject({
      labels: { instance: 'renamed', job: 'job0', keep: 'yes' },
      scrapeUrl: `http://${address}/other?a=b&x=y+z`,
    })
    expect(active[1]?.lastError).toBe('__scrape_interval__ is "soon", which is no duration')
    expect(active[2]?.lastError).toBe('2 targets, more than the target_limit of 1')
    expect(dropped).toMatchObject([{ scrapePool: 'job0', discoveredLabels: { keep: 'no', __address__: address } }])
  })

  it('come from files, whose changes are seen; what is broken keeps what was read', async () => {
    const one = await target(METRICS)
    const two = await target('c 3\n')
    const file = join(folder, 'targets-1.json')
    const write = (...targets: string[]) => writeFileSync(file, JSON.stringify([{ targets, labels: { from: 'file' } }]))
    write(one.address)
    const { scraper, samples, logged } = scrape([
      { file_sd_configs: [{ files: ['targets-*.json'], refresh_interval: '100ms' }] },
    ])
    await until(() => expect(healthOf(scraper)).toEqual(['up']))
    expect(scraper.targets().active[0]?.discoveredLabels.__meta_filepath).toBe(file)
    write(one.address, two.address)
    await until(() => expect(healthOf(scraper)).toEqual(['up', 'up']))
    writeFileSync(file, '[{"targets": [')
    await until(() => expect(logged.join()).toContain('targets cannot be read; those that were read before are kept'))
    expect(scraper.targets().active.length).toBe(2)
    write(two.address)
    await until(() => expect(scraper.targets().active.length).toBe(1))
    await until(() => {
      const ended = samples.filter(({ stale, labels }) => stale && labels.get('instance') === one.address).map(nameOf)
      expect(ended).toEqual(expect.arrayContaining(['a', 'b', 'up', 'scrape_duration_seconds']))
    })
    rmSync(file)
    await until(() => expect(scraper.targets().active).toEqual([]))
    writeFileSync(join(folder, 'targets-2.json'), JSON.stringify([{ targets: [two.address] }]))
    await until(() => expect(scraper.targets().active.length).toBe(1))
  })

  it('come from a server', async () => {
    const one = await target(METRICS)
    const discovery = await target((_, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify([{ targets: [one.address] }])),
    )
    const url = `http://${discovery.address}/sd`
    const { scraper } = scrape([{ http_sd_configs: [{ url, refresh_interval: '100ms' }] }])
    await until(() => expect(healthOf(scraper)).toEqual(['up']))
    expect(scraper.targets().active[0]?.discoveredLabels.__meta_url).toBe(url)
    discovery.answer((_, response) => response.writeHead(500).end())
    const asked = discovery.requests.length
    await until(() => expect(discovery.requests.length).toBeGreaterThan(asked + 2))
    expect(healthOf(scraper)).toEqual(['up'])
  })

  it('are never scraped all at once', async () => {
    const times: number[] = []
    const { address } = await target((_, response) => {
      times.push(Date.now())
      response.end(METRICS)
    })
    const targets = Array.from({ length: 20 }, (_, i) => ({ targets: [address], labels: { n: String(i) } }))
    const { scraper } = scrape([{ scrape_interval: '1s', static_configs: targets }])
    await until(() => expect(new Set(healthOf(scraper))).toEqual(new Set(['up'])))
    times.sort((a, b) => a - b)
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(400)
  })

  it('are reloaded: what did not change is not disturbed, what is gone ends', async () => {
    const one = await target(METRICS)
    const two = await target('c 3\n')
    const first = { static_configs: [{ targets: [one.address] }] }
    const second = { static_configs: [{ targets: [two.address] }] }
    const { scraper, samples } = scrape([first, second])
    await until(() => expect(healthOf(scraper)).toEqual(['up', 'up']))
    const changed = { ...first, metric_relabel_configs: [{ action: 'drop', source_labels: ['__name__'], regex: 'b' }] }
    await scraper.reload(jobsOf([changed]))
    expect(scraper.targets().pools).toEqual(['job0'])
    expect(scraper.targets().active.map(({ health }) => health)).toEqual(['up'])
    await until(() => expect(last(samples, 'b')?.stale).toBe(true))
    expect(last(samples, 'c')?.stale).toBe(true)
    expect(last(samples, 'a')?.stale).toBeUndefined()
    expect(samples.filter((sample) => nameOf(sample) === 'up' && sample.value === 0)).toEqual([])
    await scraper.stop()
    const { length } = samples
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(samples.length).toBe(length)
    expect(last(samples, 'a')?.stale).toBeUndefined()
  })
})

describe('a configuration of several files', () => {
  it('is read as one', async () => {
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {scrape_interval: 7s}\nscrape_config_files: [more-*.yml]\n')
    writeFileSync(join(folder, 'more-1.yml'), 'scrape_configs: [{job_name: x}]\n')
    const { jobs } = await loadPrometheusConfig(join(folder, 'prometheus.yml'))
    expect(jobs).toMatchObject([{ name: 'x', intervalMs: 7000 }])
    writeFileSync(join(folder, 'more-2.yml'), 'scrape_configs: [{job_name: x}]\n')
    await expect(loadPrometheusConfig(join(folder, 'prometheus.yml'))).rejects.toThrow('two jobs named "x"')
    await expect(loadPrometheusConfig(join(folder, 'none.yml'))).rejects.toThrow(
      `there is no file ${join(folder, 'none.yml')}`,
    )
  })
})
