import { expect, test } from 'vitest'
import { bodyOf, readRule, readRuleGroup } from './rule-body.ts'

const SOURCE = { file: 'team-a', origin: 'stored', language: 'promql' } as const

const BODY = {
  name: 'gpus',
  interval: '30s',
  limit: 5,
  labels: { team: 'ml' },
  rules: [
    { record: 'gpu:memory:max', expr: 'max by (gpu_id) (gpu_memory_percent)' },
    {
      alert: 'GpuFull',
      expr: 'gpu_memory_percent',
      condition: 'WHEN avg() IS ABOVE 90',
      over: '10m',
      for: '5m',
      keep_firing_for: '1m',
      keep_firing_while: 'gpu_memory_percent > 80',
      labels: { severity: 'page' },
      annotations: { summary: 'GPU {{ $labels.gpu_id }}' },
    },
  ],
}

test('a group of JSON is read, and told again as it was given', () => {
  const { group, problems } = readRuleGroup({ value: BODY }, SOURCE)
  expect(problems).toEqual([])
  expect(group).toMatchObject({ name: 'gpus', file: 'team-a', origin: 'stored', intervalMs: 30_000 })
  expect(group && bodyOf(group)).toEqual(BODY)
})

test('so is one of YAML', () => {
  const yaml = 'name: up\nrules:\n  - alert: Down\n    expr: up == 0\n    labels: {tier: 1}\n'
  const { group, problems } = readRuleGroup(yaml, SOURCE)
  expect(problems).toEqual([])
  expect(group && bodyOf(group)).toEqual({
    name: 'up',
    rules: [{ alert: 'Down', expr: 'up == 0', labels: { tier: '1' } }],
  })
})

test('faults of JSON say by a path where they are, each of them', () => {
  const value = {
    name: 'x',
    interval: 'soon',
    colour: 'red',
    labels: { __name__: 'no' },
    rules: [
      { alert: 'A', expr: 'sum(' },
      { record: 'b', expr: 'up', over: '5m' },
      { alert: 'C', expr: 'up', condition: 'newest() > 1' },
      { alert: 'D', expr: 'up', over: '5m' },
      { alert: 'E', expr: 'up', annotations: { text: '{{ .Labels' } },
      { alert: 'F', expr: 'up', keep_firing_while: 'up[5m]' },
      7,
    ],
  }
  expect(readRuleGroup({ value }, SOURCE).problems.map((one) => one.replace(/(: .{50}).*/, '$1'))).toEqual([
    expect.stringMatching(/^colour: field colour not found in a rule group/),
    'labels.__name__: invalid label name: __name__',
    expect.stringMatching(/^rules\[0\]\.expr: could not parse expression: 1:5/),
    "rules[1].over: invalid field 'over' in recording rule",
    expect.stringMatching(/^rules\[2\]\.condition: could not parse condition: 1:1/),
    expect.stringMatching(/^rules\[3\]\.over: 'over' says how far back/),
    expect.stringMatching(/^rules\[4\]\.annotations: template of annotations\.text/),
    expect.stringMatching(/^rules\[5\]\.keep_firing_while: could not parse expr/),
    expect.stringMatching(/^rules\[6\]: a rule must be a map/),
    expect.stringMatching(/^interval: /),
  ])
})

test.each([[undefined], [null], [7], ['text'], [[]], [{}], [{ name: '' }], [{ name: 'x', rules: {} }]])(
  '%j is told what is wrong with it',
  (value) => {
    const { problems } = readRuleGroup({ value }, SOURCE)
    expect(problems.length).toBeGreaterThan(0)
  },
)

test('faults of a rule by itself begin with rule', () => {
  expect(readRule({ alert: 'A', expr: 'up > (' }, 'promql').problems[0]).toMatch(/^rule\.expr: could not parse/)
  expect(readRule({ alert: 'A', expr: 'up', foo: 1 }, 'promql').problems[0]).toMatch(/^rule\.foo: field foo not found/)
  expect(readRule({ alert: 'A', expr: 'count_over_time({a="b"}[1m])' }, 'logql')).toMatchObject({
    problems: [],
    rule: { kind: 'alerting', name: 'A' },
  })
})
