/** Back-tests of rules over data that was there before, by the API and from the command line. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BackTestResponse } from '../packages/server/src/api/contract.ts'
import { writeSeries } from './prometheus.ts'
import { girokRules, SHOP_RULES } from './rules-command.ts'
import { push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const MINUTE = 60_000
const folder = temporaryFolder()
let server: TestServer
beforeAll(async () => {
  server = await startServer({ args: QUIET })
})
afterAll(async () => {
  await server?.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const messageOf = (json: unknown) => (json as { error: { message: string } }).error.message

describe('back-tests', () => {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE
  const at = (minute: number) => now - (60 - minute) * MINUTE

  async function backTest(body: object): Promise<{ readonly status: number; readonly json: BackTestResponse }> {
    const response = await server.fetch('/girok/v1/alerting/backtest', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, json: (await response.json()) as BackTestResponse }
  }

  beforeAll(async () => {
    const values = Array.from({ length: 60 }, (_, minute) => [at(minute), minute >= 20 && minute < 30 ? 9 : 1] as const)
    await writeSeries(server, { __name__: 'past_load', host: 'a' }, values)
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
    await writeSeries(server, { __name__: 'past_pair', host: 'a' }, [...values, [at(30), 1]])
    await writeSeries(server, { __name__: 'past_pair', host: 'b' }, [[at(25), 9]])
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

  test('the command draws what would have fired', async () => {
    const girok = (...args: string[]) => girokRules(server, folder, args)
    writeFileSync(join(folder, 'shop.yaml'), SHOP_RULES)
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
    expect(readFileSync(join(folder, 'shop.yaml'), 'utf8')).toBe(SHOP_RULES)
  })
})
