import { expect, test } from 'vitest'
import { bitsOf, isStaleMarker, setStaleMarker } from '../../model/sample-batch.ts'
import { remoteWrite } from '../receivers/remote-write.ts'
import { openReceiver } from '../testing/bench-of-receivers.ts'
import { encodeSnappyBlock } from '../testing/encoders.ts'
import { encodeWriteV1 } from '../testing/remote-write.ts'
import { lastValuesCount } from './last-value.ts'

test('the last of several values of a series at one time takes the place of the others, bit by bit', () => {
  const series = Uint32Array.of(0, 0, 1, 0, 1, 0)
  const times = Float64Array.of(5, 6, 5, 5, 5, 6)
  const values = Float64Array.of(9, 2, 3, 7, Number.POSITIVE_INFINITY, 0)
  const bits = bitsOf(values)
  setStaleMarker(bits, 5)
  lastValuesCount(6, series, times, bits)
  const shown = Array.from(values, (value, i) => (isStaleMarker(bits, i) ? 'stale' : value))
  expect(shown).toEqual([7, 'stale', Number.POSITIVE_INFINITY, 7, Number.POSITIVE_INFINITY, 'stale'])
})

test('so in requests, also where a series comes in several pieces', async () => {
  const now = Date.UTC(2026, 5, 1, 12)
  const bench = openReceiver(remoteWrite, { nowMs: now })
  const labels = [['__name__', 'up']] as const
  const samples = [
    [
      [now - 2, 9],
      [now - 1, 5],
      [now - 2, 3],
    ],
    [
      [now - 1, 4],
      [now - 2, 1],
    ],
  ] as const
  const body = encodeSnappyBlock(encodeWriteV1(samples.map((some) => ({ labels, samples: some }))))
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }
  expect((await bench.send({ path: '/api/v1/write', headers, body })).status).toBe(204)
  const [batch] = bench.sampleBatches
  expect([...(batch?.value ?? [])].slice(0, batch?.count)).toEqual([1, 4, 1, 4, 1])
})
