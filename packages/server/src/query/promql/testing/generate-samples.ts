import { labelSet } from '../../../model/labels.ts'
import { bitsOf, makeSeries, type SampleBatch, type SampleSeries, setStaleMarker } from '../../../model/sample-batch.ts'
import type { Random } from '../../testing/random.ts'

/** A sample as tests write it; `stale` ends the series. */
export type TestSample = readonly [labels: Readonly<Record<string, string>>, timeMs: number, value: number | 'stale']

/** A batch of a tenant. */
export function sampleBatch(tenant: string, samples: readonly TestSample[]): SampleBatch {
  const series = new Map<string, { readonly index: number; readonly made: SampleSeries }>()
  const value = new Float64Array(samples.length)
  const bits = bitsOf(value)
  const indexes = samples.map(([labels, , number], i) => {
    if (number === 'stale') setStaleMarker(bits, i)
    else value[i] = number
    const key = JSON.stringify(labels)
    const known = series.get(key)
    if (known !== undefined) return known.index
    const index = series.size
    series.set(key, { index, made: makeSeries(tenant, labelSet(Object.entries(labels))) })
    return index
  })
  return {
    tenant,
    receiver: 'test',
    count: samples.length,
    seriesList: [...series.values()].map(({ made }) => made),
    series: Uint32Array.from(indexes),
    timeMs: Float64Array.from(samples, ([, ms]) => ms),
    value,
  }
}

/**
 * Counters, gauges and the buckets of a histogram from `startMs` to `endMs`, with gaps, resets, NaNs, infinities, stale
 * markers, samples that come twice (with another value, too) and in any order.
 */
export function generateSamples(random: Random, startMs: number, endMs: number): TestSample[] {
  const samples: TestSample[] = []
  const metrics = ['requests_total', 'errors_total', 'temperature', 'latency_bucket']
  for (const metric of metrics) {
    for (let n = 0; n < 6; n++) {
      const labels: Record<string, string> = {
        __name__: metric,
        job: random.pick(['api', 'db']),
        instance: `i${n}`,
        ...(random.chance(0.5) && { zone: random.pick(['a', 'b', 'c']) }),
        ...(metric === 'latency_bucket' && { le: ['0.1', '0.5', '1', '2.5', '10', '+Inf'][n] as string }),
      }
      if (metric === 'latency_bucket') labels.instance = 'i0'
      samples.push(...walk(random, labels, metric !== 'temperature', startMs, endMs))
    }
  }
  for (let i = samples.length - 1; i > 0; i--) {
    const k = random.below(i + 1)
    const sample = samples[i] as TestSample
    samples[i] = samples[k] as TestSample
    samples[k] = sample
  }
  return samples
}

function walk(
  random: Random,
  labels: Readonly<Record<string, string>>,
  isCounter: boolean,
  startMs: number,
  endMs: number,
): TestSample[] {
  const samples: TestSample[] = []
  const everyMs = random.pick([5_000, 15_000, 30_000, 61_000])
  const jitterMs = random.pick([0, 0, 7, 900])
  let value = random.below(100)
  for (let ms = startMs + random.below(everyMs); ms <= endMs; ms += everyMs) {
    if (random.chance(0.01)) ms += random.below(900_000)
    const timeMs = ms + random.below(jitterMs + 1)
    if (timeMs > endMs) break
    if (isCounter) value = random.chance(0.02) ? random.below(5) : value + random.below(20)
    else value = Math.round((value + random.next() * 4 - 2) * 100) / 100
    if (random.chance(0.01)) samples.push([labels, timeMs, 'stale'])
    else if (random.chance(0.004)) samples.push([labels, timeMs, random.pick([Number.NaN, Number.POSITIVE_INFINITY])])
    else samples.push([labels, timeMs, value])
    if (random.chance(0.03)) samples.push([labels, timeMs, value])
    if (random.chance(0.005)) samples.push([labels, timeMs, value + random.below(3) - 1])
  }
  return samples
}
