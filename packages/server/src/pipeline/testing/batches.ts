import type { Metadata, RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
import { batchOfRecords } from '../../model/line-batch.ts'

export function streamOf(labels: Readonly<Record<string, string>>): Stream {
  return makeStream('t', labelSet(Object.entries(labels)))
}

/** A batch of one record per line, all of the same stream unless given. */
export function batchOf(
  lines: readonly string[],
  given: { streams?: readonly Stream[]; metadata?: readonly (Metadata | undefined)[] } = {},
): RecordBatch {
  const stream = streamOf({ app: 'x' })
  return batchOfRecords(
    't',
    'test',
    lines.map((line, i) => {
      const metadata = given.metadata?.[i]
      return { stream: given.streams?.[i] ?? stream, timeMs: 1000 + i, line, ...(metadata && { metadata }) }
    }),
  )
}
