/**
 * What the packed library must do under any runtime: one program, run as it stands by Node, Bun and Deno in a folder where
 * the package is installed. Prints what runs it, a line for each check, and `N passed, M failed` at the end; ends with 1
 * when one failed.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import {
  addLevel,
  clearContext,
  createHierarchy,
  LEVELS,
  levelName,
  nameFilter,
  setContext,
  textFormatter,
  withContext,
} from '@girok/sdk'
import { configure } from '@girok/sdk/config'
import { TrainingLogger } from '@girok/sdk/domains'
import { defineEvent } from '@girok/sdk/events'
import { jsonFormatter, logfmtFormatter, prettyFormatter } from '@girok/sdk/formatters'
import {
  fileHandler,
  girokHandler,
  redisHandler,
  rotatingFileHandler,
  slackHandler,
  smtpHandler,
  syslogHandler,
} from '@girok/sdk/handlers'
import { nodeRequestLog } from '@girok/sdk/middleware'
import { rateLimit, redact } from '@girok/sdk/processors'
import { captureLogs } from '@girok/sdk/testing'

const folder = mkdtempSync(join(tmpdir(), 'girok-smoke-'))
const checks = []
const check = (name, work) => checks.push({ name, work })

/** A hierarchy with one handler that keeps lines, and its lines. */
function written(formatter, options = {}) {
  const lines = []
  const hierarchy = createHierarchy(options)
  hierarchy.root.setLevel('DEBUG').addHandler({
    name: 'lines',
    level: 0,
    needsSource: formatter.needsSource,
    handle: (record) => void lines.push(formatter.format(record)),
  })
  return { ...hierarchy, log: hierarchy.root, lines, objects: () => lines.map((line) => JSON.parse(line)) }
}

const linesOf = (file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')

async function listen(answer) {
  const seen = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
    seen.push({ url: request.url, headers: request.headers, body: body.toString() })
    answer(response, seen.length)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    close: () => new Promise((done) => server.close(done)),
  }
}

check('levels: a logger takes its own and those above', () => {
  const { log, lines } = written(jsonFormatter())
  log.setLevel('WARNING')
  log.info('no')
  log.warning('yes')
  log.log('CRITICAL', 'yes')
  assert.equal(lines.length, 2)
  assert.equal(log.isEnabledFor('INFO'), false)
})

check('levels: one of your own', () => {
  addLevel('NOTICE', 25)
  const { log, objects } = written(jsonFormatter())
  log.log('NOTICE', 'm')
  assert.equal(objects()[0].level, 'NOTICE')
  assert.equal(levelName(LEVELS.ERROR), 'ERROR')
})

check('hierarchy: levels are inherited, records propagate', () => {
  const { getLogger, objects } = written(jsonFormatter())
  getLogger('a').setLevel('ERROR')
  getLogger('a.b').warning('no')
  getLogger('a.b').error('yes')
  getLogger('c.d').debug('yes')
  getLogger('e').setPropagate(false)
  assert.deepEqual(
    objects().map(({ logger }) => logger),
    ['a.b', 'c.d'],
  )
})

check('JSON: shape, time, values that JSON does not have', () => {
  const { log, objects } = written(jsonFormatter(), { now: () => Date.UTC(2026, 0, 31, 8, 5, 7, 42) })
  const ring = { n: 1 }
  ring.ring = ring
  log.info('기록', {
    big: 12345678901234567890n,
    nan: Number.NaN,
    map: new Map([['k', 1]]),
    ring,
    date: new Date(0),
    s: '\ud800',
  })
  const [record] = objects()
  assert.equal(record.timestamp, '2026-01-31T08:05:07.042Z')
  assert.equal(record.message, '기록')
  assert.deepEqual(record.big, '12345678901234567890')
  assert.deepEqual(record.map, { k: 1 })
  assert.equal(record.date, '1970-01-01T00:00:00.000Z')
  assert.equal(record.nan, 'NaN')
})

