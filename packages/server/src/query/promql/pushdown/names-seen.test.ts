import { parsePromQL } from '@girok/query/promql'
import { expect, test } from 'vitest'
import { namesAreSeen } from './names-seen.ts'

test.each([
  ['rate(a[5m])', false],
  ['sum by (job) (rate({__name__="a"}[5m])) / on (job) group_left (x) b', false],
  ['topk(3, rate(a[5m])) or -b', false],
  ['sum by (__name__) (rate(a[5m]))', true],
  ['1 + count without (__name__) (rate(a[5m]))', true],
  ['rate(a[5m]) * on (__name__) b', true],
  ['rate(a[5m]) * on (job) group_left (__name__) b', true],
  ['abs(label_replace(rate(a[5m]), "n", "$1", "__name__", "(.*)"))', true],
  ['sort_by_label(rate(a[5m]), "__name__")', true],
])('%s: names are seen: %s', (query, seen) => {
  expect(namesAreSeen(parsePromQL(query))).toBe(seen)
})
