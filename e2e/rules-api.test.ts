/**
 * Rules that are kept on the server: made, changed and removed by Girok's own API, by the paths of Loki's and Mimir's rulers
 * and from the command line; conditions and hysteresis.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RuleGroupBody, StoredRuleGroup, StoredRuleGroupsResponse } from '../packages/server/src/api/contract.ts'
import { writeSeries } from './prometheus.ts'
import { girokRules, SHOP_RULES } from './rules-command.ts'
import { push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 200 })
const GROUPS = '/girok/v1/alerting/rule-groups'

const dataDir = temporaryFolder()
const folder = temporaryFolder()
const ofFile = join(folder, 'file.rules.yaml')
let server: TestServer
const start = () => startServer({ dataDir, args: [...QUIET, '--set', `rules.promql=${ofFile}`] })

beforeAll(async () => {
  writeFileSync(ofFile, 'groups: [{name: of file, interval: 1s, rules: [{record: one, expr: vector(1)}]}]\n')
  server = await start()
})
afterAll(async () => {
  await server?.dispose()
  for (const path of [dataDir, folder]) rmSync(path, { recursive: true, force: true })
})

async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await server.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as T }
}

const messageOf = (json: unknown) => (json as { error: { message: string } }).error.message

/** A request as curl sends it, answer as text. */
async function curl(method: string, path: string, body?: string): Promise<readonly [status: number, text: string]> {
  const response = await server.fetch(path, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/yaml' } }),
  })
  return [response.status, await response.text()]
}

