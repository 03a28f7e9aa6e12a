/** The command `girok` from outside: built, in a process of its own, against a running server. */
import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, eventually, lines, QUIET, startServer, type TestServer, temporaryFolder, UNLIMITED } from './server.ts'

let server: TestServer
const folder = temporaryFolder()
beforeAll(async () => {
  server = await startServer({ args: [...QUIET, ...UNLIMITED] })
})
afterAll(async () => {
  await server.dispose()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts a program; what it writes is collected. */
function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { GIROK_TOKEN: _, ...inherited } = process.env
  const options: SpawnOptionsWithoutStdio = { cwd: folder, env: { ...inherited, GIROK_URL: server.url, ...env } }
  const child = spawn(program, args, options)
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text.stderr += chunk
  })
  child.stdin.on('error', () => undefined)
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, ...text })))
  return { child, text, ended }
}

const girok = (args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  const { child, ended } = start(process.execPath, [CLI, ...args], env)
  child.stdin.end(input)
  return ended
}
/** A line of shell in which `girok` is the command. */
const shell = (line: string): Promise<Ended> => {
  const { child, ended } = start('bash', [
    '-c',
    `set -o pipefail; girok() { '${process.execPath}' '${CLI}' "$@"; }; ${line}`,
  ])
  child.stdin.end()
  return ended
}
const query = (text: string, ...flags: string[]) => girok(['query', text, ...flags])
const rows = ({ stdout }: Ended) => stdout.split('\n').filter(Boolean)

describe('push', () => {
  test('standard input, with labels', async () => {
    const ended = await girok(['push', '--label', 'app=stdin', '--label', 'env=test'], 'one\ntwo\nlast without end')
    expect(ended).toMatchObject({ code: 0, stdout: '' })
    expect((await lines(server, '{app="stdin", env="test"}')).sort()).toEqual(['last without end', 'one', 'two'])
  })

  test('--tee passes on what it sends, byte for byte', async () => {
    const text = 'a\n\u001b[31mred\u001b[0m\n\n한국어\r\nlast'
    const ended = await girok(['push', '--label', 'app=tee', '--tee'], text)
    expect(ended).toMatchObject({ code: 0, stdout: text })
    expect(await lines(server, '{app="tee"}')).toEqual(expect.arrayContaining(['a', '한국어', 'last']))
    expect(await girok(['push', 'some.log', '--tee'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--tee'),
    })
  })

  test('files, in their order; a file that is not there is named, and nothing is sent', async () => {
    writeFileSync(join(folder, 'a.log'), 'first\nsecond\n')
    writeFileSync(join(folder, 'b.log'), '{"message":"third","level":"error"}\n')
    expect(await girok(['push', 'a.log', 'b.log', '--label', 'app=files'])).toMatchObject({ code: 0 })
    expect(await lines(server, '{app="files"}', { direction: 'forward' })).toHaveLength(3)
    expect(await lines(server, '{app="files"} | detected_level="error"')).toHaveLength(1)
    const missing = await girok(['push', 'a.log', 'missing.log', '--label', 'app=missing'])
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('missing.log') })
    expect(missing.stderr).not.toContain('    at ')
    expect(await lines(server, '{app="missing"}')).toEqual([])
  })

  test('a program that lives on is heard at once', async () => {
    const { child, ended } = start(process.execPath, [CLI, 'push', '--label', 'app=slow'])
    child.stdin.write('early\n')
    await eventually(async () => (await lines(server, '{app="slow"}')).includes('early'))
    child.stdin.end('late\n')
    expect((await ended).code).toBe(0)
    expect((await lines(server, '{app="slow"}')).sort()).toEqual(['early', 'late'])
  })

  test('refused lines and an absent server make it fail, in words', async () => {
    const tooLong = await girok(['push', '--label', 'app=long'], `${'x'.repeat(300_000)}\nshort\n`)
    expect(tooLong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/max entry size[\s\S]*1 lines? (was|were) refused/i),
    })
    expect(await lines(server, '{app="long"}')).toEqual(['short'])
    const away = await girok(['push', '--url', 'http://127.0.0.1:1', '--retry-for', '0s'], 'x\n')
    expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('127.0.0.1:1') })
    expect(away.stderr).not.toContain('    at ')
  })
})

