import { expect, test } from 'vitest'
import { readRuleFile } from './rule-file.ts'

const GOOD = `groups:
  - name: api
    interval: 30s
    query_offset: 1m30s
    limit: 10
    labels: {team: ml}
    rules:
      - record: job:requests:rate5m
        expr: |
          sum by (job) (
            rate(requests_total[5m])
          )
        labels:
          tier: 1
      - alert: Down
        expr: up == 0
        for: 5m
        keep_firing_for: 1h
        labels: {severity: page}
        annotations: {summary: "{{ $labels.instance }} is down"}
  - name: empty
    rules: []
`

test('reads groups with all their fields', () => {
  const { groups, problems } = readRuleFile(GOOD, 'rules.yaml', 'promql')
  expect(problems).toEqual([])
  expect(groups).toMatchObject([
    {
      name: 'api',
      file: 'rules.yaml',
      language: 'promql',
      intervalMs: 30_000,
      queryOffsetMs: 90_000,
      limit: 10,
      labels: new Map([['team', 'ml']]),
      rules: [
        { kind: 'recording', name: 'job:requests:rate5m', labels: new Map([['tier', '1']]) },
        {
          kind: 'alerting',
          name: 'Down',
          forMs: 300_000,
          keepFiringForMs: 3_600_000,
          labels: new Map([['severity', 'page']]),
          annotations: new Map([['summary', '{{ $labels.instance }} is down']]),
        },
      ],
    },
    { name: 'empty', intervalMs: undefined, limit: 0, rules: [] },
  ])
})

test('an empty file has no groups', () => {
  expect(readRuleFile('', 'x', 'promql')).toEqual({ groups: [], problems: [] })
  expect(readRuleFile('# nothing\n', 'x', 'promql')).toEqual({ groups: [], problems: [] })
})

const rule = (text: string) => `groups:\n  - name: g\n    rules:\n      - ${text}\n`

test.each([
  ['groups: [', /^f:1:10: not valid YAML/],
  ['- a', /^f:1:1: the file must be a map of groups/],
  ['rules: []', /^f:1:1: field rules not found in the file: known are groups/],
  ['groups: [{rules: []}]', /^f:1:10: Groupname must not be empty/],
  ['groups: [{name: a}, {name: a}]', /^f:1:21: groupname: "a" is repeated in the same file/],
  ['groups: [{name: a, interval: 5 minutes}]', /^f:1:30: interval: .*write it like 30s/],
  ['groups: [{name: a, limit: 1.5}]', /^f:1:27: limit must be a whole number/],
  ['groups: [{name: a, rules: {}}]', /^f:1:27: rules must be a list/],
  [rule('{record: a, alert: b, expr: c}'), /^f:4:28: group "g", rule 1, "a": only one of 'record' and 'alert'/],
  [rule('{expr: c}'), /^f:4:16: group "g", rule 1, "": one of 'record' or 'alert' must be set/],
  [rule('{record: a}'), /^f:4:9: group "g", rule 1, "a": field 'expr' must be set in rule/],
  [rule('{record: a, expr: "sum("}'), /^f:4:27: group "g", rule 1, "a": could not parse expression: 1:5: parse error/],
  [rule('{record: a, expr: "b[5m]"}'), /a rule needs a vector or a scalar, this is a matrix/],
  [rule('{record: a, expr: b, for: 5m}'), /^f:4:35: group "g", rule 1, "a": invalid field 'for' in recording rule/],
  [rule('{record: a, expr: b, annotations: {c: d}}'), /invalid field 'annotations' in recording rule/],
  [rule('{record: a, expr: b, labels: {__name__: c}}'), /invalid label name: __name__/],
  [rule('{alert: a, expr: b, annotations: {c: "{{ .x "}}'), /template of annotations\.c: /],
  [rule('{alert: a, expr: b, labels: {c: "{{ nothing }}"}}'), /template of labels\.c: .*nothing/],
  [rule('{alert: a, expr: b, fro: 5m}'), /^f:4:29: field fro not found in a rule/],
  [
    rule(`{record: 'a{b="c"}', expr: b}`),
    /^f:4:18: group "g", rule 1, "a{b="c"}": a recording rule's name has no braces/,
  ],
  [rule('{alert: a, expr: b, labels: *x}'), /^f:4:37: no anchor &x stands before \*x$/],
  [rule('{<<: text, alert: a, expr: b}'), /^f:4:14: << merges a map/],
  [rule('{alert: a, expr: b, annotations: {c: "\u0001"}}'), /^f:4:47: not valid YAML: the character U\+0001/],
  [rule('{alert: a, expr: b, annotations: {c: "\\ud800"}}'), /^f:4:46: half of a character/],
  ['groups: []\n---\ngroups: []\n', /^f:3:1: a second YAML document begins here/],
])('%j is refused', (text, message) => {
  const { problems } = readRuleFile(text, 'f', 'promql')
  expect(problems.join('\n')).toMatch(message)
})

