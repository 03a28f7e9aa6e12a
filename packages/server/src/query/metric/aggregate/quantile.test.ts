import { afterAll, beforeAll, expect, it } from 'vitest'
import { createQueryEngine } from '../../create-engine.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../testing/embedded-store.ts'

const T0 = 1_767_225_600_000_000_000n
let store: EmbeddedStore

beforeAll(async () => {
  store = await openEmbeddedStore()
  const record = (pod: string, v: number, n: number) => ({
    timeNs: T0 + BigInt(n) * 1_000_000_000n,
    labels: { app: 'a', pod },
    line: `v=${v}`,
  })
  await store.put([record('1', 2, 1), record('1', 4, 2), record('2', 10, 3), record('2', 20, 4)])
})
afterAll(() => store.close())

it.each([
  ['by (app)', [7]],
  ['by (pod)', [3, 15]],
  ['by ()', [7]],
])('a quantile %s of streams that share a series is that of all their samples', async (grouping, wanted) => {
  const engine = createQueryEngine({ store })
  const query = `quantile_over_time(0.5, {app="a"} | logfmt | unwrap v [1m]) ${grouping}`
  const at = T0 + 60_000_000_000n
  const { value } = await engine.metric({ tenant: 'default', query, startNs: at, endNs: at, stepNs: 1_000_000_000n })
  expect(value.kind === 'vector' && value.series.map(({ values }) => values[0])).toEqual(wanted)
})

it.each([
  [2, 'by (app)'],
  [1.5, 'by (pod)'],
])('the quantile %d %s is infinite, whoever evaluates it', async (q, grouping) => {
  const engine = createQueryEngine({ store })
  const query = `quantile_over_time(${q}, {app="a"} | logfmt | unwrap v [1m]) ${grouping}`
  const at = T0 + 60_000_000_000n
  for (const steps of [0n, 3n]) {
    for (const pushdown of [true, false]) {
      const range = { startNs: at, endNs: at + steps * 20_000_000_000n, stepNs: 20_000_000_000n }
      const { value } = await engine.metric({ tenant: 'default', query, ...range, pushdown })
      const first = value.kind === 'vector' ? value.series.map(({ values }) => values[0]) : []
      expect(first).toEqual(first.map(() => Infinity))
      expect(first.length).toBeGreaterThan(0)
    }
  }
})
