/** Unit tests of rules over logs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runRuleTests } from './run-tests.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-log-tests-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const RULES = `groups:
  - name: logs
    rules:
      - {record: "app:errors:count3m", expr: 'sum by (app) (count_over_time({job="shop"} |= "error" [3m]))'}
      - alert: Errors
        expr: sum by (app) (count_over_time({job="shop"} |= "error" [3m])) > 1
        for: 1m
        annotations: {all: '{{ with query "sum(count_over_time({job=\\"shop\\"}[2m]))" }}{{ . | first | value }}{{ end }} lines'}
      - {alert: Slow, expr: 'avg_over_time({job="shop"} | json | unwrap ms [1m]) by (app)', condition: last() > 500, over: 1m}
`

function run(tests: string, rules = 'rule_files', language: 'promql' | 'logql' = 'logql') {
  writeFileSync(join(folder, 'rules.yaml'), RULES)
  const path = join(folder, 'tests.yaml')
  writeFileSync(path, `${rules}: [rules.yaml]\n${tests}`)
  return runRuleTests(path, language)
}

const STREAMS = `    interval: 1m
    input_streams:
      - labels: '{job="shop", app="a"}'
        lines: [error 0, fine 1, error 2, error 3, fine 4, fine 5, fine 6]
      - labels: '{job="shop", app="b"}'
        structured_metadata: {trace_id: "7"}
        start: 30s
        interval: 10s
        lines: ['{"ms": 100}', {line: '{"ms": 900}', times: 12}]
`

test('rules over lines fire and record as expected', () => {
  const report = run(`tests:
  - name: all
${STREAMS}    alert_rule_test:
      - {eval_time: 2m, alertname: Errors}
      - eval_time: 4m
        alertname: Errors
        exp_alerts: [{exp_labels: {app: a}, exp_annotations: {all: "5 lines"}}]
      - {eval_time: 5m, alertname: Errors}
      - {eval_time: 0m, alertname: Slow}
      - {eval_time: 1m, alertname: Slow, exp_alerts: [{exp_labels: {app: b}}]}
    logql_expr_test:
      - {expr: 'sum(count_over_time({job="shop"}[5m]))', eval_time: 4m, exp_samples: [{labels: '{}', value: 18}]}
      - {expr: 'sum by (app) (count_over_time({job="shop"} |= "none" [5m]))', eval_time: 4m}
      - expr: '{job="shop"} |= "error"'
        eval_time: 2m
        exp_logs:
          - {labels: '{app="a", job="shop"}', line: error 0}
          - {labels: '{job="shop", app="a"}', line: error 2, timestamp: 120000000000}
      - expr: '{app="b"} | json | ms < 500 | line_format "{{.ms}}"'
        eval_time: 1m
        exp_logs: [{labels: '{app="b", job="shop", ms="100", trace_id="7"}', line: "100"}]
    promql_expr_test:
      - {expr: '{__name__="app:errors:count3m"}', eval_time: 3m, exp_samples: [{labels: 'app:errors:count3m{app="a"}', value: 2}]}
      - {expr: 'ALERTS{alertname="Errors"}', eval_time: 4m, exp_samples: [{labels: 'ALERTS{alertname="Errors", alertstate="firing", app="a"}', value: 1}]}
`)
  expect(report).toEqual({ passed: 1, failures: [] })
})

test('times count from the start of the test', () => {
  const report = run(`tests:
  - start_timestamp: 2026-01-01T00:00:00Z
${STREAMS}    alert_rule_test:
      - {eval_time: 4m, alertname: Errors, exp_alerts: [{exp_labels: {app: a}, exp_annotations: {all: "5 lines"}}]}
    logql_expr_test:
      - expr: '{job="shop"} |= "error"'
        eval_time: 0s
        exp_logs: [{labels: '{app="a", job="shop"}', line: error 0, timestamp: 1767225600000000000}]
`)
  expect(report).toEqual({ passed: 1, failures: [] })
})

test('rules over logs and over metrics are tested together', () => {
  writeFileSync(
    join(folder, 'metrics.yaml'),
    'groups: [{name: metrics, rules: [{alert: Many, expr: "sum(app:errors:count3m) > 1"}]}]',
  )
  const report = run(
    `rule_files: [metrics.yaml]
group_eval_order: [logs, metrics]
tests:
  - name: both
${STREAMS}    alert_rule_test:
      - {eval_time: 1m, alertname: Many}
      - {eval_time: 2m, alertname: Many, exp_alerts: [{}]}
`,
    'logql_rule_files',
    'promql',
  )
  expect(report).toEqual({ passed: 1, failures: [] })
})

test('what differs is told with both sides', () => {
  const { failures } = run(`tests:
  - name: wrong
${STREAMS}    logql_expr_test:
      - {expr: 'sum(count_over_time({app="a"}[5m]))', eval_time: 1m, exp_samples: [{labels: '{}', value: 3}]}
      - {expr: '{app="a"}', eval_time: 0s, exp_logs: [{labels: '{app="a"}', line: error 0, timestamp: 7}]}
      - {expr: 'rate({app="a"} | json [5m])', eval_time: 1m}
`)
  expect(failures).toEqual([
    'wrong: expr: "sum(count_over_time({app=\\"a\\"}[5m]))", time: 1m (line 14)\n  expected:\n    {} 3\n  got:\n    {} 2',
    'wrong: expr: "{app=\\"a\\"}", time: 0s (line 15)\n  expected:\n    {app="a"} "error 0" at 7\n  got:\n    {app="a", job="shop"} "error 0" at 0',
    expect.stringMatching(/^wrong: expr: .* \(line 16\): .*JSONParserErr/),
  ])
})

test.each([
  ['input_streams: [{labels: \'app{a="b"}\', lines: [x]}]', 'a stream has no name'],
  ['input_streams: [{labels: \'{a=~"b"}\', lines: [x]}]', 'labels are given as name="value"'],
  ['input_streams: [{labels: \'{a="b"}\', lines: [{line: x, times: 9999999}]}]', 'more than 1000000 lines'],
  ['input_streams: [{stream: \'{a="b"}\'}]', 'field stream not found in an input stream: known are labels'],
  ['logql_expr_test: [{expr: \'{a="b"}\', exp_samples: [{value: 1}]}]', 'gives lines: expect exp_logs'],
  ['logql_expr_test: [{expr: \'rate({a="b"}[1m])\', exp_logs: [{line: x}]}]', 'gives numbers: expect exp_samples'],
  ['logql_expr_test: [{expr: \'{a="b"}\', exp_logs: [{line: x, timestamp: 1s}]}]', 'whole nanoseconds'],
  ["logql_expr_test: [{expr: '{a='}]", 'tests.yaml:3:30: '],
])('%s is refused', (text, message) => {
  expect(run(`tests:\n  - ${text}\n`).failures.join('\n')).toContain(message)
})
