import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { bitsOf, isStaleMarker, setStaleMarker } from '../../model/sample-batch.ts'
import { inOrder } from './order.ts'

it('merges any number of ascending runs, and leaves what is in order alone', () => {
  const seed = Date.now() % 2 ** 31
  console.log(`order: seed ${seed}`)
  const runs = fc.array(fc.array(fc.nat(200), { maxLength: 30 }), { maxLength: 9 })
  fc.assert(
    fc.property(runs, (given) => {
      const times = given.flatMap((run) => [...run].sort((a, b) => a - b))
      // One value for each time: 3 × time.
      const { times: got, values } = inOrder({
        times: Float64Array.from(times),
        values: Float64Array.from(times, (time) => 3 * time),
      })
      const expected = [...new Set(times)].sort((a, b) => a - b)
      expect([...got]).toEqual(expected)
      expect([...values]).toEqual(expected.map((time) => 3 * time))
    }),
    { seed, numRuns: 500 },
  )
  const ordered = { times: Float64Array.of(1, 2), values: Float64Array.of(5, 6) }
  expect(inOrder(ordered).values).toBe(ordered.values)
})

it('carries the stale marker along bit by bit', () => {
  const values = Float64Array.of(1, 0, 3)
  setStaleMarker(bitsOf(values), 1)
  const ordered = inOrder({ times: Float64Array.of(30, 10, 20), values })
  expect([...ordered.times]).toEqual([10, 20, 30])
  expect([0, 1, 2].map((i) => isStaleMarker(bitsOf(ordered.values), i))).toEqual([true, false, false])
})
