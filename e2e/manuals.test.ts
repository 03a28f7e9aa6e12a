/** What the pages for operators and for authors of clients say, tried on a running server. */
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Source, SourcesResponse } from '../packages/server/src/api/contract.ts'
import type { Receiver } from '../packages/server/src/ingest/receiver.ts'
import { blockBook } from './code-blocks.ts'
import { createWorkshop, type Workshop } from './programs.ts'
import { startRedis, type TestRedis } from './redis.ts'
import { eventually, lines, push, QUIET, ROOT, startServer, type TestServer } from './server.ts'

const ADDRESS = 'http://127.0.0.1:4100'
const PAGES = ['logql', 'api', 'operations', 'receivers'].map((name) => `docs/${name}.md`)
const book = blockBook(PAGES)
const inOperations = (part: string) => book.take('docs/operations.md', part)
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

type Declared = Pick<Receiver, 'name' | 'example' | 'exampleOptions' | 'snippets' | 'options'>
const declared: readonly Declared[] = (await import(join(ROOT, 'packages/server/dist/ingest/receivers/index.js')))
  .receivers
const { usualPorts } = await import(join(ROOT, 'packages/server/dist/ingest/listen/options.js'))
const { filledSnippet } = await import(join(ROOT, 'packages/server/dist/ingest/snippet-text.js'))
/** A text of a receiver as the manual shows it. */
const usual = ({ options }: Pick<Declared, 'options'>, text: string): string =>
  filledSnippet(text, { url: ADDRESS, host: '127.0.0.1', ports: usualPorts(options) }).trimEnd()
const withoutAddresses = (command: string) => command.trimEnd().replaceAll(/\b\d{2,5}\b/g, 'N')

let server: TestServer
let workshop: Workshop

beforeAll(async () => {
  workshop = createWorkshop()
  server = await startServer()
  const now = Date.now()
  const line = '{"level":"error","message":"timeout","status":503,"latency_ms":300,"user":"kim","path":"/x"}'
  await push(server, { app: 'shop', env: 'prod', host: 'new' }, [[now, line]])
  await push(server, { app: 'demo' }, [[now, '{"level":"warn","user":"kim","message":"hi"}']])
})
afterAll(async () => {
  await workshop?.dispose()
  await server?.dispose()
})

const here = (text: string) => text.replaceAll(ADDRESS, server.url)

/** Sends a request whose Host and Origin are those of a proxy; fetch lets no Host through. */
function viaProxy(url: string, host: string, body: string): Promise<number> {
  return new Promise((done, failed) => {
    const headers = { host, origin: `https://${host}`, 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => done(response.statusCode ?? 0))
    })
    sent.on('error', failed)
    sent.end(body)
  })
}

describe('docs/logql.md', () => {
  const inPage = (part: string) => book.take('docs/logql.md', part)
  const answered = [
    'refused" !=',
    'logfmt --strict',
    'keep code',
    'absent_over_time',
    'distinct user_id',
    'request_id="req_abc123"',
  ].map(inPage)
  const refused = ['approx_topk(5'].map(inPage)

  test.for(answered.flatMap(({ text }) => text.split('\n')))('is answered: %s', async (query) => {
    const response = await server.fetch(`/loki/api/v1/query_range?${new URLSearchParams({ query })}`)
    expect(response.status, await response.text()).toBe(200)
  })

  test.for(refused.flatMap(({ text }) => text.split('\n')))('is refused: %s', async (query) => {
    const response = await server.fetch(`/loki/api/v1/query_range?${new URLSearchParams({ query })}`)
    expect(response.status, await response.text()).toBe(400)
  })

  const explain = inPage('/girok/v1/explain')
  const without = inPage('-d pushdown=off')
  const explainOnTheCommandLine = inPage('--explain --analyze')
  test('the plan, on the command line', async () => {
    const { stdout } = await workshop.shell(explainOnTheCommandLine.text, { GIROK_URL: server.url })
    expect(stdout).toContain('line-text')
    expect(stdout).toMatch(/SELECT [\s\S]* FROM logs/)
  })

  test('the plan, and the same answer without push-down', async () => {
    const plan = JSON.parse((await workshop.shell(here(explain.text))).stdout).plan
    const rules = plan.pushed.map(({ rule }: { rule: string }) => rule)
    expect(rules).toEqual(expect.arrayContaining(['time', 'streams', 'line-text']))
    const bare = JSON.parse((await workshop.shell(`${here(explain.text)} -d pushdown=off`)).stdout).plan
    expect(bare.pushed.map(({ rule }: { rule: string }) => rule)).toEqual(['time', 'streams'])
    const off = JSON.parse((await workshop.shell(here(without.text))).stdout).data.result
    const on = JSON.parse((await workshop.shell(here(without.text.replace('-d pushdown=off ', '')))).stdout).data.result
    expect(off).toHaveLength(1)
    expect(off).toEqual(on)
  })
})

