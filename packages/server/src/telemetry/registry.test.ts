import { expect, test } from 'vitest'
import { createRegistry } from './registry.ts'

test('counters add by label combination, whatever the order of the labels', () => {
  const registry = createRegistry()
  const counter = registry.counter('things_total', 'Things.')
  counter.add({ a: '1', b: '2' })
  counter.add({ b: '2', a: '1' }, 4)
  expect(counter.value({ a: '1', b: '2' })).toBe(5)
  expect(registry.text()).toBe(
    '# HELP things_total Things.\n# TYPE things_total counter\nthings_total{a="1",b="2"} 5\n',
  )
})

test('label values are escaped', () => {
  const registry = createRegistry()
  registry.counter('c_total', 'C.').add({ path: 'a"b\\c\nd' })
  expect(registry.text()).toContain('c_total{path="a\\"b\\\\c\\nd"} 1\n')
})

test('combinations are bounded: the surplus is counted as other', () => {
  const registry = createRegistry()
  const counter = registry.counter('c_total', 'C.')
  for (let i = 0; i < 2_100; i++) counter.add({ tenant: `t${i}` })
  expect(counter.value({ tenant: 'other' })).toBe(100)
})

test('a gauge is read when asked, and left out when it has no value', () => {
  const registry = createRegistry()
  let value: number | undefined = 3
  registry.gauge('g', 'G.', () => value)
  expect(registry.text()).toContain('\ng 3\n')
  value = undefined
  expect(registry.text()).not.toContain('\ng ')
})

test('one name cannot be registered twice', () => {
  const registry = createRegistry()
  registry.counter('c_total', 'C.')
  expect(() => registry.gauge('c_total', 'C.', () => 1)).toThrow(/twice/)
})
