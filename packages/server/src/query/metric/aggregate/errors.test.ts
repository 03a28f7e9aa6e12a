import { afterAll, beforeAll, expect, it } from 'vitest'
import { createQueryEngine } from '../../create-engine.ts'
import { type EmbeddedStore, openEmbeddedStore } from '../../testing/embedded-store.ts'

const T0 = 1_767_225_600_000_000_000n
let store: EmbeddedStore

beforeAll(async () => {
  store = await openEmbeddedStore()
  await store.put([{ timeNs: T0, labels: { app: 'a' }, line: '{"size":"it\'s","beside":"7"}' }])
})
afterAll(() => store.close())

it('an error below an extreme of extremes names every label of the row, as it does without SQL', async () => {
  const engine = createQueryEngine({ store })
  const query = 'min by (app) (min_over_time({app="a"} | json | unwrap size [1m]))'
  const request = { tenant: 'default', query, startNs: T0, endNs: T0, stepNs: 0n }
  const messageOf = (pushdown: boolean): Promise<string> =>
    engine.metric({ ...request, pushdown }).then(
      () => 'no error',
      (error: Error) => error.message,
    )
  const message = await messageOf(true)
  expect(message).toContain('app="a", beside="7", size="it\'s"')
  expect(message).toBe(await messageOf(false))
})
