/** The agent as users meet it: on the command line, by its configuration, through reloads and faults. */
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { AGENT, agentCommand, startAgent, type TestAgent, writeAgentConfig } from './agent.ts'
import { CLI, eventually, lines, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'
import { freePort } from './sockets.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function folderOfTest(): string {
  const folder = temporaryFolder()
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function girok(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer({ args: QUIET, ...options })
  ends.push(() => server.dispose())
  return server
}

async function agentOf(config: string, dataDir: string): Promise<TestAgent> {
  const agent = await startAgent(['--config', config], { dataDir })
  ends.push(() => agent.kill())
  return agent
}

/** A folder with a configuration for `app.log` in it. */
function project(url: string, more: Readonly<Record<string, unknown>> = {}) {
  const folder = folderOfTest()
  const log = join(folder, 'app.log')
  writeFileSync(log, '')
  const inputs = [{ type: 'file', include: ['*.log'], labels: { job: 'app' } }]
  const config = writeAgentConfig(folder, { destinations: [{ type: 'girok', url }], inputs, ...more })
  return { folder, log, config, dataDir: join(folder, 'agent-data') }
}

const there = (server: TestServer, count: number, selector = '{job="app"}') =>
  eventually(async () => (await lines(server, selector)).length >= count, 20_000)

describe('without a configuration', () => {
  test('files of a glob go to a server, also as girok agent', async () => {
    const server = await girok()
    const folder = folderOfTest()
    mkdirSync(join(folder, 'logs/deep'), { recursive: true })
    writeFileSync(join(folder, 'logs/deep/a.log'), 'one\ntwo\n')
    for (const [i, command] of [[AGENT], [CLI, 'agent']].entries()) {
      const agent = spawn(
        process.execPath,
        [...command, '--url', server.url, '--file', 'logs/**/*.log', '--label', `run=r${i}`, '--data', `state${i}`],
        { cwd: folder, stdio: 'ignore' },
      )
      await there(server, 2, `{run="r${i}"}`)
      agent.kill('SIGTERM')
      expect(await new Promise((done) => agent.on('exit', done))).toBe(0)
      expect((await lines(server, `{run="r${i}", filename=~".+/logs/deep/a.log"}`)).sort()).toEqual(['one', 'two'])
    }
  })

  test('standard input is read to its end, delivered, and the agent ends', async () => {
    const server = await girok()
    const folder = folderOfTest()
    const text = Array.from({ length: 5_000 }, (_, i) => `line ${i}`).join('\n')
    const { status, stderr } = spawnSync(
      process.execPath,
      [AGENT, '--url', server.url, '--stdin', '--label', 'job=pipe', '--data', join(folder, 'state')],
      { input: text, encoding: 'utf8', timeout: 30_000 },
    )
    expect(status, stderr).toBe(0)
    expect(new Set(await lines(server, '{job="pipe"}')).size).toBe(5_000)
  })

  test.each([
    [['--stdn'], 'unknown flag --stdn; did you mean --stdin?'],
    [['stauts'], 'unknown command stauts; did you mean status?'],
    [['--label', 'x'], 'say what to collect'],
    [['--file', 'x', '--label', 'x'], '--label x: write NAME=VALUE'],
    [[], 'there is no girok-agent.yaml here'],
    [['--config', 'none.yaml'], 'there is no file '],
    [['status', '--data', 'nowhere'], 'no agent has run with the data directory nowhere'],
  ])('%j is refused in words', async (args, message) => {
    const { code, stderr } = await agentCommand(args, { cwd: folderOfTest() })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(code).toBe(2)
  })
})

describe('girok-agent check', () => {
  const input = { type: 'file', include: ['*.log'] }
  const destinations = [{ type: 'girok', url: 'http://127.0.0.1:1' }]
  test.each<[string, unknown, RegExp]>([
    ['an unknown key', { destinations, inputs: [input], spol: {} }, /:\d+: spol: unknown key, did you mean spool\?/],
    [
      'a misspelt option',
      { destinations, inputs: [{ ...input, exlude: ['x'] }] },
      /inputs\[0\]\.exlude: unknown key, did you mean exclude\?/,
    ],
    ['no destination', { destinations: [], inputs: [input] }, /destinations: .*name at least one destination/],
    [
      'a kind that is none',
      { destinations, inputs: [{ type: 'flie' }] },
      /inputs\[0\]\.type: there is no type of input "flie", did you mean file\?/,
    ],
    ['a missing option', { destinations, inputs: [{ type: 'file' }] }, /inputs\[0\]\.include: is missing/],
    [
      'a size that is none',
      { destinations, inputs: [input], spool: { maxBytes: 'much' } },
      /spool\.maxBytes: much: not a size/,
    ],
    [
      'a stage that is none',
      { destinations, inputs: [{ ...input, processors: [{ jsn: {} }] }] },
      /inputs\[0\]\.processors\[0\]: there is no stage "jsn" ?\(did you mean json\?\)/,
    ],
    [
      'a regex that is none',
      { destinations, inputs: [{ ...input, processors: [{ regex: { expression: '(' } }] }] },
      /inputs\[0\]\.processors\[0\]\.regex\.expression: /,
    ],
    [
      'a label that is none',
      { destinations, inputs: [input], labels: { 'a-b': 'x' } },
      /labels\.a-b: .*a label is named by letters/,
    ],
    [
      'two destinations of a name',
      { destinations: [...destinations, ...destinations].map((one) => ({ ...one, name: 'x' })), inputs: [input] },
      /two destinations named x/,
    ],
  ])('%s', async (_, config, message) => {
    const folder = folderOfTest()
    writeFileSync(join(folder, 'girok-agent.yaml'), stringify(config))
    const { code, stderr } = await agentCommand(['check'], { cwd: folder })
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
  })

  test('a variable that is not set, and one with a default', async () => {
    const folder = folderOfTest()
    const file = join(folder, 'girok-agent.yaml')
    writeFileSync(file, `destinations:\n  - type: girok\n    url: \${NO_SUCH_URL}\n`)
    const { stderr } = await agentCommand(['check'], { cwd: folder })
    expect(stderr).toContain(`${file}:3: the environment has no variable NO_SUCH_URL`)
    writeFileSync(file, `destinations:\n  - type: girok\n    url: \${NO_SUCH_URL:-http://127.0.0.1:1}\n`)
    expect((await agentCommand(['check'], { cwd: folder })).code).toBe(0)
  })
})

test('a configuration that changes is put in force; a broken one is told, and the one before stays', async () => {
  const server = await girok()
  const { folder, log, config, dataDir } = project(server.url)
  const agent = await agentOf(config, dataDir)
  appendFileSync(log, 'before\n')
  await there(server, 1)
  const other = join(folder, 'other.txt')
  writeFileSync(other, 'other\n')
  const destinations = [{ type: 'girok', url: server.url }]
  const base = { dataDir: 'agent-data', status: { port: 0 }, destinations }
  const inputs = [
    { type: 'file', include: ['*.log'], labels: { job: 'app' } },
    { type: 'file', include: ['*.txt'], labels: { job: 'other' } },
  ]
  writeFileSync(config, stringify({ ...base, inputs }))
  await there(server, 1, '{job="other"}')
  writeFileSync(config, stringify({ ...base, inputs: 'none' }))
  await eventually(() => agent.output().includes('stays in force'))
  const answer = (await (await fetch(`${agent.url()}/status`)).json()) as { configuration: { error?: string } }
  expect(answer.configuration.error).toMatch(/girok-agent\.yaml:\d+: inputs: is none: write a list/)
  appendFileSync(log, 'after\n')
  await there(server, 2)
  expect((await lines(server, '{job="app"}')).sort()).toEqual(['after', 'before'])
  expect(await lines(server, '{job="other"}')).toEqual(['other'])
  const posted = await fetch(`${agent.url()}/-/reload`, { method: 'POST' })
  expect(posted.status).toBe(400)
  expect(await agent.stop()).toBe(0)
})

test('while the server is away lines wait in the spool, across a kill of the agent, and arrive in order', async () => {
  const port = await freePort()
  const { log, config, dataDir } = project(`http://127.0.0.1:${port}`)
  let agent = await agentOf(config, dataDir)
  for (let i = 0; i < 3_000; i++) appendFileSync(log, `line ${String(i).padStart(5, '0')}\n`)
  await eventually(async () => ((await agent.status()).destinations[0]?.backlog.records ?? 0) > 0)
  await eventually(async () => (await agent.status()).inputs[0]?.sources[0]?.lagBytes === 0)
  expect((await agent.status()).destinations[0]?.lastError).toMatch(/ECONNREFUSED|refused/)
  const shown = await agentCommand(['status', '--config', config])
  expect(shown.stdout).toMatch(/wait/)
  expect(shown.code).toBe(1)
  await agent.kill()
  agent = await agentOf(config, dataDir)
  const server = await girok({ args: [...QUIET, '--port', String(port)] })
  await there(server, 3_000)
  const found = await lines(server, '{job="app"}', { direction: 'forward' })
  expect(found).toEqual(Array.from({ length: 3_000 }, (_, i) => `line ${String(i).padStart(5, '0')}`))
})

test('a flipped byte in the spool costs the records that cannot be verified, and no more; they are counted', async () => {
  const port = await freePort()
  const { log, config, dataDir } = project(`http://127.0.0.1:${port}`, { batch: { maxBytes: '16KiB' } })
  let agent = await agentOf(config, dataDir)
  const total = 5_000
  for (let i = 0; i < total; i++) appendFileSync(log, `line ${i} ${'x'.repeat(50)}\n`)
  await eventually(async () => (await agent.status()).inputs[0]?.sources[0]?.lagBytes === 0)
  await eventually(async () => ((await agent.status()).destinations[0]?.backlog.bytes ?? 0) > total * 50)
  await agent.kill()
  const spool = join(dataDir, 'spool')
  const segment = join(spool, readdirSync(spool).find((name) => name.endsWith('.spool')) ?? '')
  const bytes = readFileSync(segment)
  // In the lines of a record, not in its head: then it is known how many they are.
  const at = bytes.indexOf(`line ${total / 2} `)
  bytes[at] = (bytes[at] ?? 0) ^ 0x40
  writeFileSync(segment, bytes)
  agent = await agentOf(config, dataDir)
  const server = await girok({ args: [...QUIET, '--port', String(port)] })
  await eventually(async () => (await agent.status()).destinations[0]?.backlog.records === 0, 20_000)
  const { corrupt } = (await agent.status()).spool
  const found = new Set(await lines(server, '{job="app"}'))
  expect(corrupt.records).toBe(1)
  expect(corrupt.count).toBeGreaterThan(0)
  expect(found.size).toBe(total - corrupt.count)
  expect(await fetch(`${agent.url()}/metrics`).then((answer) => answer.text())).toContain(
    'girok_agent_spool_corrupt_records_total 1',
  )
})

test('a full spool gives up its oldest records, says so and counts them', async () => {
  const port = await freePort()
  const folder = folderOfTest()
  const config = writeAgentConfig(folder, {
    destinations: [{ type: 'girok', url: `http://127.0.0.1:${port}` }],
    inputs: [{ type: 'stdin', labels: { job: 'pipe' } }],
    spool: { maxBytes: '16MiB' },
  })
  const agent = await startAgent(['--config', config], { dataDir: join(folder, 'agent-data'), stdin: 'pipe' })
  ends.push(() => agent.kill())
  const total = 300_000
  const filler = 'x'.repeat(100)
  for (let i = 0; i < total; i += 1_000) {
    const text = Array.from({ length: 1_000 }, (_, k) => `line ${i + k} ${filler}\n`).join('')
    await new Promise((written) => agent.child.stdin?.write(text, written))
  }
  await eventually(async () => (await agent.status()).spool.evicted.full > 0, 20_000)
  const server = await girok({ args: [...QUIET, '--port', String(port)] })
  await eventually(async () => (await agent.status()).destinations[0]?.backlog.records === 0, 60_000)
  const { evicted } = (await agent.status()).spool
  const sent = (await agent.status()).destinations[0]?.sent.lines ?? 0
  expect(sent + evicted.full).toBe(total)
  // The newest are there.
  expect(await lines(server, `{job="pipe"} |= "line ${total - 1} "`)).toHaveLength(1)
})

test('one spool feeds several destinations, each at its own pace: Girok, a Loki, an OTLP endpoint', async () => {
  const server = await girok()
  const seen: { path: string; tenant: string | undefined; type: string | undefined; authorization?: string }[] = []
  let open = false
  const other = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      if (open) {
        const { authorization } = request.headers
        seen.push({
          path: request.url ?? '',
          tenant: request.headers['x-scope-orgid'] as string | undefined,
          type: request.headers['content-type'],
          ...(authorization !== undefined && { authorization }),
        })
      }
      response.writeHead(open ? 200 : 503).end()
    })
  })
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
  ends.push(() => other.close())
  const url = `http://127.0.0.1:${(other.address() as { port: number }).port}`
  const { log, config, dataDir } = project(server.url, {
    destinations: [
      { type: 'girok', url: server.url },
      { type: 'loki', name: 'team-loki', url, tenant: 'team-a', basic: { username: 'u', password: 'p' } },
      { type: 'otlp', url, token: 'secret-token' },
    ],
  })
  const agent = await agentOf(config, dataDir)
  appendFileSync(log, 'one\ntwo\n')
  await there(server, 2)
  expect(seen).toEqual([])
  open = true
  await eventually(
    async () => (await agent.status()).destinations.every(({ backlog }) => backlog.records === 0),
    20_000,
  )
  expect(seen).toContainEqual({
    path: '/loki/api/v1/push',
    tenant: 'team-a',
    type: 'application/x-protobuf',
    authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
  })
  expect(seen).toContainEqual({
    path: '/v1/logs',
    tenant: undefined,
    type: 'application/x-protobuf',
    authorization: 'Bearer secret-token',
  })
  expect(agent.output() + JSON.stringify(await agent.status())).not.toMatch(/secret-token|"p"/)
})

