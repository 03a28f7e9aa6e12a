import { expect, test } from 'vitest'
import { yamlExcess } from './yaml-excess.ts'

const levels = (open: string, close: string, count: number) => `a: ${open.repeat(count)}1${close.repeat(count)}`
const bomb = (levels: number) =>
  ['x0: &x0 [a]', ...Array.from({ length: levels }, (_, i) => `x${i + 1}: &x${i + 1} [*x${i}, *x${i}, *x${i}]`)].join(
    '\n',
  )

test.each([
  ['brackets', levels('[', ']', 100_000), /nested more than 100 levels/],
  ['maps', levels('{a: ', '}', 200), /nested more than 100 levels/],
  ['dashes', `a:\n  ${'- '.repeat(20_000)}1`, /nested more than 100 levels/],
  ['aliases of aliases', bomb(30), /aliases \(\*NAME\) stand for too much/],
  ['an alias within what it names', 'a: &a\n  b: [*a]', /aliases|an alias/],
  ['a merge of itself', 'a: &a\n  b: 1\n  <<: *a', /aliases|an alias/],
])('%s', (_, text, message) => {
  expect(yamlExcess(text)).toMatch(message)
})

test.each([
  ['an empty text', ''],
  ['no YAML', 'a: [b'],
  ['nested as people nest', levels('[', ']', 40)],
  ['an anchor in many places', `a: &a {b: c}\nd:\n${'  - *a\n'.repeat(500)}`],
  ['brackets in texts', `a: '${'['.repeat(500)}'\nb: |\n  ${'{'.repeat(500)}\n`],
])('%s is none', (_, text) => {
  expect(yamlExcess(text)).toBeUndefined()
})
