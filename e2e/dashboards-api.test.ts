/** Dashboards by HTTP and from the command line: their life, files, tenants, two servers on one store, Grafana. */
import { type ChildProcess, execFile, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  Dashboard,
  DashboardImportResponse,
  DashboardResponse,
  DashboardsResponse,
  DashboardVersionsResponse,
} from '../packages/server/src/api/contract.ts'
import { buildChildScript, type ChildScript } from '../packages/server/src/store/testing/child-script.ts'
import { CLI, eventually, QUIET, ROOT, startServer, type TestServer, temporaryFolder } from './server.ts'

const PATH = '/girok/v1/dashboards'
const titled = (title: string, rest: Partial<Dashboard> = {}): Dashboard => ({
  title,
  time: { from: 'now-1h', to: 'now' },
  variables: [],
  panels: [
    {
      id: 1,
      title: '요청',
      kind: 'line',
      place: { x: 0, y: 0, w: 12, h: 8 },
      queries: [{ ref: 'A', language: 'promql', expr: 'rate(up[5m])' }],
    },
  ],
  ...rest,
})

type Headers = Readonly<Record<string, string>>

async function call<T>(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Headers = {},
): Promise<{ readonly status: number; readonly json: T }> {
  const response = await server.fetch(`${PATH}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as T }
}

const messageOf = (json: unknown) => (json as { error: { message: string } }).error.message
const titles = async (server: TestServer, headers: Headers = {}) =>
  (await call<DashboardsResponse>(server, 'GET', '', undefined, headers)).json.dashboards
    .filter(({ origin }) => origin !== 'built-in')
    .map(({ title }) => title)

describe('one server', () => {
  const dataDir = temporaryFolder()
  const files = temporaryFolder()
  let server: TestServer
  const start = () => startServer({ dataDir, args: [...QUIET, '--set', `dashboards.path=${files}`] })
  beforeAll(async () => {
    server = await start()
  })
  afterAll(async () => {
    await server?.dispose()
    for (const folder of [dataDir, files]) rmSync(folder, { recursive: true, force: true })
  })

  test('those that are built in can be read, and not saved', async () => {
    const { dashboards, faults } = (await call<DashboardsResponse>(server, 'GET', '')).json
    expect(faults).toEqual([])
    expect(dashboards.length).toBeGreaterThan(0)
    for (const { id, origin, title } of dashboards) {
      expect(origin).toBe('built-in')
      const { status, json } = await call<DashboardResponse>(server, 'GET', `/${id}`)
      expect([status, json.version, json.dashboard.title]).toEqual([200, 0, title])
      const refused = await call(server, 'PUT', `/${id}`, { dashboard: json.dashboard, version: 0 })
      expect([refused.status, messageOf(refused.json)]).toEqual([403, expect.stringContaining('is built in')])
    }
  })

  test('a dashboard is made, changed, read at both versions, and outlives a restart', async () => {
    const made = await call<DashboardResponse>(server, 'POST', '', { dashboard: titled('One') })
    expect(made).toMatchObject({ status: 201, json: { version: 1, origin: 'stored', dashboard: titled('One') } })
    const { id } = made.json
    const changed = await call<DashboardResponse>(server, 'PUT', `/${id}`, { dashboard: titled('Two'), version: 1 })
    expect(changed).toMatchObject({ status: 200, json: { id, version: 2, createdAt: made.json.createdAt } })
    const late = await call(server, 'PUT', `/${id}`, { dashboard: titled('Late'), version: 1 })
    expect([late.status, messageOf(late.json)]).toEqual([
      409,
      'the dashboard "Two" was changed in the meantime: it is at version 2, not 1',
    ])
    await server.stop()
    server = await start()
    expect(await titles(server)).toEqual(['Two'])
    const { versions } = (await call<DashboardVersionsResponse>(server, 'GET', `/${id}/versions`)).json
    expect(versions.map(({ version, title }) => [version, title])).toEqual([
      [2, 'Two'],
      [1, 'One'],
    ])
    const first = await call<DashboardResponse>(server, 'GET', `/${id}/versions/1`)
    expect(first.json).toMatchObject({ id, version: 1, dashboard: titled('One') })
    expect((await call(server, 'DELETE', `/${id}?version=1`)).status).toBe(409)
    expect((await call(server, 'DELETE', `/${id}?version=2`)).status).toBe(204)
    expect((await call(server, 'GET', `/${id}`)).status).toBe(404)
    expect((await call(server, 'GET', `/${id}/versions`)).status).toBe(404)
  })

  test('a query that cannot be parsed is kept and told', async () => {
    const [panel] = titled('x').panels
    const queries = [{ ref: 'A', language: 'promql' as const, expr: 'sum(' }]
    const broken = titled('Broken', { panels: [{ ...(panel as Dashboard['panels'][0]), queries }] })
    const { status, json } = await call<DashboardResponse>(server, 'POST', '', { dashboard: broken })
    expect(status).toBe(201)
    expect(json.dashboard).toEqual(broken)
    expect(json.warnings).toMatchObject([{ where: 'panels[0].queries[0].expr' }])
    await call(server, 'DELETE', `/${json.id}`)
  })

  test.each<[string, string, unknown, number, string]>([
    ['POST', '', 'no JSON', 400, 'the body is not JSON'],
    ['POST', '', {}, 400, 'the body must be a JSON object with the member dashboard'],
    ['POST', '', { dashboard: { title: 'x' } }, 400, 'time is missing'],
    ['PUT', '/0123456789abcdef', { dashboard: titled('x') }, 400, 'the member version'],
    ['PUT', '/0123456789abcdef', { dashboard: titled('x'), version: -1 }, 400, 'the body needs version'],
    ['PUT', '/0123456789abcdef', { dashboard: titled('x'), version: 3 }, 404, 'there is no dashboard'],
    ['PUT', '/mine', { dashboard: titled('x'), version: 0 }, 400, '16 hex digits'],
    ['DELETE', '/0123456789abcdef?version=x', undefined, 400, 'version must be a whole number'],
    ['DELETE', '/0123456789abcdef', undefined, 404, 'there is no dashboard'],
    ['GET', '/none', undefined, 404, 'there is no dashboard "none"'],
    ['GET', '/none/versions/1', undefined, 404, 'there is no version 1'],
    ['POST', '/import', { title: 'x' }, 400, 'neither panels nor rows'],
    ['POST', '/import', '{', 400, 'the body is not JSON'],
  ])('%s %s %j', async (method, path, body, status, message) => {
    const answer = await call(server, method, path, body)
    expect([answer.status, messageOf(answer.json)]).toEqual([status, expect.stringContaining(message)])
  })

  test('files are taken up while the server runs', async () => {
    mkdirSync(join(files, 'team'))
    const grafana = readFileSync(join(ROOT, 'packages/server/src/dashboards/grafana/testdata/node-host.json'), 'utf8')
    writeFileSync(join(files, 'team/my-host.json'), grafana)
    writeFileSync(join(files, 'mine.json'), JSON.stringify(titled('Mine')))
    writeFileSync(join(files, 'broken.json'), '{')
    await eventually(async () => (await titles(server)).join() === 'Host,Mine', 30_000)
    const { faults } = (await call<DashboardsResponse>(server, 'GET', '')).json
    expect(faults).toMatchObject([{ file: 'broken.json', message: expect.stringContaining('this is not JSON') }])
    const host = (await call<DashboardResponse>(server, 'GET', '/my-host')).json
    expect(host).toMatchObject({ origin: 'file', version: 0, file: 'team/my-host.json' })
    expect(host.dashboard.tags).toContain('team')
    expect((await call(server, 'DELETE', '/my-host')).status).toBe(403)
    for (const file of ['team/my-host.json', 'mine.json', 'broken.json']) unlinkSync(join(files, file))
    await eventually(async () => (await titles(server)).length === 0, 30_000)
  })

  test.each(['node-host', 'api-red', 'cluster', 'loki-logs', 'rows-2017'])('imports %s from Grafana', async (name) => {
    const folder = join(ROOT, 'packages/server/src/dashboards/grafana/testdata')
    const given = readFileSync(join(folder, `${name}.json`), 'utf8')
    const { status, json } = await call<DashboardImportResponse>(server, 'POST', '/import', given)
    expect(status).toBe(200)
    expect(json).toEqual(JSON.parse(readFileSync(join(folder, `${name}.golden`), 'utf8')))
    const made = await call<DashboardResponse>(server, 'POST', '', { dashboard: json.dashboard })
    expect([made.status, made.json.warnings]).toEqual([201, undefined])
    await call(server, 'DELETE', `/${made.json.id}`)
  })

  test('from the command line: into a folder, changed there, and back', async () => {
    const folder = temporaryFolder()
    const run = promisify(execFile)
    const girok = (...words: string[]) =>
      run(process.execPath, [CLI, 'dashboards', ...words, '--url', server.url], { cwd: folder })
    writeFileSync(join(folder, 'one.json'), JSON.stringify(titled('One')))
    const id = (await girok('save', 'one.json')).stdout.trim()
    unlinkSync(join(folder, 'one.json'))
    expect((await girok('list')).stdout).toMatch(new RegExp(`^${id} +stored +1 +\\S+ +One$`, 'm'))
    expect((await girok('pull', '.')).stderr).toContain('1 dashboards: 1 new')
    const [file = ''] = readdirSync(folder)
    expect(file).toBe(`one.${id}.json`)
    writeFileSync(join(folder, file), JSON.stringify(titled('One, changed')))
    writeFileSync(join(folder, 'two.json'), JSON.stringify(titled('Two')))
    expect((await girok('push', '.')).stderr).toContain('2 dashboards: 1 new, 1 changed, 0 unchanged')
    expect((await girok('push', '.')).stderr).toContain('2 dashboards: 0 new, 0 changed, 2 unchanged')
    expect(await titles(server)).toEqual(['One, changed', 'Two'])
    expect(JSON.parse((await girok('get', id)).stdout)).toEqual(titled('One, changed'))
    for (const one of (await call<DashboardsResponse>(server, 'GET', '')).json.dashboards) {
      if (one.origin === 'stored') await girok('delete', one.id)
    }
    const fixture = join(ROOT, 'packages/server/src/dashboards/grafana/testdata/api-red.json')
    const imported = await girok('import', fixture, '--save')
    expect(imported.stderr).toContain('panel 12 "Errors": its alert "Too many errors" is left out')
    expect(await titles(server)).toEqual(['API by service'])
    await girok('delete', imported.stdout.trim())
    rmSync(folder, { recursive: true, force: true })
  })
})

test('a token reads and writes the dashboards of its tenant, with the scope query', async () => {
  const server = await startServer()
  try {
    const token = (tenant: string, scope: string) => {
      const flags = ['--data', server.dataDir, '--tenant', tenant, '--scope', scope]
      const made = execFileSync(process.execPath, [CLI, 'token', 'create', ...flags], { encoding: 'utf8' })
      return { authorization: `Bearer ${made.trim()}` }
    }
    const [red, blue, writer] = [token('red', 'query'), token('blue', 'query'), token('red', 'ingest')]
    const made = await call<DashboardResponse>(server, 'POST', '', { dashboard: titled('Of red') }, red)
    expect(made.status).toBe(201)
    expect([await titles(server, red), await titles(server, blue)]).toEqual([['Of red'], []])
    expect((await call(server, 'GET', `/${made.json.id}`, undefined, blue)).status).toBe(404)
    expect((await call(server, 'GET', '', undefined, writer)).status).toBe(403)
    expect((await call(server, 'POST', '', { dashboard: titled('x') }, writer)).status).toBe(403)
    expect((await call(server, 'GET', '')).status).toBe(401)
  } finally {
    await server.dispose()
  }
})

describe('two servers on one ClickHouse server', () => {
  const remoteDir = temporaryFolder()
  let script: ChildScript
  let remote: ChildProcess
  let servers: readonly TestServer[] = []
  beforeAll(async () => {
    script = await buildChildScript(new URL('./store/facade-child.ts', import.meta.url))
    remote = fork(script.path, [remoteDir, 'girok', 'secret'], { env: { ...process.env, UV_THREADPOOL_SIZE: '16' } })
    const [{ url }] = (await once(remote, 'message')) as [{ url: string }]
    const args = [...QUIET, '--set', `store.url=${url}`, '--set', 'store.username=girok']
    const start = () => startServer({ args, env: { GIROK_STORE__PASSWORD: 'secret' } })
    servers = [await start(), await start()]
  })
  afterAll(async () => {
    for (const server of servers) await server.dispose()
    const ended = once(remote, 'exit')
    remote.disconnect()
    await ended
    script?.remove()
    rmSync(remoteDir, { recursive: true, force: true })
  })

  test('see each other’s dashboards, and of two changes at once one is refused', async () => {
    const [left, right] = servers as [TestServer, TestServer]
    const { id } = (await call<DashboardResponse>(left, 'POST', '', { dashboard: titled('Shared') })).json
    expect(await titles(right)).toEqual(['Shared'])
    for (let version = 1; version <= 5; version++) {
      const put = (server: TestServer, name: string) =>
        call<DashboardResponse>(server, 'PUT', `/${id}`, { dashboard: titled(name), version })
      const [one, other] = await Promise.all([put(left, `left ${version}`), put(right, `right ${version}`)])
      expect([one.status, other.status].sort()).toEqual([200, 409])
      const won = one.status === 200 ? `left ${version}` : `right ${version}`
      expect([await titles(left), await titles(right)]).toEqual([[won], [won]])
    }
    expect((await call(right, 'DELETE', `/${id}`)).status).toBe(204)
    expect(await titles(left)).toEqual([])
  })
})