check('JSON: errors with type, message, stack and cause', () => {
  const { log, objects } = written(jsonFormatter())
  log.error('failed', new TypeError('outer', { cause: new RangeError('inner') }))
  const text = JSON.stringify(objects()[0])
  for (const part of ['TypeError', 'outer', 'RangeError', 'inner', 'smoke.mjs']) assert.ok(text.includes(part), part)
})

check('text: a pattern as in Python', () => {
  const { log, lines } = written(textFormatter('%(name)s - %(levelname)-8s - %(message)s'))
  log.warning('hello', { a: 1, b: 'two words' })
  assert.equal(lines[0], 'root - WARNING  - hello a=1 b="two words"')
})

check('logfmt', () => {
  const { log, lines } = written(logfmtFormatter())
  log.warning('hello there', { a: 1 })
  assert.match(lines[0], /level=\S+/)
  assert.match(lines[0], /"hello there"/)
  assert.match(lines[0], / a=1/)
})

check('pretty', () => {
  const { log, lines } = written(prettyFormatter({ colors: false }))
  log.error('hello there', { a: 1 })
  assert.match(lines[0], /ERROR.*hello there/)
})

check('arguments: fields first, lazy ones, templates', () => {
  const { log, objects } = written(jsonFormatter())
  log.info({ a: 1 }, 'one')
  log.info(() => ['two', { b: 2 }])
  log.info`three ${3}`
  log.setLevel('ERROR')
  log.info(() => assert.fail('called though it is not logged'))
  assert.deepEqual(
    objects().map(({ message, a, b }) => [message, a, b]),
    [
      ['one', 1, undefined],
      ['two', undefined, 2],
      ['three 3', undefined, undefined],
    ],
  )
})

check('bound fields, defaults and those of the call', () => {
  const { log, objects } = written(jsonFormatter())
  log.setDefaults({ a: 'default', d: 'default' })
  log.with({ a: 'bound', b: 'bound' }).info('m', { b: 'call' })
  const { a, b, d } = objects()[0]
  assert.deepEqual([a, b, d], ['bound', 'call', 'default'])
})

check('context: over awaits and timers, apart in parallel calls', async () => {
  const { log, objects } = written(jsonFormatter())
  const request = (id) =>
    withContext({ request_id: id }, async () => {
      await sleep(5)
      log.info('a')
      await Promise.all([Promise.resolve().then(() => log.info('b')), new Promise((done) => setTimeout(done, 3))])
      await new Promise((done) =>
        setTimeout(() => {
          log.info('c')
          done()
        }, 3),
      )
    })
  await Promise.all([request(1), request(2), request(3)])
  log.info('outside')
  for (const message of ['a', 'b', 'c']) {
    const ids = objects()
      .filter((one) => one.message === message)
      .map((one) => one.request_id)
    assert.deepEqual(ids.sort(), [1, 2, 3], message)
  }
  assert.equal(objects().at(-1).request_id, undefined)
})

check('context: set for the rest of a function', async () => {
  const { log, objects } = written(jsonFormatter())
  await withContext({ a: 1 }, async () => {
    setContext({ b: 2 })
    await sleep(1)
    log.info('m')
    clearContext()
    log.info('n')
  })
  assert.deepEqual(
    objects().map(({ a, b }) => [a, b]),
    [
      [1, 2],
      [undefined, undefined],
    ],
  )
})

check('source: file, function and line of the call', () => {
  const hierarchy = createHierarchy()
  const { root } = hierarchy
  const logs = captureLogs({ hierarchy, source: true })
  function namedFunction() {
    root.info('here')
  }
  namedFunction()
  logs.stop()
  const { source } = logs.records[0]
  assert.equal(source?.file, 'smoke.mjs')
  assert.equal(source?.function, 'namedFunction')
  const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
  assert.equal(source?.line, lines.findIndex((text) => text.includes("root.info('here')")) + 1)
})

