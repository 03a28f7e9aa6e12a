/**
 * Elasticsearch's clients against the server: the official ones for JavaScript, pino-elasticsearch, Debian's rsyslog, the
 * SDK's own handler; and what Filebeat, Logstash, Fluent Bit and Vector send, replayed.
 */
import { execFile, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client as Client9 } from '@elastic/elasticsearch'
import { createHierarchy } from '@girok/sdk'
import { elasticsearchHandler } from '@girok/sdk/handlers'
import { Client as Client8 } from 'elasticsearch-8'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  CLI,
  eventually,
  lines,
  QUIET,
  queryRange,
  ROOT,
  type StreamResult,
  startServer,
  type TestServer,
  temporaryFolder,
} from './server.ts'

const run = promisify(execFile)
// Its types tell of a default export that the module has not.
const pinoElasticsearch: typeof import('pino-elasticsearch').default = createRequire(import.meta.url)(
  'pino-elasticsearch',
)

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server?.dispose()
})

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request with these headers and no others but Host and Content-Length: fetch would add its own. */
function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: Buffer | string,
): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = httpRequest(`${server.url}${path}`, { method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      )
    })
    sent.on('error', failed).end(body)
  })
}

async function streams(query: string): Promise<StreamResult[]> {
  return (await queryRange(server, query)).result as StreamResult[]
}

async function stored(query: string, count: number): Promise<string[]> {
  await eventually(async () => (await lines(server, query)).length >= count, 20_000)
  return lines(server, query, { direction: 'forward' })
}

describe.each([
  ['8', Client8],
  ['9', Client9 as unknown as typeof Client8],
])('@elastic/elasticsearch %s', (major, Client) => {
  const connect = (options: object = {}, node = server.url) => {
    const client = new Client({ node, ...options })
    ends.push(() => client.close())
    return client
  }

  test('shakes hands', async () => {
    const client = connect()
    expect(await client.ping()).toBe(true)
    expect((await client.info()).version.number.split('.')[0]).toBe(major)
    expect((await client.cluster.health()).status).toBe('green')
    expect(await client.indices.refresh({ index: 'any' })).toHaveProperty('_shards')
    expect(await client.indices.existsIndexTemplate({ name: 'logs' })).toBe(true)
  })

  test('finds by sniffing the server that it knows', async () => {
    const client = connect({ sniffOnStart: true })
    await eventually(async () => (await client.info()).tagline !== '')
    await client.bulk({ operations: [{ create: { _index: `sniff-${major}` } }, { n: 1 }] })
    expect(await stored(`{index="sniff-${major}"}`, 1)).toEqual(['{"n":1}'])
  })

  test('bulk helper: thousands of documents, compressed, a bad one dropped and told', async () => {
    const client = connect({ compression: true })
    const now = Date.now()
    const documents = Array.from({ length: 3000 }, (_, n) => ({
      '@timestamp': new Date(now - 3000 + n).toISOString(),
      'log.level': n % 2 === 0 ? 'error' : 'info',
      service: { name: 'shop' },
      n,
    }))
    const bad = { ...documents[0], '@timestamp': 'yesterday', n: -1 }
    const dropped: unknown[] = []
    const stats = await client.helpers.bulk({
      datasource: [...documents.slice(0, 1500), bad, ...documents.slice(1500)],
      flushBytes: 50_000,
      onDocument: () => ({ create: { _index: `helper-${major}-2026.11.21` } }),
      onDrop: ({ status, error, document }) => dropped.push([status, error?.type, (document as typeof bad).n]),
      refreshOnCompletion: true,
    })
    expect(stats).toMatchObject({ total: 3001, successful: 3000, failed: 1, retry: 0 })
    expect(dropped).toEqual([[400, 'mapper_parsing_exception', -1]])
    const query = `{index="helper-${major}", service_name="shop"}`
    const found = await stored(query, 3000)
    expect(found.map((line) => JSON.parse(line)).sort((a, b) => a.n - b.n)).toEqual(documents)
    expect(await lines(server, `${query} | detected_level="error" | json | n < 10`)).toHaveLength(5)
  })

  test('bulk helper sends again what the server had no room for', async () => {
    const slow = await startServer({
      args: [...QUIET, '--set', 'limits.ingestionRateBytes=40KB', '--set', 'limits.ingestionBurstBytes=40KB'],
    })
    ends.push(() => slow.dispose())
    const client = connect({}, slow.url)
    const text = 'x'.repeat(200)
    const stats = await client.helpers.bulk({
      datasource: Array.from({ length: 400 }, (_, n) => ({ n, text })),
      flushBytes: 15_000,
      concurrency: 2,
      retries: 30,
      wait: 300,
      onDocument: () => ({ index: { _index: 'slow' } }),
    })
    expect(stats).toMatchObject({ successful: 400, failed: 0 })
    expect(stats.retry).toBeGreaterThan(0)
    const found = await lines(slow, '{index="slow"}')
    expect(new Set(found.map((line) => JSON.parse(line).n)).size).toBe(400)
    expect(found).toHaveLength(400)
  })

  test('single documents, and the error of one that is refused', async () => {
    const client = connect()
    const index = `single-${major}`
    const answer = await client.index({ index, document: { n: 1 }, refresh: true })
    expect(answer).toMatchObject({ result: 'created', _index: index })
    await client.create({ index, id: 'x/y', document: { n: 2 } })
    expect(await stored(`{index="${index}"}`, 2)).toEqual(['{"n":1}', '{"n":2}'])
    const refused = await client.index({ index, document: { '@timestamp': 'no' } }).catch((error) => error)
    expect([refused.statusCode, refused.message]).toEqual([400, expect.stringContaining('mapper_parsing_exception')])
  })

  test('authenticates by API key, bearer and password; is refused without', async () => {
    const guarded = await startServer()
    ends.push(() => guarded.dispose())
    const created = await run(process.execPath, [CLI, 'token', 'create', '--data', guarded.dataDir])
    const token = created.stdout.trim()
    const pair = Buffer.from(`girok:${token}`).toString('base64')
    for (const auth of [{ apiKey: pair }, { apiKey: token }, { bearer: token }, { username: 'any', password: token }]) {
      const answer = await connect({ auth }, guarded.url).bulk({ operations: [{ create: { _index: 'auth' } }, {}] })
      expect(answer.errors).toBe(false)
    }
    const write = () => connect({}, guarded.url).bulk({ operations: [{ create: { _index: 'auth' } }, {}] })
    const refused = await write().catch((error) => error)
    expect(refused).toMatchObject({ statusCode: 401, message: expect.stringContaining('security_exception') })
    const headers = { authorization: `Bearer ${token}` }
    expect(await lines(guarded, '{index="auth"}', {}, headers)).toHaveLength(4)
  })
})

