/**
 * Rules: files of both languages are evaluated and give series, changed files are taken up, broken ones are told and not
 * used, and `girok rules` checks and tests files as Debian's promtool does.
 */
import { execFile } from 'node:child_process'
import { rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { writeSeries } from './prometheus.ts'
import { CLI, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 200 })

interface RuleGroup {
  readonly name: string
  readonly file: string
  readonly lastEvaluation: string
  readonly rules: readonly {
    readonly name: string
    readonly health: string
    readonly lastError?: string
    readonly type: string
  }[]
}

async function groupsOf(server: TestServer, query = ''): Promise<readonly RuleGroup[]> {
  const response = await server.fetch(`/api/v1/rules${query}`)
  expect(response.status).toBe(200)
  return ((await response.json()) as { data: { groups: RuleGroup[] } }).data.groups
}

async function ask(server: TestServer, query: string): Promise<Record<string, string>> {
  const response = await server.fetch(`/api/v1/query?${new URLSearchParams({ query })}`)
  const { status, data } = (await response.json()) as {
    status: string
    data: { result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  expect(status).toBe('success')
  return Object.fromEntries(data.result.map(({ metric, value }) => [JSON.stringify(metric), value[1]]))
}

/** Sends the values of series as of now. */
async function write(server: TestServer, values: Readonly<Record<string, number>>): Promise<void> {
  for (const [instance, value] of Object.entries(values)) {
    await writeSeries(server, { __name__: 'load', instance, job: 'demo' }, [[Date.now(), value]])
  }
}

describe('a server with rules', () => {
  const folder = temporaryFolder()
  const metrics = join(folder, 'metrics.rules.yaml')
  const logs = join(folder, 'logs.rules.yaml')
  const prometheus = join(folder, 'prometheus.yml')
  let server: TestServer

  beforeAll(async () => {
    writeFileSync(
      metrics,
      `groups:
  - name: load
    interval: 1s
    labels: {team: ml}
    rules:
      - record: job:load:sum
        expr: sum by (job) (load)
      - record: job:load:twice
        expr: job:load:sum * 2
        labels: {kind: doubled, job: ""}
      - alert: Overloaded
        expr: job:load:sum > 100
        for: 5m
`,
    )
    writeFileSync(
      logs,
      `groups:
  - name: from logs
    interval: 1s
    rules:
      - record: app:errors:count1m
        expr: sum by (app) (count_over_time({app="shop"} |= "error" [1m]))
`,
    )
    writeFileSync(
      join(folder, 'of-prometheus.yaml'),
      'groups: [{name: linked, interval: 1s, rules: [{record: one, expr: vector(1)}]}]\n',
    )
    writeFileSync(prometheus, 'rule_files: ["of-*.yaml"]\nscrape_configs: []\n')
    server = await startServer({
      args: [
        ...QUIET,
        '--set',
        `rules.promql=${metrics}`,
        '--set',
        `rules.logql=${logs}`,
        '--prometheus-config',
        prometheus,
      ],
    })
    await write(server, { a: 1, b: 2 })
    const nowMs = Date.now()
    expect(
      await push(server, { app: 'shop' }, [
        [nowMs, 'error: no'],
        [nowMs + 1, 'fine'],
        [nowMs + 2, 'an error'],
      ]),
    ).toBe(204)
  })

  afterAll(async () => {
    await server.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  test('series of recording rules are there, later rules of a group see earlier ones, labels are joined', async () => {
    await until(async () => {
      expect(await ask(server, 'job:load:sum')).toEqual({ '{"__name__":"job:load:sum","job":"demo","team":"ml"}': '3' })
      expect(await ask(server, 'job:load:twice')).toEqual({
        '{"__name__":"job:load:twice","kind":"doubled","team":"ml"}': '6',
      })
    })
  })

  test('a rule over logs gives a metric', async () => {
    await until(async () =>
      expect(await ask(server, 'app:errors:count1m')).toEqual({
        '{"__name__":"app:errors:count1m","app":"shop"}': '2',
      }),
    )
  })

  test('rule_files of a prometheus.yml are read too', async () => {
    await until(async () => expect(await ask(server, 'one')).toEqual({ '{"__name__":"one"}': '1' }))
  })

  test('groups are listed with their health', async () => {
    await until(async () => {
      const groups = await groupsOf(server)
      expect(groups.map(({ name }) => name)).toEqual(['from logs', 'load', 'linked'])
      expect(groups[1]?.rules.map(({ name, health, type }) => [name, health, type])).toEqual([
        ['job:load:sum', 'ok', 'recording'],
        ['job:load:twice', 'ok', 'recording'],
        ['Overloaded', 'ok', 'alerting'],
      ])
    })
    expect((await groupsOf(server, '?type=alert')).map(({ name }) => name)).toEqual(['load'])
    const loki = await server.fetch('/loki/api/v1/rules')
    expect(await loki.text()).toContain('record: app:errors:count1m')
  })

  test('a changed file is taken up; series of rules that are gone end at once', async () => {
    writeFileSync(
      metrics,
      'groups: [{name: load, interval: 1s, rules: [{record: job:load:max, expr: max by (job) (load)}]}]\n',
    )
    await until(async () =>
      expect(await ask(server, 'job:load:max')).toEqual({ '{"__name__":"job:load:max","job":"demo"}': '2' }),
    )
    expect(await ask(server, 'job:load:sum')).toEqual({})
  })

  test('a broken file is told with its place, and what was in force goes on', async () => {
    writeFileSync(
      metrics,
      'groups: [{name: load, interval: 1s, rules: [{record: job:load:max, expr: "max by (job"}]}]\n',
    )
    const reload = await server.fetch('/-/reload', { method: 'POST' })
    expect(reload.status).toBe(422)
    expect(await reload.text()).toMatch(/metrics\.rules\.yaml:1:\d+: .*could not parse expression/)
    expect((await groupsOf(server, '?rule_group[]=load'))[0]?.rules[0]?.health).toBe('ok')
    await until(async () => expect(server.output()).toContain('could not parse expression'))
  })

  test('a rule that fails says why', async () => {
    writeFileSync(
      metrics,
      'groups: [{name: load, interval: 1s, rules: [{record: both, expr: load or on (job) load * on (job) load}]}]\n',
    )
    expect((await server.fetch('/-/reload', { method: 'POST' })).status).toBe(200)
    await until(async () => {
      const [group] = await groupsOf(server, '?rule_group[]=load')
      expect(group?.rules[0]).toMatchObject({ health: 'err', lastError: expect.stringContaining('many-to-many') })
    })
    unlinkSync(metrics)
    expect((await server.fetch('/-/reload', { method: 'POST' })).status).toBe(422)
  })
})

describe('girok rules', () => {
  const folder = temporaryFolder()
  const run = async (program: string, args: readonly string[]) => {
    try {
      const { stdout } = await promisify(execFile)(program, args, { cwd: folder })
      return { code: 0, text: stdout }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, text: stdout + stderr }
    }
  }
  const girok = (...args: string[]) => run(process.execPath, [CLI, 'rules', ...args])
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text)

  beforeAll(() => {
    file(
      'rules.yaml',
      `groups:
  - name: http
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(requests_total[5m]))
      - alert: Down
        expr: up == 0
        for: 2m
        labels: {severity: page}
        annotations: {summary: "{{ $labels.instance }} of {{ $labels.job }} is down ({{ $value | humanize }})"}
      - alert: Slow
        expr: job:requests:rate5m < 1
        keep_firing_for: 3m
`,
    )
    file(
      'broken.yaml',
      'groups:\n  - name: x\n    rules:\n      - record: a\n        expr: rate(b)\n      - alert: c\n        exprr: d\n',
    )
    file('logql.yaml', `groups: [{name: l, rules: [{record: a, expr: 'sum(rate({a="b"} |= "c" [1m]))'}]}]\n`)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** A file of tests; `up` is the value that is expected at four minutes. */
  const tests = (expected: { rate: string; down: string }) => `rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'up{job="api", instance="a:1"}'
        values: '1 1 0 0 0 0 1 1'
      - series: 'requests_total{job="api"}'
        values: '0+60x5 300x10'
    alert_rule_test:
      - {eval_time: 3m, alertname: Down}
      - eval_time: 4m
        alertname: Down
        exp_alerts:
          - exp_labels: {severity: page, job: api, instance: "a:1"}
            exp_annotations: {summary: "a:1 of api is down (${expected.down})"}
      - {eval_time: 6m, alertname: Down}
      - eval_time: 12m
        alertname: Slow
        exp_alerts: [{exp_labels: {job: api}}]
    promql_expr_test:
      - expr: job:requests:rate5m
        eval_time: 5m
        exp_samples: [{labels: 'job:requests:rate5m{job="api"}', value: ${expected.rate}}]
      - expr: count(ALERTS{alertstate="pending"}) by (alertname)
        eval_time: 3m
        exp_samples: [{labels: '{alertname="Down"}', value: 1}]
`

  test('check says what is good', async () => {
    expect(await girok('check', 'rules.yaml')).toEqual({
      code: 0,
      text: 'Checking rules.yaml\n  SUCCESS: 3 rules found\n',
    })
    expect((await girok('check', '--language', 'logql', 'logql.yaml')).code).toBe(0)
    expect((await run('promtool', ['check', 'rules', 'rules.yaml'])).code).toBe(0)
  })

  test('check names each fault with its place', async () => {
    const { code, text } = await girok('check', 'broken.yaml', 'absent.yaml')
    expect(code).toBe(1)
    expect(text).toContain(
      'broken.yaml:5:15: group "x", rule 1, "a": could not parse expression: 1:6: parse error: expected type range vector',
    )
    expect(text).toContain('broken.yaml:7:9: field exprr not found in a rule')
    expect(text).toContain('absent.yaml: no such file')
    // The language of a file is what one says, never a guess.
    expect((await girok('check', 'logql.yaml')).code).toBe(1)
  })

  test('test agrees with promtool, on what passes and on what fails', async () => {
    file('pass.yaml', tests({ rate: '1', down: '0' }))
    file('fail.yaml', tests({ rate: '2', down: '0' }))
    file('wrong-words.yaml', tests({ rate: '1', down: '1' }))
    for (const [name, code] of [
      ['pass.yaml', 0],
      ['fail.yaml', 1],
      ['wrong-words.yaml', 1],
    ] as const) {
      const own = await girok('test', name)
      const theirs = await run('promtool', ['test', 'rules', name])
      expect({ name, own: own.code, theirs: theirs.code, text: own.text }).toMatchObject({ own: code, theirs: code })
    }
    const { text } = await girok('test', 'fail.yaml')
    expect(text).toContain('expr: "job:requests:rate5m", time: 5m')
    expect(text).toMatch(/expected:\n\s+\{__name__="job:requests:rate5m", job="api"\} 2\n\s+got:\n\s+\{.*\} 1/)
  })
})