describe('query', () => {
  const time = new Date(Date.now() - 60_000)
  beforeAll(async () => {
    const record = (i: number, message: string) =>
      JSON.stringify({ timestamp: new Date(time.getTime() + i * 1000).toISOString(), level: 'info', message })
    const input = [record(0, 'plain'), record(1, 'with "quotes", commas'), record(2, 'last')].join('\n')
    expect((await girok(['push', '--label', 'app=forms'], input)).code).toBe(0)
  })

  test('line (the default), newest first; --forward, --limit', async () => {
    const ended = await query('{app="forms"}')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(rows(ended)).toHaveLength(3)
    expect(rows(ended)[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \{.*app="forms".*\} \{"timestamp".*"last"\}$/)
    expect(rows(await query('{app="forms"}', '--forward'))[0]).toContain('plain')
    expect(rows(await query('{app="forms"}', '--limit', '2'))).toHaveLength(2)
  })

  test('raw is the line as it came', async () => {
    const ended = await query('{app="forms"} |= "quotes"', '--output', 'raw')
    expect(JSON.parse(ended.stdout)).toMatchObject({ message: 'with "quotes", commas' })
  })

  test('json is one object a line', async () => {
    const parsed = rows(await query('{app="forms"}', '--output', 'json')).map((row) => JSON.parse(row))
    expect(parsed).toHaveLength(3)
    expect(parsed[2]).toMatchObject({ labels: { app: 'forms' }, line: expect.stringContaining('plain') })
    expect(Date.parse(parsed[2].timestamp)).toBe(time.getTime())
  })

  test('csv has a head and quotes what needs it; table has columns', async () => {
    const csv = (await query('{app="forms"} | json | line_format "{{.message}}"', '--output', 'csv', '--forward'))
      .stdout
    expect(csv.split('\r\n')[0]).toBe('timestamp,labels,line')
    expect(csv).toContain('"with ""quotes"", commas"\r\n')
    const table = rows(await query('{app="forms"} | json | line_format "{{.message}}"', '--output', 'table'))
    expect(table[0]).toMatch(/^TIME +LABELS +LINE$/)
    expect(table).toHaveLength(4)
  })

  test('metrics: a table, one value with --instant, csv and json', async () => {
    const text = 'sum by (app) (count_over_time({app="forms"}[5m]))'
    const table = rows(await query(text, '--instant'))
    expect(table[0]).toMatch(/^TIME +METRIC +VALUE$/)
    expect(table[1]).toMatch(/\{app="forms"\} +3$/)
    expect(JSON.parse((await query(text, '--instant', '--output', 'json')).stdout)).toMatchObject({
      metric: { app: 'forms' },
      value: '3',
    })
    const series = await query(text, '--since', '10m', '--step', '1m', '--output', 'csv')
    expect(series.stdout).toMatch(/^timestamp,metric,value\r\n/)
    expect(series.stdout).toContain('"{app=""forms""}",3\r\n')
  })

  test('no colour where it is not wanted, even when a terminal is pretended', async () => {
    const coloured = await girok(['query', '{app="forms"}'], '', { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect(coloured.stdout).not.toContain('\u001b')
    const terminal = (env: string) =>
      start('script', ['-qec', `${env} '${process.execPath}' '${CLI}' query '{app="forms"}'`, '/dev/null']).ended
    const plain = await terminal('NO_COLOR=1')
    expect(plain.stdout).toContain('plain')
    expect(plain.stdout).not.toContain('\u001b[')
    expect((await terminal('TERM=xterm')).stdout).toContain('\u001b[')
  })

  test('a reader that goes away ends it quietly', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'x'.repeat(100)}`).join('\n')
    expect((await girok(['push', '--label', 'app=many'], many)).code).toBe(0)
    const ended = await shell(`girok query '{app="many"}' --limit 0 | head -1; echo "\${PIPESTATUS[0]}"`)
    expect(ended.stderr).toBe('')
    expect(rows(ended)).toEqual([expect.stringContaining('{app="many"'), '0'])
    expect(rows(await query('{app="many"}', '--limit', '0', '--output', 'raw'))).toHaveLength(20_000)
  })
})

describe('exit codes', () => {
  test.each<[string, string[], number, RegExp]>([
    ['a query with a fault', ['query', '{app="x"'], 1, /parse error at line 1, col \d+/],
    ['no query', ['query'], 2, /no query/],
    ['an unknown flag', ['query', '{a="b"}', '--limt', '3'], 2, /--limit/],
    ['an unknown form', ['query', '{a="b"}', '--output', 'xml'], 2, /line, .*csv/],
    ['a limit in words', ['query', '{a="b"}', '--limit', 'ten'], 2, /whole number/],
    ['an empty range', ['query', '{a="b"}', '--from', '1h', '--to', '2h'], 2, /empty/],
    ['an unknown command', ['qeury'], 2, /query/],
    ['a server that is not there', ['query', '{a="b"}', '--url', 'http://127.0.0.1:1'], 1, /127\.0\.0\.1:1/],
    ['a server address that is none', ['query', '{a="b"}', '--url', 'nonsense'], 2, /nonsense/],
    ['a tail of a metric', ['tail', 'rate({a="b"}[1m])'], 1, /./],
    ['a label without a name', ['push', '--label', 'x'], 2, /name=value/],
  ])('%s', async (_what, args, code, message) => {
    const ended = await girok(args)
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, '', expect.stringMatching(message)])
    expect(ended.stderr).toMatch(/^girok: /)
    expect(ended.stderr).not.toContain('    at ')
  })

  test('help is no failure, and nothing found is none either', async () => {
    expect(await girok(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Exit codes'),
      stderr: '',
    })
    expect(await girok(['push', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--tee') })
    expect(await query('{app="nobody"}')).toMatchObject({ code: 0, stdout: '' })
  })
})

test('tail shows lines as they come, and an interrupt ends it', async () => {
  const tail = start(process.execPath, [CLI, 'tail', '{app="live"} |= "wanted"', '--output', 'raw'])
  let sent = 0
  await eventually(async () => {
    await girok(['push', '--label', 'app=live'], `wanted ${sent++}\nother\n`)
    return tail.text.stdout.includes('wanted')
  })
  const began = performance.now()
  await fetch(`${server.url}/ingest?label=app=live`, { method: 'POST', body: '{"message":"wanted at last"}' })
  await eventually(() => tail.text.stdout.includes('at last'))
  expect(performance.now() - began).toBeLessThan(2_000)
  tail.child.kill('SIGINT')
  const ended = await tail.ended
  expect(ended.stdout).not.toContain('other')
  expect([ended.code, ended.stderr]).toEqual([0, ''])
})

describe('tokens', () => {
  test('are made on the command line, bound to a tenant and a scope, and can be taken back', async () => {
    const guarded = await startServer()
    try {
      const create = (...flags: string[]) => girok(['token', 'create', '--data', guarded.dataDir, ...flags])
      const made = await create('--scope', 'ingest', '--tenant', 'acme', '--name', 'writer')
      expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('acme') })
      const writer = made.stdout.trim()
      const reader = (await create('--scope', 'query', '--tenant', 'acme')).stdout.trim()
      const stranger = (await create('--tenant', 'other')).stdout.trim()
      const at = { GIROK_URL: guarded.url }
      const push = (token: string) => girok(['push', '--label', 'app=t'], 'secret\n', { ...at, GIROK_TOKEN: token })
      const read = (token: string) =>
        girok(['query', '{app="t"}', '--output', 'raw'], '', { ...at, GIROK_TOKEN: token })
      expect(await push(writer)).toMatchObject({ code: 0 })
      expect(await read(reader)).toMatchObject({ code: 0, stdout: 'secret\n' })
      expect(await read(stranger)).toMatchObject({ code: 0, stdout: '' })
      expect(await read(writer)).toMatchObject({ code: 1, stderr: expect.stringContaining('query') })
      expect(await push(reader)).toMatchObject({ code: 1, stderr: expect.stringContaining('ingest') })
      expect(await read('')).toMatchObject({ code: 1, stderr: expect.stringMatching(/token/i) })
      const list = await girok(['token', 'list', '--data', guarded.dataDir])
      expect(list.stdout).toMatch(/acme +ingest +\S+ +writer/)
      for (const token of [writer, reader, stranger]) expect(list.stdout).not.toContain(token)
      const id = /^(\S+) +acme +query/m.exec(list.stdout)?.[1] ?? ''
      expect(await girok(['token', 'revoke', id, '--data', guarded.dataDir])).toMatchObject({ code: 0 })
      await eventually(async () => (await read(reader)).code === 1)
    } finally {
      await guarded.dispose()
    }
  })
})

describe('config', () => {
  test('an unknown key is named with the one that was meant, and all faults are told at once', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'retention:\n  maxAeg: 7d\nserver:\n  prot: 4100\n  host: 127.0.0.1\n')
    const ended = await girok(['config', 'check', '--config', 'bad.yaml'])
    expect([ended.code, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toMatch(/retention\.maxAeg.*maxAge/)
    expect(ended.stderr).toMatch(/server\.prot.*port/)
    expect(ended.stderr).toContain('bad.yaml')
  })

  test('a good one is said to be good; print hides secrets and can be read again', async () => {
    writeFileSync(join(folder, 'good.yaml'), 'retention:\n  maxAge: 7d\nstore:\n  password: hunter2\n')
    expect(await girok(['config', 'check', '--config', 'good.yaml'])).toMatchObject({ code: 0, stderr: '' })
    const printed = await girok(['config', 'print', '--config', 'good.yaml', '--set', 'query.maxEntries=77'])
    expect(printed.stdout).toMatch(/maxAge: 7d/)
    expect(printed.stdout).toMatch(/maxEntries: 77/)
    expect(printed.stdout).not.toContain('hunter2')
  })
})

/** What people do with tail, grep and jq on log files, done without their traps. */
describe('debugging from the shell', () => {
  const record = (fields: Record<string, unknown>) => JSON.stringify({ level: 'INFO', ...fields })
  beforeAll(async () => {
    mkdirSync(join(folder, 'logs/training'), { recursive: true })
    const a = [
      record({ message: 'step', step: 100, loss: 0.5 }),
      record({ message: 'step', step: 1000, loss: 0.05 }),
      'Traceback: a line of plain text',
      record({ message: 'no loss here', step: 10 }),
    ]
    const b = [
      `{"message": "spaced", "step": 100, "loss": 0.25}`,
      record({ message: 'loss in words', loss: 'nan?' }),
      record({ message: 'failed', level: 'ERROR', step: 2, loss: 0.08 }),
    ]
    writeFileSync(join(folder, 'logs/training/a.log'), `${a.join('\n')}\n`)
    writeFileSync(join(folder, 'logs/training/b.log'), `${b.join('\n')}\n`)
    const latencies = [120, 80, 400].map((latency_ms) => record({ message: 'inference', latency_ms }))
    writeFileSync(join(folder, 'logs/inference.log'), `${[...latencies, 'plain text'].join('\n')}\n`)
    const pushed = await shell(
      'girok push logs/training/a.log --label job=training --label file=a && ' +
        'girok push logs/training/b.log --label job=training --label file=b && ' +
        'girok push logs/inference.log --label job=inference',
    )
    expect(pushed).toMatchObject({ code: 0, stderr: '' })
  })
  const raw = async (text: string) => rows(await query(text, '--output', 'raw')).sort()

  test('follow many streams and pick a field, whatever else is in them', async () => {
    const tail = start(process.execPath, [
      CLI,
      'tail',
      '{job="training"} | json | __error__="" | loss!="" | line_format "{{.loss}}"',
      '--output',
      'raw',
    ])
    let sent = 0
    await eventually(async () => {
      const loss = 0.5 + sent++
      const both = ['a', 'b'].map((file) =>
        girok(
          ['push', '--label', 'job=training', '--label', `file=${file}`, '--label', 'live=yes'],
          `plain\n${record({ loss })}\n${record({ message: 'no loss' })}\n`,
        ),
      )
      await Promise.all(both)
      return rows({ ...tail.text, code: null }).length >= 2
    })
    tail.child.kill('SIGINT')
    const { stdout, stderr } = await tail.ended
    expect(stderr).toBe('')
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^\d+\.5$/)
  })

  test('pick a field of what there is', async () => {
    expect(await raw('{job="training", live=""} | json | loss > 0 | __error__="" | line_format "{{.loss}}"')).toEqual([
      '0.05',
      '0.08',
      '0.25',
      '0.5',
    ])
  })

  test('select a level', async () => {
    expect(await raw('{job="training", live=""} | json | level="ERROR" | line_format "{{.message}}"')).toEqual([
      'failed',
    ])
  })

  test('loss < 0.1 lets no line pass that has no loss', async () => {
    const found = await raw(
      '{job="training", live=""} | json | loss < 0.1 | __error__="" | line_format "{{.step}} {{.loss}}"',
    )
    expect(found).toEqual(['1000 0.05', '2 0.08'])
  })

  test('step = 100 is 100 exactly, however it is spaced', async () => {
    const found = await raw('{job="training", live=""} | json | step = 100 | __error__="" | line_format "{{.loss}}"')
    expect(found).toEqual(['0.25', '0.5'])
  })

  test.each([
    ['avg', 0.22],
    ['min', 0.05],
    ['max', 0.5],
  ])('%s of a field, over the lines that have it', async (name, expected) => {
    const text = `${name}_over_time({job="training", live=""} | json | loss != "" | unwrap loss | __error__="" [1h]) by ()`
    const ended = await query(text, '--instant', '--output', 'json')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const [only, ...more] = rows(ended)
    expect(more).toEqual([])
    expect(Number(JSON.parse(only ?? '').value)).toBeCloseTo(expected, 10)
  })

  test('mean, smallest and largest latency, with plain text among the lines', async () => {
    const values: number[] = []
    for (const name of ['avg', 'min', 'max']) {
      const text = `${name}_over_time({job="inference"} | json | __error__="" | unwrap latency_ms [1h]) by (job)`
      values.push(Number(JSON.parse((await query(text, '--instant', '--output', 'json')).stdout).value))
    }
    expect(values).toEqual([200, 80, 400])
  })

  test('the lines go to other programs as they are', async () => {
    const ended = await shell(
      `girok query '{job="inference"} |= "latency_ms"' --output raw | grep -o '"latency_ms":[0-9]*' | sort`,
    )
    expect(rows(ended)).toEqual(['"latency_ms":120', '"latency_ms":400', '"latency_ms":80'])
  })
})
