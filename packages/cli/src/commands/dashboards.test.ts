import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeRequest, type FakeServer, fakeServer, girok } from '../testing/girok.ts'

interface Kept {
  version: number
  dashboard: { title: string; panels: unknown[] }
}

const PATH = '/girok/v1/dashboards'
const titled = (title: string) => ({ title, time: { from: 'now-1h', to: 'now' }, variables: [], panels: [] })

let server: FakeServer
let stored: Map<string, Kept>
let folder: string

/** Keeps dashboards in a map, with versions, as the API tells it. */
function answer({ path, body }: FakeRequest, method: string, response: ServerResponse): void {
  const send = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value))
  const refuse = (status: number, message: string) => send(status, { error: { code: 'x', message } })
  const told = (id: string) => ({ id, origin: 'stored', ...stored.get(id) })
  const given = body === '' ? undefined : JSON.parse(body)
  if (path === PATH && method === 'GET') {
    const dashboards = [...stored].map(([id, { dashboard }]) => ({
      id,
      origin: 'stored',
      title: dashboard.title,
      tags: [],
      panels: dashboard.panels.length,
      updatedAt: '2026-01-31T09:00:00.000Z',
    }))
    const builtIn = { id: 'gpu', origin: 'built-in', title: 'GPU\u001b[31m', tags: [], panels: 4 }
    return void send(200, { dashboards: [builtIn, ...dashboards], faults: [{ file: 'a.json', message: 'is broken' }] })
  }
  if (path === `${PATH}/import`) {
    return void send(200, {
      dashboard: titled('from Grafana'),
      unsupported: [{ where: 'panel 1', what: 'is left out' }],
    })
  }
  if (path === PATH) {
    const id = `00000000000000a${stored.size}`
    stored.set(id, { version: 1, dashboard: given.dashboard })
    const warnings = [{ where: 'panels[0].queries[0].expr', what: 'query A cannot be parsed' }]
    return void send(201, { ...told(id), ...(given.dashboard.title === 'broken' && { warnings }) })
  }
  const id = decodeURIComponent(path.slice(PATH.length + 1))
  const old = stored.get(id)
  if (method === 'PUT') {
    if ((old?.version ?? 0) !== given.version) return void refuse(409, 'was changed')
    if (given.dashboard.title === undefined) return void refuse(400, 'this is no dashboard: title is missing')
    stored.set(id, { version: given.version + 1, dashboard: given.dashboard })
    return void send(200, told(id))
  }
  if (old === undefined) return void refuse(404, `there is no dashboard "${id}"`)
  if (method === 'DELETE') {
    stored.delete(id)
    return void response.writeHead(204).end()
  }
  send(200, told(id))
}

beforeEach(async () => {
  stored = new Map()
  folder = mkdtempSync(join(tmpdir(), 'girok-dashboards-'))
  server = await fakeServer((request, response) => {
    answer(request, response.req.method ?? '', response)
  })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const run = (...argv: string[]) => girok(['dashboards', ...argv, '--url', server.url], { cwd: folder })
const put = (name: string, value: unknown) =>
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))

describe('single dashboards', () => {
  test('list shows all, and faults of files; what comes from outside cannot command the terminal', async () => {
    stored.set('0123456789abcdef', { version: 3, dashboard: titled('계기판') })
    expect(await run('list')).toEqual({
      code: 0,
      stdout:
        'ID                ORIGIN    PANELS  CHANGED                   TITLE\n' +
        'gpu               built-in  4                                 GPU\\x1b[31m\n' +
        '0123456789abcdef  stored    0       2026-01-31T09:00:00.000Z  계기판\n',
      stderr: 'a.json: is broken\n',
    })
  })

  test('save, get, save over it, delete', async () => {
    put('a.json', titled('one'))
    const saved = await run('save', 'a.json')
    expect(saved).toEqual({ code: 0, stdout: '00000000000000a0\n', stderr: '' })
    const id = saved.stdout.trim()
    expect(JSON.parse((await run('get', id)).stdout)).toEqual(titled('one'))
    put('a.json', titled('two'))
    expect(await run('save', 'a.json', '--id', id)).toMatchObject({ code: 0, stdout: `${id}\n` })
    expect(stored.get(id)).toEqual({ version: 2, dashboard: titled('two') })
    expect(await run('delete', id)).toMatchObject({ code: 0, stderr: `dashboard ${id} is deleted\n` })
    expect(await run('get', id)).toMatchObject({
      code: 1,
      stderr: `girok: there is no dashboard "${id}" (status 404)\n`,
    })
  })

  test('queries that cannot be parsed are told, and the id is printed all the same', async () => {
    put('a.json', titled('broken'))
    expect(await run('save', 'a.json')).toEqual({
      code: 0,
      stdout: '00000000000000a0\n',
      stderr: 'query A cannot be parsed\n',
    })
  })

  test('import prints the dashboard, or keeps it', async () => {
    put('grafana.json', { schemaVersion: 39, panels: [] })
    const printed = await run('import', 'grafana.json')
    expect(JSON.parse(printed.stdout)).toEqual(titled('from Grafana'))
    expect(printed.stderr).toBe('panel 1: is left out\n')
    expect(stored.size).toBe(0)
    expect((await run('import', 'grafana.json', '--save')).stdout).toBe('00000000000000a0\n')
    expect(stored.get('00000000000000a0')?.dashboard.title).toBe('from Grafana')
  })

  test.each([
    [[], 2, 'girok dashboards'],
    [['show'], 2, 'show'],
    [['get'], 2, 'takes one word: the id of a dashboard'],
    [['get', 'a', 'b'], 2, 'takes one word'],
    [['list', 'a'], 2, 'takes no words'],
    [['push', '.', '--id', 'x'], 2, '--id goes with girok dashboards save'],
    [['save', 'none.json'], 1, 'cannot read'],
    [['push', 'none'], 1, 'cannot read the folder'],
  ])('%j is refused', async (argv, code, message) => {
    const outcome = await run(...argv)
    expect(outcome.code).toBe(code)
    expect(outcome.stderr).toContain(message)
  })
})

