/** A whole server whose store is a ClickHouse server somewhere else: reached by HTTP, through the real client. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildChildScript, type ChildScript } from '../packages/server/src/store/testing/child-script.ts'
import { eventually, lines, push, QUIET, queryRange, startServer, type TestServer, temporaryFolder } from './server.ts'

const PASSWORD = 'p%C3%A4ss:word'
const dataDir = temporaryFolder()
const remoteDir = temporaryFolder()
const now = Date.now()
let script: ChildScript
let remote: ChildProcess
let url: string
let server: TestServer

const start = () =>
  startServer({
    dataDir,
    args: [...QUIET, '--set', `store.url=${url}`, '--set', 'store.username=girok', '--set', 'store.database=logs'],
    env: { GIROK_STORE__PASSWORD: PASSWORD },
  })

beforeAll(async () => {
  script = await buildChildScript(new URL('./store/facade-child.ts', import.meta.url))
  remote = fork(script.path, [remoteDir, 'girok', PASSWORD], { env: { ...process.env, UV_THREADPOOL_SIZE: '16' } })
  const [{ url: said }] = (await once(remote, 'message')) as [{ url: string }]
  url = said
  server = await start()
})
afterAll(async () => {
  await server?.dispose()
  if (remote) {
    const ended = once(remote, 'exit')
    remote.disconnect()
    await ended
  }
  script?.remove()
  for (const folder of [dataDir, remoteDir]) rmSync(folder, { recursive: true, force: true })
})

const LINES = ['{"loss":0.05,"step":100}', '{"loss":0.5,"step":1000}', 'plain \t "text" \\ with é and \u{1f600}']
const all = () => lines(server, '{app="remote"}').then((found) => found.sort())
async function get<T>(path: string): Promise<T> {
  const response = await server.fetch(path)
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: T }).data
}

test('takes and finds lines, and keeps nothing of them itself', async () => {
  const values = LINES.map((line, i) => [now + i, line] as const)
  expect(await push(server, { app: 'remote', job: 'training' }, values, { 'idempotency-key': 'first' })).toBe(204)
  expect(await all()).toEqual([...LINES].sort())
  expect(await lines(server, '{app="remote"} |= "é"')).toEqual([LINES[2]])
  expect(await lines(server, '{app="remote"} | json | loss < 0.1')).toEqual([LINES[0]])
  expect(existsSync(join(dataDir, 'store'))).toBe(false)
  const status = (await (await server.fetch('/girok/v1/status')).json()) as { store: { kind: string; rows: number } }
  expect(status.store).toMatchObject({ kind: 'clickhouse', rows: 3 })
})

test('metric queries, in the engine and by rows', async () => {
  for (const pushdown of ['on', 'off']) {
    const params = { start: `${now - 60_000}000000`, end: `${now + 60_000}000000`, step: '120', pushdown }
    const { result } = await queryRange(server, 'sum by (app) (count_over_time({app="remote"}[5m]))', params)
    expect((result as { values: [number, string][] }[])[0]?.values.at(-1)?.[1]).toBe('3')
  }
})

test('labels, values, series, stats and volume', async () => {
  expect(await get('/loki/api/v1/labels')).toEqual(['app', 'job', 'service_name'])
  expect(await get('/loki/api/v1/label/job/values')).toEqual(['training'])
  const selector = new URLSearchParams({ 'match[]': '{app="remote"}' })
  expect(await get(`/loki/api/v1/series?${selector}`)).toEqual([
    { app: 'remote', job: 'training', service_name: 'remote' },
  ])
  const stats = await server.fetch(`/loki/api/v1/index/stats?${new URLSearchParams({ query: '{app="remote"}' })}`)
  expect(await stats.json()).toMatchObject({ streams: 1, entries: 3 })
})

test('after a restart everything is there, and a batch sent again is known', async () => {
  expect(await server.stop()).toBe(0)
  server = await start()
  expect(await all()).toEqual([...LINES].sort())
  const values = LINES.map((line, i) => [now + i, line] as const)
  expect(await push(server, { app: 'remote', job: 'training' }, values, { 'idempotency-key': 'first' })).toBe(204)
  expect(await push(server, { app: 'remote', job: 'training' }, [[now + 9, 'later']])).toBe(204)
  expect(await all()).toEqual([...LINES, 'later'].sort())
})

test('while the store is away nothing is acknowledged and the answer says so; it goes on when the store is back', async () => {
  remote.send('down')
  await eventually(async () => {
    const response = await server.fetch('/loki/api/v1/query_range?query=%7Bapp%3D%22remote%22%7D')
    const text = await response.text()
    return response.status === 503 && /store|ClickHouse/i.test(text)
  })
  const refused = push(server, { app: 'remote', job: 'training' }, [[now + 10, 'away']])
  expect(await refused).toBe(503)
  remote.send('up')
  await eventually(async () => (await push(server, { app: 'remote', job: 'training' }, [[now + 11, 'back']])) === 204)
  expect(await all()).toContain('back')
})

test('a password that is wrong is told at start, without the password', async () => {
  const started = startServer({
    args: [...QUIET, '--set', `store.url=${url}`, '--set', 'store.username=girok'],
    env: { GIROK_STORE__PASSWORD: 'wrong-secret' },
  })
  const error = await started.then(
    () => undefined,
    (reason: Error) => reason.message,
  )
  expect(error).toMatch(/cannot be used as girok/)
  expect(error).not.toContain('wrong-secret')
})
