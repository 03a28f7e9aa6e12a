import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { errorOf, folder, healthOf, last, METRICS, nameOf, scrape, target, until } from './testing/bench.ts'

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