async function latest(query: string): Promise<string | undefined> {
  const response = await server.fetch(`/api/v1/query?${new URLSearchParams({ query })}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  return data.result[0]?.value[1]
}

/** Alerts of `/api/v1/alerts` of a name, by state. */
async function statesOf(alertname: string): Promise<string[]> {
  const { json } = await call<{ data: { alerts: { labels: Record<string, string>; state: string }[] } }>(
    'GET',
    '/api/v1/alerts',
  )
  return json.data.alerts.filter(({ labels }) => labels.alertname === alertname).map(({ state }) => state)
}

const recording = (value: number): RuleGroupBody => ({
  name: 'api',
  interval: '1s',
  rules: [{ record: 'kept:value', expr: `vector(${value})`, labels: { from: 'store' } }],
})

describe("Girok's own API", () => {
  const path = `${GROUPS}/promql/${encodeURIComponent('team a/b')}/api`

  test('a group is made, evaluated, changed, outlives a restart, and is removed', async () => {
    const made = await call<StoredRuleGroup>('PUT', path, { group: recording(1), version: 0 })
    expect(made).toMatchObject({
      status: 201,
      json: { language: 'promql', namespace: 'team a/b', version: 1, group: recording(1) },
    })
    await until(async () => expect(await latest('kept:value{from="store"}')).toBe('1'))
    const changed = await call<StoredRuleGroup>('PUT', path, { group: recording(2), version: 1 })
    expect(changed).toMatchObject({ status: 200, json: { version: 2 } })
    await until(async () => expect(await latest('kept:value')).toBe('2'))
    const late = await call('PUT', path, { group: recording(3), version: 1 })
    expect([late.status, messageOf(late.json)]).toEqual([409, expect.stringContaining('the promql rule group "api"')])
    expect((await call('PUT', path, { group: recording(3), version: 0 })).status).toBe(409)
    await server.stop()
    server = await start()
    const { groups } = (await call<StoredRuleGroupsResponse>('GET', GROUPS)).json
    expect(groups).toEqual([changed.json])
    expect((await call<StoredRuleGroup>('GET', path)).json).toEqual(changed.json)
    await until(async () => {
      type Groups = { data: { groups: { name: string; file: string; lastEvaluation: string }[] } }
      const { json } = await call<Groups>('GET', '/api/v1/rules')
      const found = json.data.groups.find(({ name, file }) => name === 'api' && file === 'team a/b')
      // Only a group that was evaluated since knows which series end with it.
      expect(found?.lastEvaluation).toMatch(/^20/)
    })
    expect((await call('DELETE', `${path}?version=1`)).status).toBe(409)
    expect((await call('DELETE', `${path}?version=2`)).status).toBe(204)
    await until(async () => expect(await latest('kept:value')).toBeUndefined())
    expect((await call('DELETE', path)).status).toBe(404)
    expect((await call('GET', path)).status).toBe(404)
  })

  test('every fault is told with its place, and nothing is kept', async () => {
    const group = {
      name: 'api',
      rules: [
        { alert: 'A', expr: 'sum(' },
        { alert: 'B', expr: 'up', condition: 'newest() > 1', colour: 'red' },
      ],
    }
    const { status, json } = await call('PUT', path, { group, version: 0 })
    expect(status).toBe(400)
    expect(messageOf(json)).toContain('rules[0].expr: could not parse expression: 1:')
    expect(messageOf(json)).toContain('rules[1].condition: could not parse condition: 1:1: expected a reducer')
    expect(messageOf(json)).toContain('rules[1].colour: field colour not found in a rule')
    for (const [body, message] of [
      [{ group: recording(1) }, 'the body needs version'],
      [{ group: { ...recording(1), name: 'other' }, version: 0 }, 'the group is called "other", the path says "api"'],
      [{ version: 0 }, 'Groupname must not be empty'],
      ['text', 'the body must be a JSON object'],
    ] as const) {
      const refused = await call('PUT', path, body)
      expect([refused.status, messageOf(refused.json)]).toEqual([400, expect.stringContaining(message)])
    }
    const language = await call('PUT', `${GROUPS}/sql/a/api`, { group: recording(1), version: 0 })
    expect([language.status, messageOf(language.json)]).toEqual([400, expect.stringContaining('promql or logql')])
    expect((await call<StoredRuleGroupsResponse>('GET', GROUPS)).json.groups).toEqual([])
  })

  test('files cannot be changed, and other tenants have no rules', async () => {
    const path = `${GROUPS}/promql/${encodeURIComponent(ofFile)}/api`
    const { status, json } = await call('PUT', path, { group: recording(1), version: 0 })
    expect([status, messageOf(json)]).toEqual([403, expect.stringContaining('is a file of promql rules')])
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { group: recording(1), version: 0 }],
      ['DELETE', undefined],
    ] as const) {
      const at = method === 'GET' ? GROUPS : `${GROUPS}/promql/a/api`
      expect((await call(method, at, body, { 'x-scope-orgid': 'other' })).status).toBe(403)
    }
  })
})

describe('the paths of rulers', () => {
  const LOKI = '/loki/api/v1/rules'

  test("Loki's tools keep rules over logs", async () => {
    const yaml =
      'name: errors\ninterval: 1s\nrules:\n  - record: shop:errors:count1m\n    expr: sum by (app) (count_over_time({app="shop"} |= "error" [1m]))\n'
    const [status, text] = await curl('POST', `${LOKI}/shop%2Feu`, yaml)
    expect([status, JSON.parse(text)]).toEqual([202, { status: 'success', data: null, errorType: '', error: '' }])
    const now = Date.now()
    expect(
      await push(server, { app: 'shop' }, [
        [now, 'error: no'],
        [now + 1, 'fine'],
      ]),
    ).toBe(204)
    await until(async () => expect(await latest('shop:errors:count1m')).toBe('1'))
    const [, all] = await curl('GET', LOKI)
    expect(all).toMatch(/^shop\/eu:\n {2}- name: errors\n {4}interval: 1s\n/)
    const [, one] = await curl('GET', `/api/prom/rules/shop%2Feu/errors`)
    expect(one).toContain('record: shop:errors:count1m')
    // The same name again takes the place of the group, whatever its version.
    expect((await curl('POST', `${LOKI}/shop%2Feu`, yaml.replaceAll('count1m', 'count2m')))[0]).toBe(202)
    expect((await curl('GET', `${LOKI}/shop%2Feu`))[1]).toContain('count2m')
    expect((await curl('POST', `${LOKI}/other`, yaml))[0]).toBe(202)
    expect((await curl('DELETE', `${LOKI}/shop%2Feu/errors`))[0]).toBe(202)
    expect((await curl('DELETE', `${LOKI}/shop%2Feu/errors`))[0]).toBe(404)
    expect((await curl('DELETE', `${LOKI}/other`))[0]).toBe(202)
    expect((await curl('DELETE', `${LOKI}/other`))[0]).toBe(404)
    expect(await curl('GET', LOKI)).toEqual([404, expect.stringContaining('no rule groups found')])
  })

  test("Mimir's tools and Grafana keep rules over metrics", async () => {
    const yaml =
      'name: up\nrules:\n  - alert: Down\n    expr: up == 0\n    for: 5m\n    labels:\n      severity: page\n'
    expect((await curl('POST', '/prometheus/config/v1/rules/team', yaml))[0]).toBe(202)
    const [, text] = await curl('GET', '/config/v1/rules')
    // Groups of files are there too.
    expect(text).toContain('name: of file')
    expect(text).toMatch(
      /^team:\n {2}- name: up\n {4}rules:\n {6}- alert: Down\n {8}expr: up == 0\n {8}for: 5m\n {8}labels:\n {10}severity: page\n/m,
    )
    expect((await curl('DELETE', '/config/v1/rules/team/up'))[0]).toBe(202)
  })

  test('faults are told with line and column', async () => {
    const [status, text] = await curl(
      'POST',
      `${LOKI}/shop`,
      'name: x\nrules:\n  - alert: A\n    expr: up\n    fore: 5m\n',
    )
    expect(status).toBe(400)
    expect(text).toContain('the group:4:11: group "x", rule 1, "A": could not parse expression')
    expect(text).toContain('the group:5:5: field fore not found in a rule')
    expect((await curl('POST', `${LOKI}/shop`, '{'))[0]).toBe(400)
    expect((await curl('POST', `/config/v1/rules/${encodeURIComponent(ofFile)}`, 'name: x\nrules: []\n'))[0]).toBe(403)
  })
})

describe('what rules are evaluated to', () => {
  const path = `${GROUPS}/promql/live/live`
  const heat = (value: number) => writeSeries(server, { __name__: 'heat', gpu: '0' }, [[Date.now(), value]])
  afterAll(() => call('DELETE', path))

  test('a condition reduces, and keep_firing_while holds', async () => {
    const group: RuleGroupBody = {
      name: 'live',
      interval: '1s',
      rules: [
        { alert: 'Mean', expr: 'heat', condition: 'WHEN avg() IS ABOVE 90', over: '2s' },
        { alert: 'Held', expr: 'heat > 90', keep_firing_while: 'heat > 80' },
        { alert: 'Plain', expr: 'heat > 90' },
      ],
    }
    await heat(95)
    expect((await call('PUT', path, { group, version: 0 })).status).toBe(201)
    for (const name of ['Mean', 'Held', 'Plain'])
      await until(async () => expect(await statesOf(name)).toEqual(['firing']))
    await heat(85)
    for (const name of ['Mean', 'Plain']) await until(async () => expect(await statesOf(name)).toEqual([]))
    expect(await statesOf('Held')).toEqual(['firing'])
    await heat(70)
    await until(async () => expect(await statesOf('Held')).toEqual([]))
  })
})

describe('girok rules', () => {
  const girok = (...args: string[]) => girokRules(server, folder, args)

  test('push, list, get, delete', async () => {
    writeFileSync(join(folder, 'shop.yaml'), SHOP_RULES)
    expect(await girok('push', 'shop.yaml')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('2 new, 0 changed, 0 unchanged'),
    })
    expect((await girok('push', 'shop.yaml')).stderr).toContain('0 new, 0 changed, 2 unchanged')
    const { stdout: list } = await girok('list')
    expect(list).toMatch(/^LANGUAGE +ORIGIN +RULES +FIRING +NAMESPACE +GROUP\n/)
    expect(list).toMatch(/promql +stored +1 +0 +shop +load\n/)
    expect(list).toMatch(/promql +file +1 +0 +\S+file\.rules\.yaml +of file\n/)
    const { stdout: file } = await girok('get', 'shop')
    writeFileSync(join(folder, 'again.yaml'), file)
    expect((await girok('check', 'again.yaml')).code).toBe(0)
    expect((await girok('push', 'again.yaml')).stderr).toContain('0 new, 0 changed, 2 unchanged')
    writeFileSync(
      join(folder, 'shop.yaml'),
      SHOP_RULES.slice(0, SHOP_RULES.indexOf('  - name: more')).replace('for: 2m', 'for: 3m'),
    )
    expect((await girok('push', 'shop.yaml', '--prune')).stderr).toContain('0 new, 1 changed, 0 unchanged, 1 deleted')
    expect((await girok('get', 'shop', 'load')).stdout).toContain('for: 3m')
    expect((await girok('get', 'shop', 'more')).code).toBe(1)
    expect((await girok('delete', 'shop')).code).toBe(0)
    const gone = await girok('delete', 'shop')
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('the store has no namespace "shop"')])
    writeFileSync(join(folder, 'broken.yaml'), SHOP_RULES.replace('past_load > 5', 'past_load > ('))
    const broken = await girok('push', 'broken.yaml')
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringContaining('broken.yaml:6:15: group "load", rule 1, "High"'),
    ])
  })
})
