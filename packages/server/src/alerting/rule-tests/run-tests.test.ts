import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runRuleTests } from './run-tests.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'girok-rule-tests-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const RULES = `groups:
  - name: second
    rules:
      - {record: b, expr: a * 10}
  - name: first
    rules:
      - {record: a, expr: sum(x)}
      - alert: High
        expr: a > 2
        for: 2m
        labels: {severity: "{{ if gt $value 2.5 }}page{{ else }}mail{{ end }}"}
        annotations: {text: "{{ with query \\"sum(x)\\" }}{{ . | first | value }}{{ end }} at {{ $externalLabels.site }}"}
`

function run(tests: string) {
  writeFileSync(join(folder, 'rules.yaml'), RULES)
  const path = join(folder, 'tests.yaml')
  writeFileSync(path, `rule_files: [rules.yaml]\n${tests}`)
  return runRuleTests(path)
}

const SERIES = `    input_series: [{series: 'x{i="1"}', values: '1+1x10'}, {series: 'x{i="2"}', values: '0x4 stale'}]\n`

test('what is as expected passes', () => {
  const report = run(`tests:
  - name: all
    interval: 1m
    external_labels: {site: seoul}
${SERIES}    alert_rule_test:
      - {eval_time: 3m, alertname: High}
      - eval_time: 4m
        alertname: High
        exp_alerts: [{exp_labels: {severity: page}, exp_annotations: {text: "5 at seoul"}}]
    promql_expr_test:
      - {expr: a, eval_time: 4m, exp_samples: [{labels: a, value: 5}]}
      - {expr: 'count(x)', eval_time: 4m, exp_samples: [{labels: '{}', value: 2}]}
      - {expr: 'count(x)', eval_time: 5m, exp_samples: [{value: 1, labels: ''}]}
      - {expr: absent_metric, eval_time: 5m}
      - {expr: 'ALERTS{alertstate="pending"}', eval_time: 3m, exp_samples: [{labels: 'ALERTS{alertname="High", alertstate="pending", severity="page"}', value: 1}]}
`)
  expect(report).toEqual({ passed: 1, failures: [] })
})

test('groups are evaluated in the order asked for', () => {
  const test = (order: string) =>
    run(`${order}tests:
  - interval: 1m
${SERIES}    promql_expr_test: [{expr: b, eval_time: 0, exp_samples: [{labels: b, value: 10}]}]
`)
  expect(test('').failures).toHaveLength(1)
  expect(test('group_eval_order: [first, second]\n')).toEqual({ passed: 1, failures: [] })
})

test('what differs is told with both sides', () => {
  const { failures } = run(`tests:
  - name: wrong
    interval: 1m
${SERIES}    alert_rule_test: [{eval_time: 10m, alertname: High}]
    promql_expr_test: [{expr: a, eval_time: 1m, exp_samples: [{labels: a, value: 3}]}]
`)
  expect(failures).toHaveLength(2)
  expect(failures[0]).toMatch(
    /^wrong: alertname: High, time: 10m \(line \d+\)\n {2}expected:\n {4}nothing\n {2}got:\n {4}Labels:\{/,
  )
  expect(failures[1]).toBe(
    'wrong: expr: "a", time: 1m (line 7)\n  expected:\n    {__name__="a"} 3\n  got:\n    {__name__="a"} 2',
  )
})

test('the last bits can be left out of a comparison', () => {
  const test = (fuzzy: string) =>
    run(`${fuzzy}tests:
  - input_series: [{series: x, values: '0.1'}]
    promql_expr_test: [{expr: x * 3, eval_time: 0s, exp_samples: [{labels: '{}', value: 0.3}]}]
`)
  expect(test('').failures).toHaveLength(1)
  expect(test('fuzzy_compare: true\n').failures).toEqual([])
})

test('conditions and hysteresis are evaluated', () => {
  const rules = `groups:
  - name: own
    rules:
      - {alert: Mean, expr: x, condition: "WHEN avg() > 5", over: 2m, labels: {value: "{{ $value }}"}}
      - {alert: Held, expr: x > 8, keep_firing_while: x > 3}
`
  writeFileSync(join(folder, 'own.yaml'), rules)
  const path = join(folder, 'own-tests.yaml')
  writeFileSync(
    path,
    `rule_files: [own.yaml]
tests:
  - interval: 1m
    input_series: [{series: 'x{i="1"}', values: '0 9 9 4 4 1'}]
    alert_rule_test:
      - {eval_time: 2m, alertname: Mean}
      - {eval_time: 3m, alertname: Mean, exp_alerts: [{exp_labels: {i: "1", value: "8.75"}}]}
      - {eval_time: 5m, alertname: Mean}
      - {eval_time: 0m, alertname: Held}
      - {eval_time: 1m, alertname: Held, exp_alerts: [{exp_labels: {i: "1"}}]}
      - {eval_time: 4m, alertname: Held, exp_alerts: [{exp_labels: {i: "1"}}]}
      - {eval_time: 5m, alertname: Held}
`,
  )
  expect(runRuleTests(path)).toEqual({ passed: 1, failures: [] })
})

test('broken files are told with their places', () => {
  const { failures } = run(`tests:
  - interval: 1m
    input_series: [{series: 'x{', values: '1'}, {series: x, values: '1 x'}]
    promql_expr_test: [{expr: 'sum(', eval_time: 1m}]
    alert_rule_tests: []
`)
  expect(failures).toHaveLength(4)
  expect(failures.join('\n')).toMatch(/tests\.yaml:6:5: field alert_rule_tests not found in a test group/)
  expect(runRuleTests(join(folder, 'none.yaml')).failures[0]).toContain('no such file')
})
