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

test('but no more than the last bit', () => {
  const { failures } = run(`fuzzy_compare: true
tests:
  - input_series: [{series: x, values: '0.3'}]
    promql_expr_test: [{expr: x, eval_time: 0s, exp_samples: [{labels: x, value: 0.3000000000000002}]}]
`)
  expect(failures).toHaveLength(1)
})

test.each([
  ['samples lie as far apart as evaluations', 'evaluation_interval: 30s', 'x', '90s', 4],
  ['an interval of 0 is none', 'evaluation_interval: 0s', 'x', '3m', 4],
  ['subqueries step as evaluations do', 'evaluation_interval: 30s', 'count_over_time(x[1m:])', '90s', 2],
])('%s', (_, head, expr, at, value) => {
  const text = `${head}
tests:
  - input_series: [{series: x, values: '1 2 3 4'}]
    promql_expr_test: [{expr: '${expr}', eval_time: ${at}, exp_samples: [{labels: '${expr === 'x' ? 'x' : '{}'}', value: ${value}}]}]
`
  expect(run(text)).toEqual({ passed: 1, failures: [] })
})

test.each([
  ['1609459200', '.inf', 'vector(Inf)'],
  ['2021-01-01T00:00:00Z', '1609459260', 'vector(time())'],
  ['"2021-01-01T09:00:00.5+09:00"', '1609459260.5', 'vector(time())'],
  ['0', '', 'vector(0)'],
  ['0', '-.Inf', 'vector(-Inf)'],
])('a test that starts at %s gives %s', (start, value, expr) => {
  const text = `tests:
  - start_timestamp: ${start}
    input_series: [{series: 'x{i="1"}', values: 3x3}]
    promql_expr_test:
      - {expr: '${expr}', eval_time: 1m, exp_samples: [{labels: '{}', value: ${value}}]}
      - {expr: a, eval_time: 1m, exp_samples: [{labels: a, value: 3}]}
    alert_rule_test:
      - {eval_time: 2m, alertname: High, exp_alerts: [{exp_labels: {severity: page}, exp_annotations: {text: "3 at "}}]}
      - {eval_time: 1m, alertname: High}
`
  expect(run(text)).toEqual({ passed: 1, failures: [] })
})

test('a group looks as far back as its query_offset, an address that is not given is empty', () => {
  const rules = `groups:
  - name: late
    query_offset: 2m
    rules:
      - {record: late, expr: x}
      - {alert: Late, expr: x > 2, annotations: {where: "at {{ externalURL }}{{ pathPrefix }}{{ $externalURL }}"}}
`
  writeFileSync(join(folder, 'late.yaml'), rules)
  const path = join(folder, 'late-tests.yaml')
  const tests = `rule_files: ["[l]ate.yaml"]
tests:
  - input_series: [{series: x, values: '1 2 3 4 5'}]
    promql_expr_test:
      - {expr: late, eval_time: 1m, exp_samples: [{labels: late, value: 2}]}
      - {expr: 'timestamp(late)', eval_time: 4m, exp_samples: [{labels: '{}', value: 120}]}
    alert_rule_test:
      - {eval_time: 3m, alertname: Late}
      - {eval_time: 4m, alertname: Late, exp_alerts: [{exp_annotations: {where: "at "}}]}
`
  writeFileSync(path, tests)
  expect(runRuleTests(path)).toEqual({ passed: 1, failures: [] })
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

test.each([
  ['group_eval_order: [first, first]', /the group "first" comes twice/],
  ['fuzzy_compare: maybe', /:2:16: fuzzy_compare must be true or false/],
  ['tests: [{start_timestamp: today}]', /:2:27: start_timestamp: today is neither seconds nor a time/],
])('%s is refused', (text, message) => {
  expect(run(`${text}\n`).failures.join('\n')).toMatch(message)
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