test('pino-elasticsearch', async () => {
  const stream = pinoElasticsearch({ node: server.url, index: 'pino-%{DATE}', esVersion: 8, flushBytes: 200 })
  const faults: unknown[] = []
  for (const event of ['error', 'insertError', 'unknown']) stream.on(event, (error) => faults.push(error))
  const logger = pino({ base: { hostname: 'h' } }, stream)
  for (let n = 0; n < 50; n++) logger.warn({ n }, 'from pino')
  stream.end()
  const found = await stored('{index="pino"} | detected_level="warn"', 50)
  expect(found.map((line) => JSON.parse(line))).toEqual(
    Array.from({ length: 50 }, (_, n) => expect.objectContaining({ level: 40, n, msg: 'from pino' })),
  )
  expect(faults).toEqual([])
})

describe("Girok's SDK", () => {
  test('the Elasticsearch handler', async () => {
    const handler = elasticsearchHandler({ url: server.url, index: 'sdk-%Y.%m.%d', intervalMs: 10 })
    const { root } = createHierarchy()
    root.setLevel('DEBUG').addHandler(handler)
    for (let n = 0; n < 500; n++) root.error('from the SDK', { n })
    await handler.close()
    expect(handler.stats).toMatchObject({ sent: 500, dropped: {} })
    const found = await stored('{index="sdk"} | detected_level="error"', 500)
    expect(found.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })

  test('a batch that comes again under the same ids is stored once', async () => {
    const body = Array.from({ length: 3 }, (_, n) => `{"create":{"_index":"again","_id":"r-${n}"}}\n{"n":${n}}\n`).join(
      '',
    )
    for (let times = 0; times < 3; times++) {
      const { status, body: text } = await send('POST', '/_bulk', { 'content-type': 'application/x-ndjson' }, body)
      expect([status, JSON.parse(text).errors]).toEqual([200, false])
    }
    expect(await lines(server, '{index="again"}')).toHaveLength(3)
  })
})

describe('rsyslog', () => {
  test('omelasticsearch in bulk and single mode', async () => {
    const folder = temporaryFolder()
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const action = (index: string, more: string) =>
      `action(type="omelasticsearch" server="${server.url}" searchIndex="${index}" ${more})`
    writeFileSync(
      join(folder, 'rsyslog.conf'),
      [
        `global(workDirectory="${folder}")`,
        `module(load="imuxsock" SysSock.Use="off")`,
        `input(type="imuxsock" Socket="${folder}/log.sock")`,
        'module(load="omelasticsearch")',
        action('syslog', `searchType="" bulkmode="on" errorfile="${folder}/errors"`),
        action('syslog-single', `searchType="_doc"`),
      ].join('\n'),
    )
    const rsyslogd = spawn('rsyslogd', ['-n', '-f', `${folder}/rsyslog.conf`, '-i', `${folder}/pid`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [rsyslogd.stdout, rsyslogd.stderr]) stream.on('data', (chunk) => (output += chunk))
    const ended = new Promise((done) => rsyslogd.on('exit', done))
    ends.push(async () => {
      rsyslogd.kill('SIGKILL')
      await ended
    })
    await eventually(() => readdirSync(folder).includes('log.sock')).catch(() => {
      throw new Error(`rsyslogd opens no socket:\n${output}`)
    })
    for (let n = 0; n < 20; n++) {
      await run('logger', ['-u', `${folder}/log.sock`, '-p', 'user.err', '-t', 'e2e', `line "${n}" from rsyslog`])
    }
    for (const index of ['syslog', 'syslog-single']) {
      const found = await stored(`{index="${index}"}`, 20).catch(() => {
        throw new Error(`nothing of ${index} arrives:\n${output}`)
      })
      const documents = found.map((line) => JSON.parse(line))
      expect(documents.map(({ message }) => message.trim()).sort()).toEqual(
        Array.from({ length: 20 }, (_, n) => `line "${n}" from rsyslog`).sort(),
      )
      expect(documents[0]).toMatchObject({ facility: 'user', priority: 'err' })
    }
    // Its time is the record's.
    const [first] = await streams('{index="syslog"}')
    const [ns = '', line = ''] = first?.values[0] ?? []
    expect(Number(BigInt(ns) / 1_000_000n)).toBe(Math.floor(Date.parse(JSON.parse(line).timereported)))
    expect(readdirSync(folder)).not.toContain('errors')
  })
})

describe('what other senders ask and send', () => {
  const AGENTS = {
    filebeat: 'Elastic-filebeat/8.15.3 (linux; amd64; 1b4a2c; 2024-10-01 00:00:00 +0000 UTC)',
    logstash: 'logstash/8.11.0 (OS=Linux-6.1-amd64; JVM=Eclipse Adoptium-17.0.9) logstash-output-elasticsearch/11.22.1',
    'fluent-bit': 'Fluent-Bit',
    vector: 'Vector/0.40.0 (x86_64-unknown-linux-gnu)',
  }
  type Sender = keyof typeof AGENTS
  /** In the order in which they ask; a number is the status they need, a text has to be in the answer. */
  const asked: readonly (readonly [Sender, method: string, path: string, wanted: number | string, body?: string])[] = [
    ['filebeat', 'GET', '', '"number":"8.15.3"'],
    ['filebeat', 'GET', '/', '"number":"8.15.3"'],
    ['filebeat', 'GET', '/_license?human=false', '"type":"basic"'],
    ['filebeat', 'GET', '/_xpack', '"ilm":{"available":true,"enabled":true}'],
    ['filebeat', 'GET', '/_ilm/policy/filebeat', 200],
    ['filebeat', 'PUT', '/_ilm/policy/filebeat', '"acknowledged":true', '{"policy":{"phases":{}}}'],
    ['filebeat', 'HEAD', '/_index_template/filebeat-8.15.3', 200],
    ['filebeat', 'PUT', '/_index_template/filebeat-8.15.3', '"acknowledged":true', '{"index_patterns":["filebeat-*"]}'],
    ['filebeat', 'HEAD', '/_data_stream/filebeat-8.15.3', 200],
    ['filebeat', 'PUT', '/_data_stream/filebeat-8.15.3', '"acknowledged":true'],
    ['filebeat', 'GET', '/_nodes/ingest', 200],
    ['filebeat', 'PUT', '/_ingest/pipeline/filebeat-8.15.3-nginx', '"acknowledged":true', '{"processors":[]}'],
    ['logstash', 'HEAD', '/', 200],
    ['logstash', 'GET', '/', '"number":"8.11.0"'],
    ['logstash', 'GET', '/_license', '"license":{'],
    ['logstash', 'GET', '/_xpack/license', '"license":{'],
    ['logstash', 'HEAD', '/_template/logstash', 200],
    ['logstash', 'PUT', '/_template/logstash', '"acknowledged":true', '{"index_patterns":["logstash-*"]}'],
    ['logstash', 'HEAD', '/logstash', 200],
    ['logstash', 'PUT', '/%3Clogstash-%7Bnow%2Fd%7D-000001%3E', '"acknowledged":true', '{"aliases":{}}'],
    ['logstash', 'GET', '/_nodes/http', '"publish_address":"127.0.0.1:'],
    ['logstash', 'GET', '/_logstash/pipeline/main', 200],
    ['fluent-bit', 'GET', '/', '"tagline":"You Know, for Search"'],
    ['vector', 'GET', '/_cluster/health', '"status":"green"'],
    ['vector', 'GET', '/', '"number":"8.'],
    ['vector', 'GET', '/_cat/indices?format=json', '[]'],
  ]
  for (const prefix of ['', '/elasticsearch']) {
    for (const [sender, method, path, wanted, body] of asked) {
      test(`${sender}: ${method} ${prefix}${path}`, async () => {
        const headers = {
          'user-agent': AGENTS[sender],
          ...(body !== undefined && { 'content-type': 'application/json' }),
        }
        const answer = await send(method, `${prefix}${path}`, headers, body)
        expect(answer.status).toBe(200)
        expect(answer.headers['x-elastic-product']).toBe('Elasticsearch')
        expect(answer.headers['content-type']).toMatch(/^application\/json(;|$)/)
        if (typeof wanted === 'string') expect(answer.body).toContain(wanted)
        if (method === 'HEAD') expect(answer.body).toBe('')
      })
    }
  }

  const RECORDED = join(ROOT, 'packages/server/src/ingest/testdata/elasticsearch')
  test.each([
    'filebeat-bulk',
    'logstash-bulk',
    'logstash-daily-index',
    'fluent-bit-bulk',
    'fluent-bit-logstash-format',
    'vector-bulk',
  ])('%s', async (name) => {
    const { path, query, headers } = JSON.parse(readFileSync(join(RECORDED, name, 'request.json'), 'utf8'))
    const { records } = JSON.parse(readFileSync(join(RECORDED, name, 'expected.json'), 'utf8'))
    const body = readFileSync(join(RECORDED, name, 'request.body'))
    // Times of the recording are not now: by its own time of arrival each is found.
    const whole = `${path}?${query ? `${query}&` : ''}_time_field=none`
    const answer = await send('POST', whole, headers, body)
    expect([answer.status, JSON.parse(answer.body).errors]).toEqual([200, false])
    // Fluent Bit looks for these bytes.
    expect(answer.body).toMatch(/^\{"took":\d+,"errors":false,"items":\[/)
    for (const { labels, line } of records as { labels: Record<string, string>; line: string }[]) {
      const selector = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
      expect(await lines(server, `{${selector.join(',')}}`)).toContain(line)
    }
  })

  test('browsers get the web app where others get the cluster', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    for (const path of ['/', '/logs', '/setup']) {
      const page = await send('GET', path, browser)
      expect([page.status, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')])
      expect(page.headers).not.toHaveProperty('x-elastic-product')
    }
    expect(JSON.parse((await send('GET', '/', { accept: '*/*' })).body).cluster_name).toBe('girok')
    expect((await send('GET', '/_nothing', {})).status).toBe(404)
  })
})
