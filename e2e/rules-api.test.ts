/**
 * Rules that are kept on the server: made, changed and removed by Girok's own API, by the paths of Loki's and Mimir's rulers
 * and from the command line; conditions, hysteresis, and back-tests over data that was there before.
 */
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type {
  BackTestResponse,
  RuleGroupBody,
  StoredRuleGroup,
  StoredRuleGroupsResponse,
} from '../packages/server/src/api/contract.ts'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { CLI, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 200 })
const GROUPS = '/girok/v1/alerting/rule-groups'
const MINUTE = 60_000

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

/** Samples of a series, each [milliseconds, value]. */
async function write(
  name: string,
  samples: readonly (readonly [number, number])[],
  labels: Record<string, string> = {},
) {
  const response = await server.fetch('/api/v1/write', {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(
      encodeSnappyBlock(encodeWriteV1([{ labels: [['__name__', name], ...Object.entries(labels)], samples }])),
    ),
  })
  expect(response.status).toBe(204)
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
    await write('heat', [[Date.now(), 95]], { gpu: '0' })
    expect((await call('PUT', path, { group, version: 0 })).status).toBe(201)
    for (const name of ['Mean', 'Held', 'Plain'])
      await until(async () => expect(await statesOf(name)).toEqual(['firing']))
    await write('heat', [[Date.now(), 85]], { gpu: '0' })
    for (const name of ['Mean', 'Plain']) await until(async () => expect(await statesOf(name)).toEqual([]))
    expect(await statesOf('Held')).toEqual(['firing'])
    await write('heat', [[Date.now(), 70]], { gpu: '0' })
    await until(async () => expect(await statesOf('Held')).toEqual([]))
  })
})

describe('back-tests', () => {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE
  const at = (minute: number) => now - (60 - minute) * MINUTE
  const backTest = (body: object) => call<BackTestResponse>('POST', '/girok/v1/alerting/backtest', body)

  beforeAll(async () => {
    const values = Array.from({ length: 60 }, (_, minute) => [at(minute), minute >= 20 && minute < 30 ? 9 : 1] as const)
    await write('past_load', values, { host: 'a' })
    await push(
      server,
      { job: 'past' },
      values.map(([ms, value]) => [ms, JSON.stringify({ value })] as const),
    )
  })

  test('of a rule over samples', async () => {
    const rule = {
      alert: 'High',
      expr: 'past_load > 5',
      for: '2m',
      annotations: { text: '{{ $labels.host }} at {{ $value }}' },
    }
    const { status, json } = await backTest({
      language: 'promql',
      rule,
      groupLabels: { team: 'ml' },
      startMs: at(0),
      endMs: at(59),
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      evaluations: 60,
      intervalMs: MINUTE,
      fired: 1,
      firingMs: 8 * MINUTE,
      failures: { count: 0 },
    })
    expect(json.alerts).toEqual([
      {
        labels: { alertname: 'High', host: 'a', team: 'ml' },
        annotations: { text: 'a at 9' },
        spans: [
          { state: 'pending', startMs: at(20), endMs: at(22) },
          { state: 'firing', startMs: at(22), endMs: at(30) },
        ],
      },
    ])
    expect(json.threshold).toEqual({ op: '>', value: 5 })
    expect(json.values?.[0]?.points[25]).toEqual([at(25), 9])
  })

  test('of a rule whose group looks back, and allows one alert', async () => {
    const values = Array.from({ length: 10 }, (_, minute) => [at(20 + minute), 9] as const)
    await write('past_pair', [...values, [at(30), 1]], { host: 'a' })
    await write('past_pair', [[at(25), 9]], { host: 'b' })
    const rule = {
      alert: 'High',
      expr: 'past_pair > 5',
      labels: { newest: '{{ range query "past_pair{host=\\"a\\"}" }}{{ .Value }}{{ end }}' },
    }
    const ofGroup = { limit: 1, queryOffsetMs: 5 * MINUTE }
    const { json } = await backTest({ language: 'promql', rule, ...ofGroup, startMs: at(0), endMs: at(59) })
    expect(json.alerts.map(({ labels, spans }) => [labels.host, labels.newest, spans])).toEqual([
      ['a', '9', [{ state: 'firing', startMs: at(25), endMs: at(35) }]],
    ])
    // The second host is there for as long as a sample counts.
    expect(json.failures.count).toBe(5)
    expect(json.failures.first[0]).toEqual({ atMs: at(30), error: 'exceeded limit of 1 with 2 alerts' })
  })

  test('of a recording rule', async () => {
    const rule = { record: 'past:load:twice', expr: 'past_load{host="a"} * 2', labels: { kind: 'twice' } }
    const { json } = await backTest({ language: 'promql', rule, startMs: at(0), endMs: at(59) })
    const labels = { __name__: 'past:load:twice', host: 'a', kind: 'twice' }
    expect(json).toMatchObject({ evaluations: 60, alerts: [], fired: 0 })
    expect(json.recorded).toEqual({
      seriesFound: 1,
      samples: 60,
      series: [{ labels, samples: 60, min: 2, mean: (10 * 18 + 50 * 2) / 60, max: 18, last: 2 }],
    })
    expect(json.values).toHaveLength(1)
    expect(json.values?.[0]).toMatchObject({ labels })
    expect(json.values?.[0]?.points[25]).toEqual([at(25), 18])
  })

  test('of a rule over logs, with a condition', async () => {
    const rule = {
      alert: 'Slow',
      expr: 'avg_over_time({job="past"} | json | unwrap value [1m]) by (job)',
      condition: 'WHEN last() > 5',
      over: '1m',
    }
    const { json } = await backTest({ language: 'logql', rule, startMs: at(0), endMs: at(59) })
    expect(json.alerts.map(({ labels, spans }) => [labels, spans.map(({ state }) => state)])).toEqual([
      [{ alertname: 'Slow', job: 'past' }, ['firing']],
    ])
    expect(json.firingMs).toBe(10 * MINUTE)
  })

  test('faults say where', async () => {
    const rule = { alert: 'A', expr: 'up > (' }
    const times = { startMs: at(0), endMs: at(59) }
    for (const [body, status, message] of [
      [{ language: 'promql', rule, ...times }, 400, 'rule.expr: could not parse expression: 1:7'],
      [{ language: 'promql', rule: { expr: 'up' }, ...times }, 400, "one of 'record' or 'alert' must be set"],
      [{ language: 'promql', rule: { alert: 'A', expr: 'up' }, ...times, limit: -1 }, 400, 'limit must be a whole'],
      [{ language: 'promql', rule: { alert: 'A', expr: 'up' }, ...times, queryOffsetMs: '1m' }, 400, 'queryOffsetMs'],
      [{ language: 'promql', rule: { alert: 'A', expr: 'up' }, startMs: at(9), endMs: at(1) }, 400, 'endMs'],
      [
        { language: 'promql', rule: { alert: 'A', expr: 'up' }, startMs: 0, endMs: at(1) },
        400,
        'at most 11,000 evaluations',
      ],
      [{ language: 'promql', rule: { alert: 'A', expr: 'up' }, ...times, intervalMs: 1500 }, 400, 'whole seconds'],
      [{ language: 'sql', rule, ...times }, 400, 'promql or logql'],
    ] as const) {
      const answer = await backTest(body)
      expect([answer.status, messageOf(answer.json)]).toEqual([status, expect.stringContaining(message)])
    }
  })
})