describe('docs/api.md', () => {
  /** Method (where it is given), path and scope of every row of the tables. */
  const rows = read('docs/api.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, paths = '', scope = ''] = line.split('|').map((cell) => cell.trim())
      return [...paths.matchAll(/`(?:(GET|POST|PUT|DELETE) )?(\/[^`]+)`/g)].map(([, method, path = '']) => ({
        method,
        path: path.replace(/\/([A-Z]+)(?=\/|$)/g, (_, name: string) => `/:${name.toLowerCase()}`),
        scope,
      }))
    })
  const tails = ['/girok/v1/tail', '/loki/api/v1/tail', '/api/prom/tail']
  const receivers = ['/ingest', '/loki/api/v1/push', '/api/prom/push', '/v1/logs', '/otlp/v1/logs']

  test('lists every route, with its scope, and none besides', async () => {
    const built: string = join(ROOT, 'packages/server/dist/api/routes/index.js')
    const { allRoutes } = (await import(built)) as {
      allRoutes(context: object): { methods: string[]; path: string; scope?: string }[]
    }
    const all = allRoutes({})
    // The second address of each path of Prometheus and Alertmanager is told of in one sentence.
    const isSecond = (path: string) =>
      ['/prometheus', '/alertmanager'].some((prefix) => all.some((one) => `${prefix}${one.path}` === path))
    const routes = all.filter(({ path }) => path.startsWith('/prometheus/config/') || !isSecond(path))
    expect(new Set(rows.map(({ path }) => path))).toEqual(
      new Set([...routes.map(({ path }) => path), ...tails, ...receivers]),
    )
    const ofLoki = /^\/(?:loki|api\/prom|prometheus|config)\//
    for (const { methods, path, scope } of routes.filter((route) => !ofLoki.test(route.path))) {
      for (const method of methods) {
        expect(rows, `${method} ${path}`).toContainEqual({ method, path, scope: scope ?? 'none' })
      }
    }
    for (const { methods, path } of routes.filter((route) =>
      /^\/loki\/(?!.*(?:buildinfo|delete|generation_numbers|rules|alerts|drilldown))/.test(route.path),
    )) {
      expect(methods, path).toEqual(['GET', 'POST'])
    }
  })

  test('every path is served', async () => {
    for (const { method = 'GET', path } of rows.filter((row) => !tails.includes(row.path))) {
      // The samples are off; to remove them changes nothing.
      const response = await server.fetch(path.replaceAll(/:\w+/g, 'app'), { method })
      expect(await response.text(), `${method} ${path}`).not.toContain('there is nothing at')
      expect(response.status, `${method} ${path}`).not.toBe(405)
    }
    expect(await (await server.fetch('/loki/api/v1/other')).text()).toContain('there is nothing at')
    const rules = await server.fetch('/loki/api/v1/rules')
    expect([rules.status, await rules.text()]).toEqual([404, expect.stringContaining('no rule groups found')])
  })

  test('what /ingest answers', async () => {
    const headers = { 'content-type': 'application/json' }
    const send = async (body: string) => {
      const response = await server.fetch('/ingest?label=app=api', { method: 'POST', body, headers })
      return [response.status, await response.json()]
    }
    expect(await send('{"a":1}\n{"a":2}')).toEqual([200, { accepted: 2, rejected: 0 }])
    const [status, partly] = await send('{"a":1}\nnot json')
    expect(status).toBe(400)
    expect(partly).toMatchObject({ accepted: 1, rejected: 1, errors: [{ count: 1 }] })
    expect(Object.keys(partly.errors[0])).toEqual(['reason', 'count', 'message'])
    const [whole, refusal] = await send('')
    expect(whole).toBe(422)
    expect(Object.keys(refusal.error)).toEqual(['code', 'message', 'hint'])
  })

  const download = book.take('docs/api.md', 'girok/v1/export')
  test('export', async () => {
    await workshop.shell(here(download.text))
    const [head, row] = readFileSync(join(workshop.folder, 'demo.csv'), 'utf8').split('\r\n')
    expect(head).toBe('timestamp,level,user,line')
    expect(row).toMatch(/^\S+Z,warn,kim,/)
  })
})

describe('docs/operations.md', () => {
  const unit = inOperations('[Service]')
  test('the unit starts a program that is there, with flags that it has', () => {
    const [, path = '', flags = ''] = /ExecStart=\/usr\/bin\/node \/opt\/girok\/(\S+) serve (.*)/.exec(unit.text) ?? []
    expect(existsSync(join(ROOT, path))).toBe(true)
    expect(flags).toBe('--config /etc/girok/girok.yaml')
    expect(unit.text).toContain('StateDirectory=girok')
  })

  const settings = ['maxBytes: 50GB', 'tls:', 'basePath: /girok', 'clickhouse.internal'].map(inOperations)
  test.for(settings.map(({ text }) => text))('is a good configuration: %s', async (text) => {
    const file = workshop.file('girok.yaml', text)
    await workshop.run('girok', ['config', 'check', '--config', file])
    const { stdout } = await workshop.run('girok', ['config', 'print', '--config', file], {
      GIROK_STORE__PASSWORD: 'hunter2',
    })
    expect(stdout).not.toContain('hunter2')
  })

  const deletion = inOperations('loki/api/v1/delete')
  test('lines are deleted on request', async () => {
    await push(server, { app: 'shop' }, [
      [Date.now() - 1000, 'order 4711'],
      [Date.now() - 1000, 'order 12'],
    ])
    await workshop.shell(here(deletion.text))
    expect(await lines(server, '{app="shop"} |= "order"')).toEqual(['order 12'])
  })

  const nginx = inOperations('proxy_pass')
  test('behind a proxy that keeps the path or strips it; other names are refused', async () => {
    expect(nginx.text).toContain('proxy_set_header Host $host;')
    expect(
      nginx.text
        .split('\n')
        .slice(1, -1)
        .every((line) => /^ {2}[a-z_]+ .*;$/.test(line)),
    ).toBe(true)
    const file = workshop.file('proxy.yaml', settings[2]?.text ?? '')
    const other = await startServer({ args: [...QUIET, '--config', file] })
    const origin = other.url.replace(/\/girok$/, '')
    expect(origin).not.toBe(other.url)
    for (const path of ['/girok/ingest', '/ingest']) {
      expect(await viaProxy(`${origin}${path}?label=app=proxied`, 'logs.example.com', '{"a":1}'), path).toBe(200)
      expect(await viaProxy(`${origin}${path}`, 'evil.example', '{"a":1}'), path).toBe(403)
    }
    await other.dispose()
  })

  const backup = inOperations('cp -a')
  test('a copy of the directory of a stopped server is a backup', async () => {
    const first = await startServer()
    await push(first, { app: 'kept' }, [[Date.now(), 'precious']])
    await first.stop()
    workshop.program('systemctl', 'exit 0')
    const copy = join(workshop.folder, 'backup')
    await workshop.shell(backup.text.replace('/var/lib/girok', first.dataDir).replace('/var/backups/girok', copy))
    await first.dispose()
    const second = await startServer({ dataDir: copy })
    expect(await lines(second, '{app="kept"}')).toEqual(['precious'])
    await second.dispose()
  })

  const tokens = inOperations('girok token create')
  test('tokens', async () => {
    const { stdout } = await workshop.shell(tokens.text.replaceAll('/var/lib/girok', join(workshop.folder, 'tokens')))
    expect(stdout).toMatch(/default +ingest .*web servers/)
    expect(stdout).toMatch(/team-a +query,admin/)
  })

  const metrics = inOperations('/metrics')
  test('/metrics has the metrics of the table, no others, and the counts are conserved', async () => {
    const { stdout } = await workshop.shell(here(metrics.text))
    const names = [...stdout.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
    const table = read('docs/operations.md')
      .split('\n')
      .filter((line) => /^\| `(?:girok|process|nodejs)_/.test(line))
    const listed = table.flatMap((line) =>
      [...line.matchAll(/`((?:girok|process|nodejs)_\w+)`/g)].map(([, name]) => name),
    )
    expect(new Set(names)).toEqual(new Set(listed))
    const sum = (kind: string) =>
      [...stdout.matchAll(new RegExp(`^girok_records_${kind}_total\\{.*\\} (\\d+)$`, 'gm'))].reduce(
        (total, [, count]) => total + Number(count),
        0,
      )
    expect(sum('received')).toBeGreaterThan(2)
    expect(sum('received')).toBe(sum('stored') + sum('rejected') + sum('dropped') + sum('duplicate'))
  })
})

