import { expect, it } from 'vitest'
import { isComparison, measureOfRule } from './measure.ts'

it.each([
  ['promql', 'up == 0', true],
  ['promql', '((rate(a[5m]) > 1))', true],
  ['promql', 'a > 1 and b < 2', true],
  ['promql', 'rate(a[5m]) * 2', false],
  ['promql', 'rate(a[', undefined],
  ['logql', 'sum(rate({a="b"}[5m])) > 3', true],
  ['logql', 'sum(rate({a="b"}[5m]))', false],
  ['logql', '{a="b"}', false],
] as const)('%s %s is a comparison: %s', (language, query, wanted) => {
  expect(isComparison(language, query)).toBe(wanted)
})

it('units are guessed only where values need no factor', () => {
  expect(measureOfRule('logql', 'rate({a="b"}[1m]) > 2')).toBe('perSecond')
  expect(measureOfRule('logql', 'avg_over_time({a="b"} | json | unwrap latency_ms [1m])')).toBe('none')
})