describe('girok rules', () => {
  const girok = async (...args: string[]) => {
    try {
      const options = { cwd: folder, env: { ...process.env, GIROK_URL: server.url } }
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, 'rules', ...args], options)
      return { code: 0, stdout, stderr }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, stdout, stderr }
    }
  }
  const shop = `groups:
  - name: load
    interval: 1m
    rules:
      - alert: High
        expr: past_load > 5
        for: 2m
  - name: more
    rules:
      - record: load:max
        expr: max(past_load)
`

  test('push, list, get, delete', async () => {
    writeFileSync(join(folder, 'shop.yaml'), shop)
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
      shop.slice(0, shop.indexOf('  - name: more')).replace('for: 2m', 'for: 3m'),
    )
    expect((await girok('push', 'shop.yaml', '--prune')).stderr).toContain('0 new, 1 changed, 0 unchanged, 1 deleted')
    expect((await girok('get', 'shop', 'load')).stdout).toContain('for: 3m')
    expect((await girok('get', 'shop', 'more')).code).toBe(1)
    expect((await girok('delete', 'shop')).code).toBe(0)
    const gone = await girok('delete', 'shop')
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('the store has no namespace "shop"')])
    writeFileSync(join(folder, 'broken.yaml'), shop.replace('past_load > 5', 'past_load > ('))
    const broken = await girok('push', 'broken.yaml')
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringContaining('broken.yaml:6:15: group "load", rule 1, "High"'),
    ])
  })

  test('backtest draws what would have fired', async () => {
    writeFileSync(join(folder, 'shop.yaml'), shop)
    const { code, stdout } = await girok(
      'backtest',
      'shop.yaml',
      '--since',
      '61m',
      '--interval',
      '1m',
      '--rule',
      'High',
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^High of load: fired once, [789]m; 62 evaluations, one every 1m\n/)
    expect(stdout).toMatch(/ {2}\.+-+#+\.+ {2}\{.*host="a".*\} fired once, [789]m\n/)
    const lines = (await girok('backtest', 'shop.yaml', '--json')).stdout.trimEnd().split('\n')
    const answers = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(answers.find(({ alert }) => alert === 'High')).toMatchObject({ group: 'load', fired: 1 })
    expect(answers.find(({ record }) => record !== undefined)).toMatchObject({
      group: 'more',
      record: 'load:max',
      recorded: { seriesFound: 1 },
    })
    expect((await girok('backtest', 'shop.yaml', '--rule', 'Other')).stderr).toContain('has no rule Other')
    expect((await girok('list', '--since', '1h')).code).toBe(2)
    expect(readFileSync(join(folder, 'shop.yaml'), 'utf8')).toBe(shop)
  })
})
