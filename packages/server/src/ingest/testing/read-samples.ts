import { bitsOf, isStaleMarker, type SampleBatch } from '../../model/sample-batch.ts'

/** The samples of one series of a batch, as tests compare them. */
export interface ReadSeries {
  readonly labels: Readonly<Record<string, string>>
  /** Time and value; the value as text, `stale` for the marker. */
  readonly samples: readonly (readonly [number, string])[]
}

/** What a batch holds, by series in order of appearance. */
export function readSamples(batch: SampleBatch): ReadSeries[] {
  const bits = bitsOf(batch.value)
  const samples: [number, string][][] = batch.seriesList.map(() => [])
  for (let i = 0; i < batch.count; i++) {
    const text = isStaleMarker(bits, i) ? 'stale' : String(batch.value[i])
    samples[batch.series[i]!]!.push([batch.timeMs[i]!, text])
  }
  return batch.seriesList.map(({ labels }, i) => ({ labels: Object.fromEntries(labels), samples: samples[i]! }))
}
