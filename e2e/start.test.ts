import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { CLI, eventually, lines, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const running: TestServer[] = []
const start = async (...args: Parameters<typeof startServer>) => {
  const server = await startServer(...args)
  running.push(server)
  return server
}
afterEach(async () => {
  for (const server of running.splice(0)) await server.dispose()
})

test('the lock holds the pid while a server runs and is gone afterwards; only its owner can read the folder', async () => {
  const server = await start()
  const lock = join(server.dataDir, 'girok.lock')
  expect(readFileSync(lock, 'utf8').trim()).toBe(String(server.pid))
  expect(statSync(server.dataDir).mode & 0o777).toBe(0o700)
  expect(await server.stop()).toBe(0)
  expect(() => statSync(lock)).toThrow()
})

test('what was stored is there after a restart', async () => {
  const first = await start()
  const now = Date.now()
  expect(await push(first, { app: 'a' }, [[now, 'kept']])).toBe(204)
  await first.stop()
  const second = await start({ dataDir: first.dataDir })
  expect(await lines(second, '{app="a"}')).toEqual(['kept'])
})

test('a second server on the same data is refused and told who has it', async () => {
  const server = await start()
  const second = spawnSync(process.execPath, [CLI, 'serve', '--port', '0', '--data', server.dataDir, ...QUIET], {
    encoding: 'utf8',
  })
  expect(second.status).toBe(1)
  expect(second.stderr).toContain(String(server.pid))
  expect(second.stderr).not.toContain('    at ')
})

test('a stale lock, and one whose pid now belongs to another program, do not block', async () => {
  const dataDir = temporaryFolder()
  try {
    writeFileSync(join(dataDir, 'girok.lock'), '999999999')
    const first = await start({ dataDir })
    await first.stop()
    const other = spawn('sleep', ['60'])
    try {
      await new Promise((done) => setTimeout(done, 1_500))
      writeFileSync(join(dataDir, 'girok.lock'), String(other.pid))
      const second = await start({ dataDir })
      expect(readFileSync(join(dataDir, 'girok.lock'), 'utf8').trim()).toBe(String(second.pid))
      await second.stop()
    } finally {
      other.kill()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test.each([
  ['an unknown key', ['--set', 'server.prot=1'], /server\.port/],
  ['a wrong value', ['--set', 'server.basePath=x'], /server\.basePath/],
  ['an unknown flag', ['--prot', '1'], /--port/],
  ['a missing file', ['--config', '/nowhere/girok.yaml'], /\/nowhere\/girok\.yaml/],
  ['a data directory that cannot be made', ['--data', '/proc/girok'], /\/proc\/girok/],
  ['listening beyond loopback without a token', ['--set', 'server.host=0.0.0.0'], /token create/],
])('%s is told in words', (_what, args, message) => {
  const dataDir = temporaryFolder()
  try {
    const data = args.includes('--data') ? [] : ['--data', dataDir]
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'serve', '--port', '0', ...data, ...args], {
      encoding: 'utf8',
    })
    expect(status).toBeGreaterThan(0)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('a port in use is told in words, and the data directory is free again', async () => {
  const server = await start()
  const dataDir = temporaryFolder()
  const { port } = new URL(server.url)
  const taken = spawnSync(process.execPath, [CLI, 'serve', '--port', port, '--data', dataDir, ...QUIET], {
    encoding: 'utf8',
  })
  expect(taken.status).toBe(1)
  expect(taken.stderr).toContain(`port ${port}`)
  const second = await start({ dataDir })
  await second.dispose()
  rmSync(dataDir, { recursive: true, force: true })
})

test('samples run, are marked, and are removed exactly; the choice outlives a restart', async () => {
  const server = await start({ args: ['--set', 'log.ingest=false'] })
  await push(server, { app: 'mine' }, [[Date.now(), 'stays']])
  const jobs = async () => {
    const response = await server.fetch('/loki/api/v1/label/job/values?query={girok_sample="true"}')
    return ((await response.json()) as { data?: string[] }).data ?? []
  }
  await eventually(async () => (await jobs()).length === 5, 20_000)
  const state = await server.fetch('/girok/v1/sample')
  expect(await state.json()).toMatchObject({ running: true })
  const removed = await server.fetch('/girok/v1/sample', { method: 'DELETE' })
  expect(await removed.json()).toMatchObject({ running: false })
  expect(await lines(server, '{girok_sample="true"}')).toEqual([])
  expect(await jobs()).toEqual([])
  expect(await lines(server, '{app="mine"}')).toEqual(['stays'])
  await server.stop()
  const again = await start({ dataDir: server.dataDir, args: ['--set', 'log.ingest=false'] })
  expect(await (await again.fetch('/girok/v1/sample')).json()).toMatchObject({ running: false })
  expect(await lines(again, '{girok_sample="true"}')).toEqual([])
  expect(await lines(again, '{app="mine"}')).toEqual(['stays'])
})

test('its own log is stored, and does not feed itself', async () => {
  const server = await start({ args: ['--no-sample', '--set', 'log.level=DEBUG'] })
  const own = () => lines(server, '{service_name="girok"}')
  await eventually(async () => (await own()).length > 0)
  await new Promise((done) => setTimeout(done, 3_000))
  const before = (await own()).length
  await new Promise((done) => setTimeout(done, 4_000))
  expect((await own()).length - before).toBeLessThan(8)
})

test('flags and a configuration file pass through npm start', async () => {
  const dataDir = temporaryFolder()
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'my.yaml')
  writeFileSync(file, 'sample:\n  linesPerSecond: 3\n')
  const server = await start({ dataDir, args: ['--config', file, '--set', 'tenancy.default=team'] })
  expect(await (await server.fetch('/girok/v1/sample')).json()).toMatchObject({ linesPerSecond: 3 })
  expect(await (await server.fetch('/girok/v1/status')).json()).toMatchObject({ tenant: 'team' })
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

test('what waits on standard input does not become a record', async () => {
  const dataDir = temporaryFolder()
  const waiting = join(dataDir, 'waiting.tsv')
  writeFileSync(waiting, 'not\ta\trow\n'.repeat(1_000))
  const server = await start({ dataDir, stdin: waiting })
  for (let i = 0; i < 5; i++) expect(await push(server, { app: 'a' }, [[Date.now(), `line ${i}`]])).toBe(204)
  expect((await lines(server, '{app="a"}')).length).toBe(5)
  expect(await (await server.fetch('/girok/v1/status')).json()).toMatchObject({ store: { rows: 5 } })
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
