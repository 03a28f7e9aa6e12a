/**
 * Every command and program that the documents for users show is run as it stands there, with the address of a test
 * server; a block that no test takes fails the last test. Configuration of programs that are not here (Promtail, Alloy) is
 * checked for its form and its URL only.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { type Snippet, snippets } from '../packages/web/src/pages/setup/snippets.ts'
import { blockBook, type CodeBlock } from './code-blocks.ts'
import { createWorkshop, type Workshop } from './programs.ts'
import { eventually, lines, push, QUIET, queryRange, ROOT, startServer, type TestServer } from './server.ts'

const ADDRESS = 'http://127.0.0.1:4100'
const PACKAGES = ['cli', 'query', 'sdk', 'server'].map((name) => `packages/${name}/README.md`)
const book = blockBook(['README.md', 'docs/clients.md', 'CONTRIBUTING.md', ...PACKAGES])

let server: TestServer
let guarded: TestServer
let token: string
let workshop: Workshop

beforeAll(async () => {
  workshop = createWorkshop()
  workshop.program('my-app', 'echo "started" && echo "my-app has failed" >&2')
  server = await startServer()
  guarded = await startServer()
  // A running server follows at once.
  token = (await workshop.run('girok', ['token', 'create', '--data', guarded.dataDir])).stdout.trim()
})
afterAll(async () => {
  await workshop?.dispose()
  await Promise.all([server?.dispose(), guarded?.dispose()])
})

const here = (text: string) => text.replaceAll(ADDRESS, server.url)
const env = () => ({ GIROK_URL: server.url })
const shell = (text: string) => workshop.shell(here(text), env())

/** Runs a program that need not end by itself until the query finds `count` lines more than before; gives the new ones. */
async function untilFound(
  command: string,
  args: readonly string[],
  query: string,
  options: {
    readonly target?: TestServer
    readonly count?: number
    readonly env?: Readonly<Record<string, string>>
  } = {},
): Promise<string[]> {
  const { target = server, count = 1 } = options
  const headers = target === guarded ? { authorization: `Bearer ${token}` } : {}
  const look = () => lines(target, query, { direction: 'forward' }, headers)
  const before = (await look()).length
  const program = workshop.start(command, args, { ...env(), ...options.env })
  const failed = program.ended.then(({ code, stdout, stderr }) => {
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${stdout}${stderr}`)
  })
  try {
    const found = eventually(async () => (await look()).length >= before + count, 30_000).catch(() => {
      throw new Error(`${query} finds nothing after ${command}:\n${program.output()}`)
    })
    await Promise.race([found, failed.then(() => found)])
  } finally {
    await program.stop('SIGKILL')
    await failed.catch(() => undefined)
  }
  return (await look()).slice(before)
}

/** As `untilFound`, for the text of a script that is run by a shell, Node or Python. */
function script(
  language: 'sh' | 'js' | 'python',
  text: string,
  ...rest: Parameters<typeof untilFound> extends [unknown, unknown, ...infer R] ? R : never
) {
  if (language === 'sh') return untilFound('sh', ['-e', '-c', text], ...rest)
  const path = workshop.file(language === 'js' ? 'logger.mjs' : 'logger.py', text)
  return untilFound(language === 'js' ? process.execPath : 'python3', [path], ...rest)
}

async function labelsOf(query: string): Promise<Record<string, string>> {
  const { result } = await queryRange(server, query)
  return Object.assign({}, ...(result as { stream: Record<string, string> }[]).map(({ stream }) => stream))
}

describe('README.md', () => {
  const inReadme = (part: string) => book.take('README.md', part)

  test.for([inReadme('npm start'), inReadme('npm test')])('$text: the scripts are there', (block) => {
    expectNpmScripts(block)
  })

  test('the flags that pass through', async () => {
    const [, flags = ''] = /`npm start -- ([^`]+)`/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? []
    expect(flags).toMatch(/--port \d+ --data \S+ .*--config girok\.yaml/)
    const file = workshop.file('girok.yaml', 'query:\n  timeout: 30s\n')
    const given = flags
      .replace(/--port \d+ --data \S+/, '')
      .replace('girok.yaml', file)
      .trim()
      .split(/\s+/)
    const other = await startServer({ args: [...QUIET, ...given] })
    expect((await other.fetch('/readyz')).status).toBe(200)
    await other.dispose()
  })

  const promql = inReadme('api_requests_total')
  test('a query in PromQL', async () => {
    const { status, data } = JSON.parse((await shell(promql.text)).stdout)
    expect({ status, type: data.resultType }).toEqual({ status: 'success', type: 'vector' })
  })

  const first = inReadme("/ingest?label=app=demo'")
  const ask = inReadme('npx girok query')
  test('send a line, ask for it, follow', async () => {
    expect(await script('sh', here(first.text), '{app="demo"} | json | message="hello"')).toHaveLength(1)
    expect((await (await server.fetch('/girok/v1/setup')).json()).first.receiver).toBe('json')

    const [one = '', two = '', three = '', ...more] = ask.text.split('\n')
    expect(more).toEqual([])
    expect((await shell(one)).stdout).toContain('"user":"kim"')

    await push(server, { job: 'api' }, [[Date.now() - 90_000, 'x']])
    expect((await shell(two)).stdout).toContain('api')

    const tail = workshop.start('sh', ['-c', three], env())
    await eventually(async () => {
      await push(server, { job: 'inference' }, [[Date.now(), '{"latency_ms":1500}']])
      await push(server, { job: 'inference' }, [[Date.now(), '{"latency_ms":3}']])
      return tail.output().includes('1500')
    })
    expect(tail.output()).not.toContain('"latency_ms":3}')
    await tail.stop()
  })

  const feed = inReadme('npm run build 2>&1')
  test('feed the output of a program, and a file', async () => {
    // Building takes long and would change what the other tests run; Debian alone has that file.
    const file = workshop.file('dpkg.log', '2026-01-31 09:05:07 status installed girok:all 0.1.0\n')
    const text = feed.text.replace('npm run build', 'my-app').replace('/var/log/dpkg.log', file)
    expect(text).not.toBe(feed.text)
    const { stdout } = await shell(text)
    expect(stdout.split('\n').slice(0, 2)).toEqual(['started', 'my-app has failed'])
    expect(await lines(server, '{app="build"}', { direction: 'forward' })).toEqual(['started', 'my-app has failed'])
    expect(await lines(server, '{host="web1"}')).toEqual(['2026-01-31 09:05:07 status installed girok:all 0.1.0'])
  })

  test('the command is linked in the clone by npm install, before anything is built', () => {
    expect(existsSync(join(ROOT, 'node_modules/.bin/girok'))).toBe(true)
    expect(JSON.parse(readFileSync(join(ROOT, 'packages/cli/package.json'), 'utf8')).bin).toEqual({
      girok: 'bin/girok.cjs',
    })
  })
})

describe('docs/clients.md', () => {
  const inClients = (part: string) => book.take('docs/clients.md', part)
  const oneLine = inClients('hello from curl')
  const two = inClients('"msg":"one"')
  const lokiPush = inClients('date +%s')

  test('curl', async () => {
    expect(await script('sh', here(oneLine.text), '{app="demo"} |= "hello from curl"')).toHaveLength(1)
    expect((await shell(two.text)).stdout).toBe('{"accepted":2,"rejected":0}')
    expect(await lines(server, '{app="demo"} | json | msg="two" | detected_level="error"')).toHaveLength(1)
    expect(await script('sh', here(lokiPush.text), '{app="demo"} |~ "^hello$"')).toEqual(['hello'])
  })

  test('Basic authentication with the token as password', async () => {
    const text = oneLine.text.replaceAll(ADDRESS, guarded.url)
    await expect(workshop.shell(text)).rejects.toThrow('401')
    await workshop.shell(text.replace('curl ', `curl -u any:${token} `))
  })

  const promtail = inClients('clients:\n')
  const alloy = inClients('loki.write')
  test('Promtail and Alloy (form and URL only)', () => {
    expectPromtail(promtail.text, ADDRESS)
    expectAlloy(alloy.text, ADDRESS)
  })

  const pino = inClients("target: 'pino-loki'")
  test('pino', async () => {
    const [line = ''] = await script('js', here(pino.text), '{app="shop"} | json | user="kim"')
    expect(JSON.parse(line)).toMatchObject({ msg: 'hello from pino', user: 'kim' })
    const { hostname, level, detected_level } = await labelsOf('{app="shop"} |= "hello from pino"')
    expect({ hostname: typeof hostname, level, detected_level }).toEqual({
      hostname: 'string',
      level: 'info',
      detected_level: 'info',
    })
  })

  const winston = inClients("from 'winston-loki'")
  test('winston', async () => {
    const [line] = await script('js', here(winston.text), '{app="shop"} |= "hello from winston"')
    expect(line).toContain('"user":"kim"')
    expect(await labelsOf('{app="shop"} |= "hello from winston"')).toMatchObject({ level: 'info' })
  })

  test.for([
    ['JSON', 'json: true, '],
    ['protobuf', ''],
  ])('winston in %s', async ([form = '', option = '']) => {
    const text = winston.text
      .replace("{ host: '", `{ ${option}interval: 1, host: '`)
      .replace("'shop'", `'winston-${form}'`)
    const sent = await script('js', here(text), `{app="winston-${form}"} |= "hello from winston"`)
    expect(sent).toHaveLength(1)
    expect(await labelsOf(`{app="winston-${form}"}`)).toMatchObject({ level: 'info', detected_level: 'info' })
  })

  const openTelemetry = inClients('exporter-logs-otlp-proto')
  test.for(['proto', 'http'])('OpenTelemetry by exporter-logs-otlp-%s', async (kind) => {
    const text = openTelemetry.text.replace('otlp-proto', `otlp-${kind}`).replace("'shop'", `'otel-${kind}'`)
    const query = `{service_name="otel-${kind}"}`
    expect(await script('js', here(text), query)).toEqual(['hello from OpenTelemetry'])
    expect(await labelsOf(query)).toMatchObject({
      user_id: 'kim',
      host_name: 'web1',
      scope_name: 'checkout',
      severity_number: '17',
      detected_level: 'error',
    })
  })

  test('OpenTelemetry with an endpoint as of Loki, compressed', async () => {
    const text = openTelemetry.text
      .replace("/v1/logs' }", "/otlp/v1/logs', compression: 'gzip' }")
      .replace("'shop'", "'otel-gzip'")
    expect(text).toContain('gzip')
    expect(await script('js', here(text), '{service_name="otel-gzip"}')).toEqual(['hello from OpenTelemetry'])
  })

  test('the interval of both, as the text says', async () => {
    const quick = (text: string, was: string, is: string) => {
      expect(text).toContain(was)
      return here(text.replace(was, is).replace("app: 'shop'", "app: 'quick'"))
    }
    const started = performance.now()
    const batching = quick(pino.text, "{ host: '", "{ batching: { interval: 1 }, host: '")
    await script('js', `${batching}\nsetInterval(() => {}, 1000)`, '{app="quick"} |= "pino"')
    await script('js', quick(winston.text, "{ host: '", "{ interval: 1, host: '"), '{app="quick"} |= "winston"')
    expect(performance.now() - started).toBeLessThan(9_000)
  })

  const python = inClients('class GirokHandler')
  test('Python', async () => {
    const [line = ''] = await script('python', here(python.text), '{app="shop"} |= "hello from Python"')
    expect(JSON.parse(line)).toMatchObject({ level: 'WARNING', logger: 'root', message: 'hello from Python' })
    expect(await labelsOf('{app="shop"} |= "hello from Python"')).toMatchObject({ detected_level: 'warn' })
  })

  const httpHandler = inClients('HTTPHandler(')
  test.for(['POST', 'GET'])("Python's HTTPHandler by %s", async (method) => {
    const text = here(httpHandler.text.replace('127.0.0.1:4100', ADDRESS))
      .replaceAll('http://', '')
      .replace('method="POST"', `method="${method}"`)
      .replace('811', `"${method} & 'more' \\u20ac"`)
    const [line = ''] = await script('python', text, `{app="shop"} |= "${method} &"`)
    expect(JSON.parse(line)).toMatchObject({
      name: 'cart',
      levelname: 'WARNING',
      msg: 'cart %s paid',
      message: `cart ${method} & 'more' € paid`,
      created: expect.any(Number),
      exc_info: null,
    })
    expect(await labelsOf(`{app="shop"} |= "${method} &"`)).toMatchObject({ detected_level: 'warn' })
    const guardedText = text
      .replace(new URL(server.url).host, new URL(guarded.url).host)
      .replace(')\n', `, credentials=("any", "${token}"))\n`)
    expect(guardedText).toContain('credentials=')
    await script('python', guardedText, `{app="shop"} |= "${method} &"`, { target: guarded })
  })

  test('structlog', async () => {
    // The one of Debian, which is where structlog is.
    workshop.program('python3', 'exec /usr/bin/python3 "$@"')
    workshop.file('app.py', inClients('import structlog').text)
    await shell(inClients('python3 app.py').text)
    const [line = ''] = await lines(server, '{app="shop"} | json | event="user_login"')
    expect(JSON.parse(line)).toMatchObject({ event: 'user_login', level: 'warning', user: 'kim' })
    const labels = await labelsOf('{app="shop"} |= "user_login"')
    expect(labels).toMatchObject({ detected_level: 'warn' })
  })
})

describe('the READMEs of the packages', () => {
  const installs = ['query', 'sdk', 'server'].map((name) => book.take(`packages/${name}/README.md`, 'npm install'))
  test.for(installs)('$text: of a package of that name (pack.test.ts installs it)', ({ file, text }) => {
    const { name } = JSON.parse(readFileSync(join(ROOT, file, '../package.json'), 'utf8'))
    expect(text).toBe(`npm install ${name}`)
  })

  const serve = book.take('packages/cli/README.md', 'npx girok serve')
  test('girok serve', async () => {
    const program = workshop.start('sh', ['-c', `exec ${serve.text}`], {
      GIROK_SERVER__PORT: '0',
      GIROK_SAMPLE__ENABLED: 'false',
    })
    await eventually(() => program.output().includes('Girok is ready at http://127.0.0.1:'), 20_000)
    expect(existsSync(join(workshop.folder, 'data/girok.lock'))).toBe(true)
    await program.stop()
  })

  const commands = book.take('packages/cli/README.md', 'payment failed')
  test('girok push, query, tail', async () => {
    const [send = '', ask = '', follow = '', ...more] = commands.text.split('\n')
    expect(more).toEqual([])
    await shell(send)
    expect((await shell(ask)).stdout).toContain('payment failed')
    const tail = workshop.start('sh', ['-c', follow], env())
    await eventually(async () => {
      await push(server, { service_name: 'shop' }, [[Date.now(), 'followed']])
      return tail.output().includes('followed')
    })
    await tail.stop()
  })

  const queryPackage = book.take('packages/query/README.md', 'parseLogQL')
  test('@girok/query', async () => {
    const { stdout } = await workshop.run(process.execPath, [workshop.file('query.mjs', queryPackage.text)])
    expect(stdout).toMatch(/^\w+\nsum by \(level\) ?\(.*\n\{job="api"\}[\s\S]*status >= 500\nline 1, column 11: /)
  })

  const promqlPackage = book.take('packages/query/README.md', 'parsePromQL')
  test('@girok/query/promql', async () => {
    const { stdout } = await workshop.run(process.execPath, [workshop.file('promql.mjs', promqlPackage.text)])
    expect(stdout).toBe(
      'sum by (route) (rate(http_requests_total{job="api"}[5m]))\n' +
        "[ 'http_requests_total' ]\nup == 0 and on (job) maintenance\n",
    )
  })

  const sdk = book.take('packages/sdk/README.md', 'girokHandler(')
  test('@girok/sdk', async () => {
    const sent = await script('js', here(sdk.text), '{service_name="shop"} | json | logger="shop.checkout"', {
      count: 3,
    })
    // Streams differ by level, and answers are grouped by stream.
    const byLevel = new Map(sent.map((line) => [JSON.parse(line).level, JSON.parse(line)]))
    expect(byLevel.get('INFO')).toMatchObject({ message: 'order placed', order: 4711, total: 29.9 })
    expect(byLevel.get('WARNING')).toMatchObject({ message: 'card declined', request_id: 'req_abc123', attempt: 2 })
    expect(byLevel.get('ERROR')).toMatchObject({ message: 'bad answer from the bank', error: { type: 'SyntaxError' } })
    const names = ['timestamp', 'level', 'logger', 'message', 'order', 'total']
    expect(Object.keys(byLevel.get('INFO'))).toEqual(names)
    // The time is that of the record, the level that of its field.
    const { result } = await queryRange(server, '{service_name="shop"} |= "card declined"')
    const [{ stream, values }] = result as unknown as [{ stream: object; values: [[string, string]] }]
    expect(stream).toMatchObject({ detected_level: 'warn' })
    expect(Number(values[0][0].slice(0, -6))).toBe(Date.parse(JSON.parse(values[0][1]).timestamp))
  })

  const embedded = book.take('packages/server/README.md', 'createGirok')
  test('@girok/server', async () => {
    const { stdout } = await workshop.run(process.execPath, [workshop.file('embedded.mjs', embedded.text)])
    expect(stdout).toContain('"message":"hello"')
  })
})

test('CONTRIBUTING.md: every script is there', () => {
  expectNpmScripts(book.take('CONTRIBUTING.md', 'npm run bench'))
})

describe('snippets of the set-up page', () => {
  const query = { curl: '{app="hello"} |= "Hello, Girok"', loki: '{app="hello"} |= "msg=hello"' }
  const sources = [
    { name: 'without tokens', token: false, target: () => server },
    { name: 'with a token', token: true, target: () => guarded },
  ]
  const tried = ['curl', 'girok', 'loki', 'promtail', 'alloy', 'sdk', 'pino', 'winston', 'python']

  describe.for(sources)('$name', ({ token: needsToken, target }) => {
    const snippet = (id: string): Snippet => {
      const found = snippets({ url: target().url, token: needsToken }).find((one) => one.id === id)
      if (!found) throw new Error(`there is no snippet ${id}`)
      return found
    }
    const options = () => ({ target: target(), env: needsToken ? { GIROK_TOKEN: token } : {} })

    test.for(['curl', 'loki'] as const)('%s', async (id) => {
      expect(await script('sh', snippet(id).text, query[id], options())).toHaveLength(1)
    })

    test('girok push', async () => {
      const file = workshop.file('access.log', 'GET / 200\n')
      const text = snippet('girok').text.replace('/var/log/nginx/access.log', file)
      expect(await script('sh', text, '{app=~"my-app|nginx"}', { ...options(), count: 2 })).toEqual(
        expect.arrayContaining(['started', 'GET / 200']),
      )
    })

    test.for(['sdk', 'pino', 'winston'])('%s', async (id) => {
      expect(await script('js', snippet(id).text, '{app="my-app"} |= "Hello, Girok"', options())).toHaveLength(1)
    })

    test('Python', async () => {
      const [line = ''] = await script(
        'python',
        snippet('python').text,
        '{app="my-app"} | json | logger="root"',
        options(),
      )
      expect(JSON.parse(line)).toMatchObject({ message: 'Hello, Girok', level: 'info' })
    })

    test('Promtail and Alloy (form and URL only)', () => {
      expectPromtail(snippet('promtail').text, target().url)
      expectAlloy(snippet('alloy').text, target().url)
    })

    test('there are no others', () => {
      expect(snippets({ url: 'http://x', token: needsToken }).map(({ id }) => id)).toEqual(tried)
    })
  })
})

test('no code block of these documents is left untried', () => {
  expect(book.left()).toEqual([])
})

function expectNpmScripts({ text }: CodeBlock): void {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const line of text.split('\n')) {
    const [, name = ''] = /^npm (?:run )?([a-z0-9:]+)/.exec(line) ?? []
    const [, file = ''] = /^node (\S+)$/.exec(scripts[name] ?? '') ?? []
    expect(file !== '' && existsSync(join(ROOT, file)), line).toBe(true)
  }
}

function expectPromtail(text: string, address: string): void {
  const { clients } = parseYaml(text) as { clients: { url: string }[] }
  expect(clients).toEqual([expect.objectContaining({ url: `${address}/loki/api/v1/push` })])
}

/** Alloy's form: blocks with or without a label, attributes, one statement a line. */
function expectAlloy(text: string, address: string): void {
  let depth = 0
  for (const line of text.split('\n')) {
    const statement = line.trim()
    if (/^[a-z_.]+( "\w+")? \{$/.test(statement)) depth++
    else if (statement === '}') depth--
    else expect(statement).toMatch(/^\w+ += (".*"|\[.*\]|[a-z_.]+|sys\.env\("\w+"\))$/)
    expect(depth).toBeGreaterThanOrEqual(0)
  }
  expect(depth).toBe(0)
  expect(text).toContain(`url = "${address}/loki/api/v1/push"`)
}
