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

test('a histogram counts what is at most each bound, and sums', () => {
  const registry = createRegistry()
  const histogram = registry.histogram('h_seconds', 'H.', [0.1, 1], [{ of: 'a' }])
  for (const value of [0.1, 0.5, 0.5, 3]) histogram.observe({ of: 'a' }, value)
  histogram.observe({ of: 'b' }, 0)
  expect(registry.text()).toBe(
    [
      '# HELP h_seconds H.',
      '# TYPE h_seconds histogram',
      'h_seconds_bucket{le="0.1",of="a"} 1',
      'h_seconds_bucket{le="1",of="a"} 3',
      'h_seconds_bucket{le="+Inf",of="a"} 4',
      'h_seconds_sum{of="a"} 4.1',
      'h_seconds_count{of="a"} 4',
      'h_seconds_bucket{le="0.1",of="b"} 1',
      'h_seconds_bucket{le="1",of="b"} 1',
      'h_seconds_bucket{le="+Inf",of="b"} 1',
      'h_seconds_sum{of="b"} 0',
      'h_seconds_count{of="b"} 1',
      '',
    ].join('\n'),
  )
})

test('label sets that a histogram is known to have are there from the start', () => {
  const registry = createRegistry()
  registry.histogram('h', 'H.', [1], [{ of: 'a' }])
  expect(registry.text()).toContain('h_count{of="a"} 0\n')
})

test('a gauge with labels keeps what it was set to, a count of others is read', () => {
  const registry = createRegistry()
  registry.settableGauge('g', 'G.').set({ x: '1' }, 2)
  registry.counterOf('c_total', 'C.', () => 7)
  expect(registry.text()).toContain('\ng{x="1"} 2\n')
  expect(registry.text()).toContain('# TYPE c_total counter\nc_total 7\n')
})