test('the language decides, not the text', () => {
  const both = rule('{record: a, expr: "vector(1)"}')
  expect(readRuleFile(both, 'f', 'promql').problems).toEqual([])
  expect(readRuleFile(both, 'f', 'logql').problems).toEqual([])
  const logs = rule(`{record: a, expr: 'sum(count_over_time({app="x"} |= "e" [1m]))'}`)
  expect(readRuleFile(logs, 'f', 'logql').problems).toEqual([])
  expect(readRuleFile(logs, 'f', 'promql').problems).toHaveLength(1)
  expect(readRuleFile(rule(`{record: a, expr: '{app="x"}'}`), 'f', 'logql').problems[0]).toContain(
    'wrap it in count_over_time',
  )
})

test.each([
  rule('{record: a, expr: b, for: 0s, keep_firing_for: 0s, annotations: {}}'),
  'groups: [{name: a, interval: 0s, limit: -1, rules: [{record: a, expr: b}]}]',
  '---\ngroups: [{name: a, rules: [{record: a, expr: b}]}]\n---\n# nothing\n',
  '\ufeffgroups: [{name: a, rules: [{record: a, expr: b}]}]\r\n',
])('%j is taken: what is empty says nothing', (text) => {
  const { groups, problems } = readRuleFile(text, 'f', 'promql')
  expect(problems).toEqual([])
  expect(groups).toMatchObject([{ intervalMs: undefined, limit: 0, rules: [{ kind: 'recording', name: 'a' }] }])
})

test('anchors and merges are followed', () => {
  const text = `groups:
  - name: g
    rules:
      - &base
        alert: a
        expr: up == 0
        for: 5m
        labels: &labels {team: x, tier: 1}
      - &other {alert: b, expr: up > 1, keep_firing_for: 1m}
      - <<: [*other, *base]
        alert: c
        labels: {<<: *labels, tier: 2}
      - alert: d
        expr: up
        labels: &ring {<<: *ring, e: f}
      - alert: e
        expr: up
        labels: {"<<": no merge}
`
  const { groups, problems } = readRuleFile(text, 'f', 'promql')
  expect(problems).toEqual([])
  const [, , c, d, e] = groups[0]?.rules ?? []
  expect(c).toMatchObject({ name: 'c', query: { text: 'up > 1' }, forMs: 300_000, keepFiringForMs: 60_000 })
  expect(Object.fromEntries(c?.labels ?? [])).toEqual({ team: 'x', tier: '2' })
  expect(d?.labels).toEqual(new Map([['e', 'f']]))
  expect(e?.labels).toEqual(new Map([['<<', 'no merge']]))
})

test('says all that is wrong at once', () => {
  const text =
    'groups:\n  - name: a\n    rules:\n      - {record: a, expr: "("}\n      - {record: b, expr: ")"}\n  - nme: c\n'
  expect(readRuleFile(text, 'f', 'promql').problems).toHaveLength(4)
})

test('of very many faults the first are told, and that there are more', () => {
  const text = Array.from({ length: 5_000 }, (_, i) => `k${i}: 1`).join('\n')
  const { problems } = readRuleFile(text, 'f', 'promql')
  expect(problems).toHaveLength(100)
  expect(problems[98]).toMatch(/^f:99:1: field k98 not found/)
  expect(problems[99]).toBe('f: there may be more faults, which are told when these are mended')
})