check('redaction: paths, names at any depth, patterns', () => {
  const { log, lines } = written(jsonFormatter())
  log.setProcessors([redact({ paths: ['user.password'], keys: ['token'], patterns: ['email', 'card'] })])
  const given = { user: { password: 'hunter2' }, deep: [{ token: 't0ken' }], note: 'write to kim@example.com' }
  log.info('card 4111 1111 1111 1111', given)
  for (const secret of ['hunter2', 't0ken', 'kim@example.com', '4111 1111'])
    assert.ok(!lines[0].includes(secret), secret)
  assert.equal(given.user.password, 'hunter2')
})

check('processors and filters drop and count', () => {
  const lines = []
  const limited = createHierarchy({ now: () => 0 })
  limited.root.setLevel('INFO').setProcessors([rateLimit({ perSecond: 1, burst: 2 })])
  limited.root.addHandler({ name: 'lines', level: 0, handle: (record) => void lines.push(record.message) })
  for (let i = 0; i < 5; i++) limited.root.info('m')
  assert.equal(lines.length, 2)
  assert.equal(limited.dropped.rate_limited, 3)
  const kept = []
  const named = createHierarchy()
  named.root.addHandler({
    name: 'k',
    level: 0,
    filters: [nameFilter('a')],
    handle: (record) => void kept.push(record.logger),
  })
  named.getLogger('a.b').error('m')
  named.getLogger('ab').error('m')
  assert.deepEqual(kept, ['a.b'])
  assert.equal(named.dropped.filtered, 1)
})

check('file: lines in order, there after flush', async () => {
  const { root, close } = createHierarchy()
  root.setLevel('INFO').addHandler(fileHandler({ path: join(folder, 'plain.log') }))
  for (let n = 0; n < 1000; n++) root.info('m', { n })
  await close()
  assert.deepEqual(
    linesOf('plain.log').map((line) => JSON.parse(line).n),
    Array.from({ length: 1000 }, (_, n) => n),
  )
})

check('file: rotation by size keeps every line, compressed', async () => {
  const { root, close } = createHierarchy()
  const handler = rotatingFileHandler({ path: join(folder, 'turn.log'), maxBytes: 20_000, backupCount: 50, gzip: true })
  root.setLevel('INFO').addHandler(handler)
  for (let n = 0; n < 2000; n++) root.info('m', { n })
  await close()
  const files = readdirSync(folder).filter((name) => name.startsWith('turn.log'))
  assert.ok(files.length > 5, files.join())
  assert.ok(
    files.some((name) => name.endsWith('.gz')),
    files.join(),
  )
  const numbers = files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd()
    return text.split('\n').map((line) => JSON.parse(line).n)
  })
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    Array.from({ length: 2000 }, (_, n) => n),
  )
})

