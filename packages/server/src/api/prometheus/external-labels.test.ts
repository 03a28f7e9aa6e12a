import type { Matcher } from '@girok/query/promql'
import { expect, test } from 'vitest'
import { withExternal, withoutExternal } from './external-labels.ts'

const external = new Map([
  ['site', 'east'],
  ['none', ''],
])

test('a series gets the external labels that it lacks, by name', () => {
  const labels = withExternal(new Map([['zone', 'a']]), external)
  expect([...labels]).toEqual([
    ['site', 'east'],
    ['zone', 'a'],
  ])
  expect(withExternal(new Map([['site', 'own']]), external)).toEqual(new Map([['site', 'own']]))
})

test('a reader may ask by external labels, as a Prometheus that reads from several does', () => {
  const matcher = (name: string, op: Matcher['op'], value: string): Matcher => ({
    name,
    op,
    value,
    at: { start: 0, end: 0 },
  })
  const others = [matcher('site', '=', 'west'), matcher('site', '=~', 'east'), matcher('job', '=', 'east')]
  expect(withoutExternal([matcher('site', '=', 'east'), ...others], external)).toEqual(others)
})
