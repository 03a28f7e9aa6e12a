import type { SampleBatch } from '../../model/sample-batch.ts'

/** Samples of one insert at most: 2.4 MB of rows, of which the engine makes twelve times as much for a moment. */
const SLICE_SAMPLES = 100_000

/** Cuts a batch that is too large for one insert; nearly always gives back the batch itself. Columns are shared. */
export function sampleSlices(batch: SampleBatch): readonly SampleBatch[] {
  if (batch.count <= SLICE_SAMPLES) return [batch]
  const slices: SampleBatch[] = []
  for (let start = 0; start < batch.count; start += SLICE_SAMPLES) {
    const end = Math.min(batch.count, start + SLICE_SAMPLES)
    const { tenant, receiver, seriesList } = batch
    slices.push({
      // What comes once with the batch goes with its first slice.
      ...(start === 0 ? batch : { tenant, receiver, seriesList }),
      count: end - start,
      series: batch.series.subarray(start, end),
      timeMs: batch.timeMs.subarray(start, end),
      value: batch.value.subarray(start, end),
    })
  }
  return slices
}