describe('folders', () => {
  test('pull writes one file each, over the file that has the id, and nothing that is the same', async () => {
    stored.set('0123456789abcdef', { version: 1, dashboard: titled('GPU fleet / 서울') })
    stored.set('fedcba9876543210', { version: 1, dashboard: titled('!') })
    put('renamed.fedcba9876543210.json', titled('old'))
    put('mine.json', titled('mine'))
    const first = await run('pull', '.')
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr.split('\n')).toEqual([
      'new: gpu-fleet-서울.0123456789abcdef.json',
      'changed: renamed.fedcba9876543210.json',
      'not on the server: mine.json',
      '2 dashboards: 1 new, 1 changed, 0 unchanged',
      '',
    ])
    expect(readdirSync(folder).sort()).toEqual([
      'gpu-fleet-서울.0123456789abcdef.json',
      'mine.json',
      'renamed.fedcba9876543210.json',
    ])
    const text = readFileSync(join(folder, 'renamed.fedcba9876543210.json'), 'utf8')
    expect(text).toBe(`${JSON.stringify(titled('!'), undefined, 2)}\n`)
    expect((await run('pull', '.')).stderr).toContain('2 dashboards: 0 new, 0 changed, 2 unchanged')
  })

  test('push makes what is new and replaces what differs; a name without id is the same dashboard each time', async () => {
    mkdirSync(join(folder, 'team', '.git'), { recursive: true })
    put('team/.git/x.json', 'no dashboard')
    put('team/gpu.json', titled('GPU'))
    put('a.0123456789abcdef.json', titled('A'))
    expect((await run('push', folder)).stderr.split('\n')).toEqual([
      'new: a.0123456789abcdef.json',
      'new: team/gpu.json',
      '2 dashboards: 2 new, 0 changed, 0 unchanged',
      '',
    ])
    const ids = [...stored.keys()]
    expect(ids).toHaveLength(2)
    expect(ids[1]).toMatch(/^[0-9a-f]{16}$/)
    const { title, ...rest } = titled('GPU')
    put('team/gpu.json', { ...rest, title })
    put('a.0123456789abcdef.json', titled('A, changed'))
    expect((await run('push', '.')).stderr).toBe(
      'changed: a.0123456789abcdef.json\n2 dashboards: 0 new, 1 changed, 1 unchanged\n',
    )
    expect([...stored.keys()]).toEqual(ids)
    expect(stored.get('0123456789abcdef')?.version).toBe(2)
  })

  test('a file that is refused does not keep the others back', async () => {
    put('a.json', 'no JSON')
    put('b.json', { panels: [] })
    put('c.json', titled('C'))
    put('d.json', { title: 'D', schemaVersion: 39 })
    const outcome = await run('push', '.')
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toMatch(/a\.json: .*is not JSON/)
    expect(outcome.stderr).toContain('b.json: this is no dashboard: title is missing (status 400)')
    expect(outcome.stderr).toContain('d.json: is a dashboard of Grafana')
    expect(outcome.stderr).toContain('4 dashboards: 1 new, 0 changed, 0 unchanged, 3 refused')
    expect([...stored.values()].map(({ dashboard }) => dashboard.title)).toEqual(['C'])
  })
})