describe('docs/receivers.md', () => {
  const inPage = (part: string) => book.take('docs/receivers.md', part)
  const settings = inPage('# girok.yaml')
  const variables = inPage('GIROK_RECEIVERS__')

  test('a receiver is switched off in the file, by a variable or by a flag', async () => {
    const file = workshop.file('receivers.yaml', settings.text)
    const printed = async (...args: string[]) => (await workshop.run('girok', ['config', 'print', ...args])).stdout
    const receivers = parse(await printed('--config', file)).receivers
    expect(receivers).toMatchObject({ loki: { enabled: false }, otlp: { enabled: true } })
    for (const command of variables.text.split('\n')) {
      expect(parse((await workshop.shell(command)).stdout).receivers.loki.enabled, command).toBe(false)
    }
    const other = await startServer({ args: [...QUIET, '--config', file] })
    expect(await push(other, { app: 'x' }, [[Date.now(), 'refused']])).toBe(404)
    await other.dispose()
  })

  const examples = declared.map((receiver) => ({ ...receiver, block: inPage(usual(receiver, receiver.example)) }))
  const snippets = declared.flatMap((receiver) =>
    (receiver.snippets ?? []).map(({ title, text }) => ({
      title,
      name: receiver.name,
      block: inPage(usual(receiver, text)),
    })),
  )

  test.for(snippets)('$name: the lines for $title can be read', async ({ block: { language, text } }) => {
    if (language === 'json') JSON.parse(text)
    else if (language === 'yaml') expect(parse(text)).toBeTypeOf('object')
    else if (language === 'javascript') await workshop.run('node', ['--check', workshop.file('snippet.mjs', text)])
    else if (language === 'sh') await workshop.run('sh', ['-n', workshop.file('snippet.sh', text)])
    else if (language === 'python')
      await workshop.run('python3', ['-m', 'py_compile', workshop.file('snippet.py', text)])
    else expect(['ini', 'toml', 'alloy']).toContain(language)
  })

  describe('commands', () => {
    let redis: TestRedis
    let all: TestServer
    beforeAll(async () => {
      redis = await startRedis()
      const options = declared.map(({ name, exampleOptions }) => [name, exampleOptions ?? {}] as const)
      const receivers = { ...Object.fromEntries(options), redis: { url: redis.url } }
      all = await startServer({ args: [...QUIET, '--config', workshop.file('all.yaml', stringify({ receivers }))] })
    })
    afterAll(async () => {
      await all?.dispose()
      await redis?.dispose()
    })
    const sourceOf = async (name: string): Promise<Source> => {
      const { sources } = (await (await all.fetch('/girok/v1/sources')).json()) as SourcesResponse
      return sources.find((one) => one.name === name) as Source
    }

    test.for(examples)('$name: the command stores a record', async ({ name, block }) => {
      const before = await sourceOf(name)
      // The page has the usual addresses; the server tells its own, in the same command.
      expect(withoutAddresses(before.example)).toBe(withoutAddresses(block.text))
      await workshop.shell(before.example.replaceAll('redis://127.0.0.1:6379', redis.url))
      await eventually(async () => (await sourceOf(name)).counts.stored > before.counts.stored)
      const { counts, rejections } = await sourceOf(name)
      const sum = (reasons: Source['counts']['rejected']) => reasons.reduce((total, { count }) => total + count, 0)
      expect([sum(counts.rejected), sum(counts.dropped), sum(counts.undecodable), rejections]).toEqual([0, 0, 0, []])
      expect(counts.received).toBe(counts.stored + counts.duplicate + counts.inFlight)
    })
  })
})

test('docs/ARCHITECTURE.md: the route that shows the plan', async () => {
  expect(read('docs/ARCHITECTURE.md')).toContain('GET /girok/v1/explain?query=')
  const response = await server.fetch(`/girok/v1/explain?${new URLSearchParams({ query: '{app="shop"}' })}`)
  expect((await response.json()).plan.kind).toBe('logs')
})

test.for(['README.md', 'CONTRIBUTING.md', 'docs/clients.md', 'docs/ARCHITECTURE.md', ...PAGES])(
  '%s: what it links to is there',
  (page) => {
    const links = [...read(page).matchAll(/\[[^\]]*\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link)
    const broken = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(page), link)))
    expect(broken).toEqual([])
  },
)

test('no code block of these documents is left untried', () => {
  expect(book.left()).toEqual([])
})