/** Runs ending.mjs by this runtime until it ends. */
async function runEnding(file, way, url = '') {
  const flags = globalThis.Deno === undefined ? [] : ['run', '-A', '--no-lock']
  const args = [...flags, new URL('ending.mjs', import.meta.url).pathname, join(folder, file), way, url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (way === 'SIGTERM' && output.includes('logged')) child.kill('SIGTERM')
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [code, signal] = await new Promise((done) => child.on('close', (...end) => done(end)))
  clearTimeout(timer)
  return { code, signal, output }
}

for (const way of ['return', 'exit', 'throw', 'reject', 'SIGTERM']) {
  check(`file: all 1000 lines are kept at ${way}`, async () => {
    const { code, signal, output } = await runEnding(`${way}.log`, way)
    assert.equal(linesOf(`${way}.log`).length, 1000, output)
    if (way === 'SIGTERM') assert.ok(signal === 'SIGTERM' || code === 143, `ended with ${code} ${signal}`)
    else assert.equal(code === 0, way === 'return' || way === 'exit', `ended with ${code} ${signal}\n${output}`)
  })
}

check('girok: batches arrive, a refused attempt comes again under its key', async () => {
  const server = await listen((response, number) => void response.writeHead(number === 1 ? 503 : 204).end())
  const { root, close } = createHierarchy()
  const handler = girokHandler({ url: server.url, token: 'secret', intervalMs: 5, firstRetryMs: 1, complain() {} })
  root.setLevel('INFO').addHandler(handler)
  for (let n = 0; n < 500; n++) root.info('m', { n })
  await handler.flush()
  assert.equal(handler.stats.sent, 500)
  assert.equal(server.seen[0].headers['idempotency-key'], server.seen[1].headers['idempotency-key'])
  assert.equal(server.seen[0].headers.authorization, 'Bearer secret')
  const numbers = server.seen.slice(1).flatMap(({ body }) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).n),
  )
  assert.deepEqual(
    numbers,
    Array.from({ length: 500 }, (_, n) => n),
  )
  await close()
  await server.close()
})

check('girok: a program that just ends has sent its records', async () => {
  const server = await listen((response) => void response.writeHead(204).end())
  const { code, output } = await runEnding('sent.log', 'return', server.url)
  const lines = server.seen.flatMap(({ body }) => body.trimEnd().split('\n'))
  assert.equal(lines.length, 1000, output)
  assert.equal(code, 0, output)
  await server.close()
})

check('girok: what cannot be sent waits on disk for the next one', async () => {
  const spool = { directory: join(folder, 'spool') }
  const first = createHierarchy()
  const options = { intervalMs: 5, firstRetryMs: 1, closeTimeoutMs: 500, spool, complain() {} }
  first.root.setLevel('INFO').addHandler(girokHandler({ url: 'http://127.0.0.1:9', ...options }))
  for (let n = 0; n < 50; n++) first.root.info('m', { n })
  await first.close()
  const server = await listen((response) => void response.writeHead(204).end())
  const next = girokHandler({ url: server.url, ...options })
  await next.flush()
  await next.close()
  const lines = server.seen.flatMap(({ body }) => body.trimEnd().split('\n'))
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).n),
    Array.from({ length: 50 }, (_, n) => n),
  )
  await server.close()
})

check('slack: the message names the place of the call', async () => {
  const server = await listen((response) => void response.end('ok'))
  const { root, close } = createHierarchy()
  root.addHandler(slackHandler({ webhookUrl: `${server.url}/services/x`, title: 'Smoke', intervalMs: 1 }))
  root.error('smoke')
  await close()
  const { text, attachments } = JSON.parse(server.seen[0].body)
  assert.equal(text, ':warning: *ERROR* in Smoke')
  assert.match(attachments[0].fields[1].value, /^smoke\.mjs:\d+$/)
  await server.close()
})

check('syslog: a datagram arrives', async () => {
  const socket = createSocket('udp4')
  const message = new Promise((done) => socket.once('message', (bytes) => done(bytes.toString())))
  await new Promise((done) => socket.bind(0, '127.0.0.1', done))
  const { root, close } = createHierarchy()
  root.addHandler(syslogHandler({ port: socket.address().port, appName: 'smoke', hostname: 'h', intervalMs: 1 }))
  root.error('no card', { order_id: 1 })
  assert.match(await message, /^<11>1 \S+Z h smoke \d+ - - root: no card order_id=1$/)
  await close()
  await new Promise((done) => socket.close(done))
})

check('packages that are not installed: a word of what to install, and the records wait', async () => {
  const complaints = []
  const options = { level: 'ERROR', intervalMs: 1, closeTimeoutMs: 50, complain: (text) => void complaints.push(text) }
  const mail = smtpHandler({ from: 'a@example.com', to: ['b@example.com'], ...options })
  const redis = redisHandler(options)
  const { root, close } = createHierarchy()
  root.addHandler(mail).addHandler(redis)
  root.error('m')
  for (let i = 0; i < 100 && complaints.length < 2; i++) await sleep(10)
  const told = complaints.join('\n')
  assert.match(told, /npm install ioredis/)
  assert.match(told, /npm install nodemailer/)
  assert.deepEqual([mail.stats.waiting, redis.stats.waiting], [1, 1])
  await close()
})