test('a configuration of Promtail is put to work as it is; one of Alloy is refused with the form to use', async () => {
  const server = await girok()
  const folder = folderOfTest()
  writeFileSync(join(folder, 'app.log'), '{"level":"warn","msg":"disk","took":12}\n{"level":"info","msg":"noise"}\n')
  // What Promtail had read of a file is not read again.
  const before = 'read before\n'
  writeFileSync(join(folder, 'old.log'), `${before}{"level":"warn","msg":"new","took":1}\n`)
  writeFileSync(join(folder, 'positions.yaml'), `positions:\n  ${folder}/old.log: "${before.length}"\n`)
  writeFileSync(
    join(folder, 'promtail.yaml'),
    `
server:
  http_listen_port: 9080
positions:
  filename: ${folder}/positions.yaml
clients:
  - url: ${server.url}/loki/api/v1/push
scrape_configs:
  - job_name: app
    static_configs:
      - targets: [localhost]
        labels:
          job: promtail
          __path__: ${folder}/*.log
    pipeline_stages:
      - json:
          expressions: {level: level, msg: msg, took: took}
      - drop:
          source: msg
          value: noise
      - labels:
          level:
      - template:
          source: msg
          template: '{{ ToUpper .Value }} {{ .took }}'
      - output:
          source: msg
`,
  )
  const agent = await startAgent(
    ['--promtail-config', join(folder, 'promtail.yaml'), '--data', join(folder, 'state')],
    {
      dataDir: join(folder, 'state'),
    },
  )
  ends.push(() => agent.kill())
  await there(server, 2, '{job="promtail", level="warn"}')
  expect((await lines(server, '{job="promtail"}')).sort()).toEqual(['DISK 12', 'NEW 1'])
  writeFileSync(
    join(folder, 'config.alloy'),
    'loki.source.file "logs" {\n  targets = local.file_match.logs.targets\n  forward_to = [loki.write.default.receiver]\n}\n',
  )
  const refused = await agentCommand(['check', '--promtail-config', join(folder, 'config.alloy')])
  expect(refused.stderr).toMatch(/Alloy/)
  expect(refused.stderr).toContain('scrape_configs')
  expect(refused.code).toBe(2)
})

test('dry-run shows what each processor makes of the lines of a file, and sends nothing', async () => {
  const folder = folderOfTest()
  writeFileSync(join(folder, 'a.log'), '{"level":"warn","user":"a@b.co"}\nnoise\n')
  writeFileSync(
    join(folder, 'girok-agent.yaml'),
    stringify({
      destinations: [{ type: 'girok', url: 'http://127.0.0.1:1' }],
      inputs: [
        {
          type: 'file',
          include: ['*.log'],
          processors: [
            { json: { expressions: { level: 'level' } } },
            { labels: { level: '' } },
            { drop: { expression: '^noise' } },
          ],
        },
      ],
    }),
  )
  const { code, stdout } = await agentCommand(['dry-run', 'a.log'], { cwd: folder })
  expect(code).toBe(0)
  expect(stdout).toMatch(/json/)
  expect(stdout).toMatch(/level="?warn"?/)
  expect(stdout).toMatch(/drop/)
  expect(readdirSync(folder).sort()).toEqual(['a.log', 'girok-agent.yaml'])
})
