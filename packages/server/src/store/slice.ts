import type { RecordBatch } from '../model/batch.ts'

/**
 * Bounds of one insert. Fixed, not configured: the slices of a batch with an idempotency key are known by their number,
 * so the same batch must be cut at the same places after a restart. 16 MiB of rows take the engine about 60 MiB.
 */
const SLICE_BYTES = 16 * 2 ** 20
const SLICE_ROWS = 100_000

/** Cuts a batch that is too large for one insert; nearly always gives back the batch itself. Columns are shared. */
export function slices(batch: RecordBatch): readonly RecordBatch[] {
  const cuts = [0]
  let bytes = 0
  for (let i = 0; i < batch.count; i++) {
    const size = (batch.lineEnd[i] as number) - (batch.lineStart[i] as number)
    const first = cuts[cuts.length - 1] as number
    if (i > first && (bytes + size > SLICE_BYTES || i - first >= SLICE_ROWS)) {
      cuts.push(i)
      bytes = 0
    }
    bytes += size
  }
  if (cuts.length === 1) return [batch]
  return cuts.map((start, index) => cut(batch, start, cuts[index + 1] ?? batch.count))
}

function cut(batch: RecordBatch, start: number, end: number): RecordBatch {
  return {
    ...batch,
    count: end - start,
    stream: batch.stream.subarray(start, end),
    seconds: batch.seconds.subarray(start, end),
    nanos: batch.nanos.subarray(start, end),
    level: batch.level.subarray(start, end),
    lineStart: batch.lineStart.subarray(start, end),
    lineEnd: batch.lineEnd.subarray(start, end),
    metadata: batch.metadata?.slice(start, end),
  }
}
