import type { AlertingRuleState, RuleBody } from '@girok/server/contract'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bodyOfState, ruleYaml } from './rule-body.ts'

describe('a rule', () => {
  it('is shown as a file would hold it', () => {
    const rule: AlertingRuleState = {
      id: '0',
      kind: 'alerting',
      name: 'HighResponseTime',
      query: 'avg(x{a="b"})',
      health: 'ok',
      forMs: 300_000,
      keepFiringForMs: 0,
      condition: 'last() > 90',
      overMs: 90_000,
      labels: { severity: 'warning' },
      annotations: {},
    }
    expect(bodyOfState(rule)).toEqual({
      alert: 'HighResponseTime',
      expr: 'avg(x{a="b"})',
      condition: 'last() > 90',
      over: '1m30s',
      for: '5m',
      labels: { severity: 'warning' },
    })
  })

  it.each<RuleBody>([
    { alert: 'A', expr: 'up == 0', for: '1h30m', keep_firing_for: '5m' },
    { alert: 'true', expr: '123', for: '5m', labels: { a: 'null', 'b c': '', d: ' x ' } },
    {
      alert: '경보: 하나',
      expr: 'sum by (a) (\n  rate(b[5m])\n) > 1',
      annotations: { summary: '{{ $value }} of "it"\nnext', x: '- a' },
    },
    { record: 'job:up:sum', expr: 'sum(up) # all', annotations: { a: 'tab\there', b: 'ends\n', c: 'a \nb' } },
  ])('is read back from its YAML as it is: %j', (rule) => {
    expect(parse(ruleYaml(rule))).toEqual([rule])
  })
})
