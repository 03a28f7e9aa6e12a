/** The inventory of agents by HTTP: what is taken, who sees it, silence, and what a restart keeps. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AgentReport, AgentsResponse } from '../packages/server/src/api/contract.ts'
import { CLI, eventually, startServer, type TestServer, temporaryFolder } from './server.ts'

const PATH = '/girok/v1/agents'

const reportOf = (id: string, more: Partial<AgentReport> = {}): AgentReport => ({
  id,
  name: `host-${id}`,
  version: '0.1.0',
  startedMs: Date.now() - 60_000,
  intervalMs: 15_000,
  configuration: { file: '/etc/girok-agent.yaml', loadedMs: Date.now() - 60_000 },
  inputs: [
    {
      name: 'training',
      type: 'file',
      sources: [
        {
          name: '/srv/logs/training/run-1.log',
          state: 'active',
          lastMs: Date.now(),
          count: 120,
          lagBytes: 0,
          writer: 'python',
        },
        { name: '/srv/logs/inference/*.log', state: 'waiting', count: 0 },
      ],
      more: 0,
    },
  ],
  dropped: [],
  spool: {
    bytes: 4096,
    maxBytes: 2 ** 30,
    waitingBytes: 0,
    evicted: { full: 0, age: 0 },
    corrupt: { records: 0, count: 0 },
  },
  destinations: [
    { name: 'girok', url: 'http://127.0.0.1:4100', sent: 120, rejected: 0, backlogBytes: 0, backlogRecords: 0 },
  ],
  memoryBytes: 60_000_000,
  cpuSeconds: 1.5,
  ...more,
})

type Headers = Readonly<Record<string, string>>

function post(server: TestServer, body: unknown, headers: Headers = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return server.fetch(PATH, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } })
}

async function list(server: TestServer, headers: Headers = {}): Promise<AgentsResponse> {
  const response = await server.fetch(PATH, { headers })
  expect(response.status).toBe(200)
  return (await response.json()) as AgentsResponse
}

const forget = (server: TestServer, id: string, headers: Headers = {}): Promise<Response> =>
  server.fetch(`${PATH}/${id}`, { method: 'DELETE', headers })

const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error

describe('on a server without tokens', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.dispose())

  test('a report is listed as it was sent, a later one takes its place', async () => {
    expect(await list(server)).toMatchObject({ agents: [], tokensRequired: false })
    const report = reportOf('one')
    const response = await post(server, report)
    expect([response.status, await response.text()]).toEqual([204, ''])
    const { agents, nowMs } = await list(server)
    expect(agents).toEqual([{ ...report, lastSeenMs: expect.any(Number), state: 'connected' }])
    expect(Math.abs(nowMs - Date.now())).toBeLessThan(60_000)
    await post(server, { ...report, memoryBytes: 7, future: { unknown: true } })
    expect((await list(server)).agents).toMatchObject([{ id: 'one', memoryBytes: 7 }])
    expect((await list(server)).agents[0]).not.toHaveProperty('future')
  })

  test('tenants do not see one another', async () => {
    const other = { 'x-scope-orgid': 'team-b' }
    await post(server, reportOf('theirs'), other)
    expect((await list(server, other)).agents.map(({ id }) => id)).toEqual(['theirs'])
    expect((await list(server)).agents.map(({ id }) => id)).toEqual(['one'])
    expect((await forget(server, 'theirs')).status).toBe(404)
  })

  test.each([
    ['', 400, 'the body is not JSON'],
    ['[]', 400, 'the report: expected object'],
    [JSON.stringify({ ...reportOf('x'), id: '../x' }), 400, 'id: must be 1 to 128'],
    [JSON.stringify({ ...reportOf('x'), spool: {} }), 400, 'spool.bytes: expected number'],
    [JSON.stringify({ ...reportOf('x'), version: 'v'.repeat(2 ** 20) }), 413, 'may have 1048576 bytes'],
  ])('a bad body is refused: %#', async (body, status, words) => {
    const response = await post(server, body)
    expect(response.status).toBe(status)
    expect((await errorOf(response)).message).toContain(words)
    expect((await list(server)).agents.map(({ id }) => id)).not.toContain('x')
  })

  test('a page of another site cannot report', async () => {
    expect((await post(server, reportOf('evil'), { origin: 'http://evil.example' })).status).toBe(403)
  })

  test('2,000 sources in one report are taken and listed quickly', async () => {
    const sources = Array.from({ length: 2_000 }, (_, i) => ({
      name: `/srv/logs/service-${i % 40}/file-${i}.log`,
      state: i % 10 === 0 ? ('active' as const) : ('idle' as const),
      lastMs: Date.now() - i,
      count: i,
      lagBytes: 0,
    }))
    const large = reportOf('large', { inputs: [{ name: 'files', type: 'file', sources, more: 17 }] })
    const started = performance.now()
    for (let i = 0; i < 5; i++) expect((await post(server, large)).status).toBe(204)
    const { agents } = await list(server)
    expect(agents.find(({ id }) => id === 'large')?.inputs).toEqual(large.inputs)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test('an agent that says nothing for three intervals is silent, and can be forgotten', async () => {
    await post(server, reportOf('brief', { intervalMs: 1_000 }))
    const brief = async () => (await list(server)).agents.find(({ id }) => id === 'brief')
    expect(await brief()).toMatchObject({ state: 'connected' })
    const refused = await forget(server, 'brief')
    expect([refused.status, (await errorOf(refused)).code]).toEqual([409, 'conflict'])
    await eventually(async () => (await brief())?.state === 'silent')
    const { nowMs } = await list(server)
    expect(nowMs - ((await brief())?.lastSeenMs ?? 0)).toBeGreaterThanOrEqual(3_000)
    expect((await forget(server, 'brief')).status).toBe(204)
    expect(await brief()).toBeUndefined()
    expect((await forget(server, 'brief')).status).toBe(404)
  })
})

test('agents outlive a restart of the server and, but for the last seconds, its death', async () => {
  const dataDir = temporaryFolder()
  const first = await startServer({ dataDir })
  await post(first, reportOf('kept', { intervalMs: 1_000 }))
  const [before] = (await list(first)).agents
  expect(await first.stop()).toBe(0)
  expect(statSync(join(dataDir, 'agents.json')).mode & 0o777).toBe(0o600)

  const second = await startServer({ dataDir })
  await eventually(async () => (await list(second)).agents[0]?.state === 'silent')
  expect((await list(second)).agents).toEqual([{ ...before, state: 'silent' }])
  await post(second, reportOf('later'))
  await eventually(() => readFileSync(join(dataDir, 'agents.json'), 'utf8').includes('"later"'), 20_000)
  await second.kill()

  const third = await startServer({ dataDir })
  expect((await list(third)).agents.map(({ id }) => id)).toEqual(['kept', 'later'])
  await third.dispose()
  rmSync(dataDir, { recursive: true, force: true })
})

test('tokens: ingest reports, query lists, admin forgets, each in its tenant', async () => {
  const dataDir = temporaryFolder()
  const token = (tenant: string, scope: string): Headers => {
    const args = [CLI, 'token', 'create', '--data', dataDir, '--tenant', tenant, '--scope', scope]
    const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return { authorization: `Bearer ${out.trim()}` }
  }
  const [ingest, query, admin] = ['ingest', 'query', 'admin'].map((scope) => token('team-a', scope)) as [
    Headers,
    Headers,
    Headers,
  ]
  const other = token('team-b', 'query')
  const server = await startServer({ dataDir })
  const statuses = async (call: (headers: Headers) => Promise<Response>) => {
    const answers = []
    for (const headers of [{}, ingest, query, admin]) answers.push((await call(headers)).status)
    return answers
  }
  expect(await statuses((headers) => post(server, reportOf('a', { intervalMs: 1_000 }), headers))).toEqual([
    401, 204, 403, 403,
  ])
  expect(await statuses((headers) => server.fetch(PATH, { headers }))).toEqual([401, 403, 200, 403])
  expect(await list(server, query)).toMatchObject({ agents: [{ id: 'a' }], tokensRequired: true })
  expect((await list(server, other)).agents).toEqual([])
  await eventually(async () => (await list(server, query)).agents[0]?.state === 'silent')
  expect(await statuses((headers) => forget(server, 'a', headers))).toEqual([401, 403, 403, 204])
  await server.dispose()
  rmSync(dataDir, { recursive: true, force: true })
})