check('configuration by an object; mistakes say where', async () => {
  const hierarchy = createHierarchy()
  configure(
    {
      version: 1,
      formatters: { json: { kind: 'json' } },
      handlers: { file: { kind: 'file', path: join(folder, 'configured.log'), formatter: 'json' } },
      loggers: { noisy: { level: 'ERROR' } },
      root: { level: 'INFO', handlers: ['file'] },
    },
    { hierarchy },
  )
  hierarchy.getLogger('x').info('yes')
  hierarchy.getLogger('noisy').info('no')
  await hierarchy.close()
  assert.deepEqual(
    linesOf('configured.log').map((line) => JSON.parse(line).message),
    ['yes'],
  )
  assert.throws(() => configure({ version: 1, handlers: { a: { kind: 'fiel' } } }, { hierarchy }), /handlers\.a/)
})

check('captureLogs', async () => {
  const { getLogger } = await import('@girok/sdk')
  const logs = await captureLogs(async () => {
    await sleep(1)
    getLogger('shop').info('order placed', { order_id: 7 })
  })
  assert.equal(logs.find({ message: 'order placed', level: 'INFO' })?.fields.order_id, 7)
})

check('defineEvent: compiled JSON is that of jsonFormatter', () => {
  const { log, objects } = written(jsonFormatter())
  const orderPlaced = defineEvent({
    name: 'order_placed',
    fields: { order_id: 'string', total: 'number', note: 'string?' },
  })
  orderPlaced(log, { order_id: 'o"1', total: 9.5 })
  const { order_id, total, note, message } = objects()[0]
  assert.deepEqual([order_id, total, note, message], ['o"1', 9.5, undefined, 'order_placed'])
})

check('a domain logger writes its file', async () => {
  const training = new TrainingLogger('llama', { logDirectory: join(folder, 'logs'), hierarchy: createHierarchy() })
  training.logEpochStart({ epoch: 1, total_epochs: 3 })
  training.logStep({ epoch: 1, step: 10, loss: 0.5, learning_rate: 1e-4 })
  await training.close?.()
  const [name] = readdirSync(join(folder, 'logs/training'))
  const lines = linesOf(`logs/training/${name}`).map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['training_epoch_start', 'training_step'],
  )
})

check('requests: an id for everything below, and a record of the end', async () => {
  const { log, getLogger, objects } = written(jsonFormatter())
  const server = createServer(
    nodeRequestLog(
      async (_request, response) => {
        await sleep(1)
        getLogger('inside').info('below')
        response.end('hello')
      },
      { logger: log },
    ),
  )
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/x?y=1`, {
    headers: { 'x-request-id': 'abc-123' },
  })
  assert.equal(await answer.text(), 'hello')
  await sleep(20)
  await new Promise((done) => server.close(done))
  const below = objects().find(({ message }) => message === 'below')
  assert.equal(below?.request_id, 'abc-123')
  assert.ok(
    objects().some((one) => one.request_id === 'abc-123' && one.status_code === 200),
    JSON.stringify(objects()),
  )
})

const { Bun, Deno } = globalThis
const runtime = Bun ? `bun ${Bun.version}` : Deno ? `deno ${Deno.version.deno}` : `node ${process.versions.node}`
console.log(`runtime: ${runtime}`)

let passed = 0
let failed = 0
for (const { name, work } of checks) {
  try {
    await work()
    passed++
    console.log(`ok   ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}\n${error?.stack ?? error}`)
  }
}
rmSync(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
