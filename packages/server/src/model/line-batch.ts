import type { Metadata, RecordBatch } from './batch.ts'
import type { Stream } from './labels.ts'

/** A record whose text is already a string: for sources of a few lines, where columns by hand would be no gain. */
export interface TextRecord {
  readonly stream: Stream
  /** Milliseconds since the epoch, whole. */
  readonly timeMs: number
  readonly line: string
  /** Index into LEVELS; default 0, nobody looked. */
  readonly level?: number
  readonly metadata?: Metadata
}

/** Packs records of one tenant into a batch, in their order. */
export function batchOfRecords(tenant: string, receiver: string, records: readonly TextRecord[]): RecordBatch {
  const streams = [...new Set(records.map(({ stream }) => stream))]
  const texts = records.map(({ line }) => Buffer.from(line))
  const lineStart = new Uint32Array(records.length)
  const lineEnd = new Uint32Array(records.length)
  let offset = 0
  texts.forEach((text, i) => {
    lineStart[i] = offset
    offset += text.length
    lineEnd[i] = offset
  })
  return {
    tenant,
    receiver,
    count: records.length,
    streams,
    stream: Uint32Array.from(records, ({ stream }) => streams.indexOf(stream)),
    seconds: Float64Array.from(records, ({ timeMs }) => Math.floor(timeMs / 1_000)),
    nanos: Uint32Array.from(records, ({ timeMs }) => (timeMs % 1_000) * 1_000_000),
    level: Uint8Array.from(records, ({ level }) => level ?? 0),
    bytes: Buffer.concat(texts),
    lineStart,
    lineEnd,
    metadata: records.some(({ metadata }) => metadata) ? records.map(({ metadata }) => metadata) : undefined,
  }
}
