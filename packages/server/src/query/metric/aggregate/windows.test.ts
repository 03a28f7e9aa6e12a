import { parseAndCheckLogQL, type RangeAggregation } from '@girok/query'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type AggregateKind, createLocator } from './kind.ts'
import { stateOf } from './state.ts'
import { pointsOf } from './windows.ts'

const sample = fc.record({ at: fc.integer({ min: -20, max: 120 }), value: fc.integer({ min: -50, max: 50 }) })
const scenario = fc.record({
  samples: fc.array(sample, { maxLength: 60 }),
  range: fc.integer({ min: 1, max: 40 }),
  step: fc.integer({ min: 1, max: 30 }),
  count: fc.integer({ min: 1, max: 12 }),
  offset: fc.integer({ min: -10, max: 10 }),
})

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const DEFINITIONS: Partial<Record<AggregateKind, (values: readonly number[]) => number>> = {
  count: (values) => values.length,
  sum: (values) => values.reduce((a, b) => a + b, 0),
  mean,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  spread: (values) => mean(values.map((value) => (value - mean(values)) ** 2)),
  first: (values) => values[0] as number,
  last: (values) => values.at(-1) as number,
  quantile: (values) => [...values].sort((a, b) => a - b)[0] as number,
}
const OPS: Partial<Record<AggregateKind, string>> = { spread: 'stdvar_over_time(', quantile: 'quantile_over_time(0, ' }

it.each(Object.entries(DEFINITIONS))('%s of samples in any windows is its definition over each', (name, definition) => {
  const kind = name as AggregateKind
  const node = parseAndCheckLogQL(`${OPS[kind] ?? 'sum_over_time('}{a="b"} | unwrap v [1s])`) as RangeAggregation
  const property = fc.property(scenario, ({ samples, range, step, count, offset }) => {
    const grid = { startNs: 50n, stepNs: BigInt(step), count }
    const locate = createLocator(grid, BigInt(range), BigInt(offset))
    const placed = samples.map((one, i) => ({ ...one, order: { timeNs: BigInt(one.at), rank: 0, part: 0, offset: i } }))
    const buckets = placed
      .map(({ at, value, order }) => ({ ...locate(BigInt(at)), state: stateOf(kind, value, order) }))
      .filter(({ first, end }) => first < end)
    const { values, present } = pointsOf({ labels: new Map(), buckets }, node, kind, count)
    const inOrder = [...placed].sort((a, b) => a.at - b.at || a.order.offset - b.order.offset)
    for (let k = 0; k < count; k++) {
      const end = 50 + k * step - offset
      const inside = inOrder.filter(({ at }) => at > end - range && at <= end).map(({ value }) => value)
      expect(present[k]).toBe(inside.length > 0 ? 1 : 0)
      if (inside.length > 0) expect(values[k]).toBeCloseTo(definition(inside), 8)
    }
  })
  fc.assert(property, { numRuns: 200 })
})
