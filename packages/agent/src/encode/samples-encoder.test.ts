import { expect, it } from 'vitest'
import { SamplesEncoder } from './samples-encoder.ts'
import { readWriteRequest } from './write-request.ts'

const UP = new Map([
  ['job', 'node'],
  ['__name__', 'up'],
])

it('writes the bytes of remote write 1.0', () => {
  const encoder = new SamplesEncoder()
  encoder.add({ labels: new Map([['__name__', 'up']]), value: 1, timeMs: 300 })
  encoder.describe({ metric: 'up', type: 'gauge', help: 'h', unit: '' })
  expect(Buffer.from(encoder.finish()).toString('hex')).toBe(
    // timeseries { labels { name, value }, samples { value: 1.0, timestamp: 300 } } metadata { type, name, help, unit }
    '0a1e' + '0a0e0a085f5f6e616d655f5f12027570' + '120c09000000000000f03f10ac02' + '1a0b080212027570220168' + '2a00',
  )
})

it('keeps samples, ends of series, exemplars and descriptions', () => {
  const encoder = new SamplesEncoder()
  const other = new Map([['__name__', 'latency_seconds_bucket'], ['le', '+Inf'], ['zone', '서울']]) // biome-ignore format: short
  const exemplar = { labels: new Map([['trace_id', 'a'.repeat(200)]]), value: 0.5, timeMs: 1_763_755_200_001 }
  encoder.add({ labels: UP, value: 0.1, timeMs: 1_763_755_200_123 })
  encoder.add({ labels: other, value: Number.POSITIVE_INFINITY, timeMs: -5, exemplar })
  encoder.add({ labels: UP, value: 7, timeMs: 1_763_755_260_123, stale: true })
  encoder.add({ labels: UP, value: Number.NaN, timeMs: 0 })
  encoder.describe({ metric: 'latency_seconds', type: 'histogram', help: 'How long.\nReally.', unit: 'seconds' })
  expect(encoder.count).toBe(4)
  const size = encoder.sizeBytes
  const message = encoder.finish()
  expect(message.length).toBeLessThanOrEqual(size)
  expect(readWriteRequest(message)).toEqual({
    series: [
      {
        labels: [
          ['__name__', 'up'],
          ['job', 'node'],
        ],
        points: [
          { timeMs: 1_763_755_200_123, value: 0.1, exemplars: [] },
          { timeMs: 1_763_755_260_123, value: undefined, exemplars: [] },
          { timeMs: 0, value: Number.NaN, exemplars: [] },
        ],
      },
      {
        labels: [...other],
        points: [
          {
            timeMs: -5,
            value: Number.POSITIVE_INFINITY,
            exemplars: [{ labels: [...exemplar.labels], value: 0.5, timeMs: 1_763_755_200_001 }],
          },
        ],
      },
    ],
    descriptions: [{ metric: 'latency_seconds', type: 'histogram', help: 'How long.\nReally.', unit: 'seconds' }],
  })
})
