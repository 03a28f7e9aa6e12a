import { afterAll, beforeAll, expect, it } from 'vitest'
import { setPromotedFields } from '../../../store/promoted.ts'
import { promotedField, syncFields } from '../../../store/stored-fields.ts'
import { createQueryEngine } from '../../create-engine.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../testing/embedded-store.ts'

const T0 = 1_767_225_600_000_000_000n
let store: EmbeddedStore

beforeAll(async () => {
  store = await openEmbeddedStore()
  setPromotedFields((await syncFields(store.driver, { latency_ms: 'number' })).map(promotedField))
  await store.put([
    { timeNs: T0, labels: { app: 'a', latency_ms: '12.5' }, line: '{"user":"u"}' },
    { timeNs: T0, labels: { app: 'b' }, line: '{"latency_ms":20}' },
    { timeNs: T0, labels: { app: 'b' }, line: '{"user":"u"}' },
  ])
})
afterAll(async () => {
  setPromotedFields([])
  await store.close()
})

it('a row passes by the label of its stream where the stored field of that name is missing', async () => {
  const query = 'sum(count_over_time({app=~"a|b"} | json | latency_ms > 10 [1m]))'
  const engine = createQueryEngine({ store })
  const { value } = await engine.metric({ tenant: 'default', query, startNs: T0, endNs: T0, stepNs: 0n })
  expect(value.kind === 'vector' && value.series.map(({ values }) => values[0])).toEqual([2])
})
