import type { Stream } from './labels.ts'

/** Times of records and samples are before this second, in the year 2106: the store counts hours in 32 bits of seconds. */
export const END_OF_TIME_SECONDS = 2 ** 32

/** Structured metadata of one record: name, value, name, value … */
export type Metadata = readonly string[]

/**
 * Records on their way from a receiver to the store: columns, and one shared buffer for the text, instead of an object
 * per record. The receiver that made a batch gives it away: afterwards processors may replace columns, nobody may write
 * into `bytes`. Arrays may be longer than `count`.
 */
export interface RecordBatch {
  readonly tenant: string
  /** Name of the receiver, for counters and the feed. */
  readonly receiver: string
  readonly count: number
  /** Distinct streams; `stream[i]` is an index into this. */
  readonly streams: readonly Stream[]
  readonly stream: Uint32Array
  /** Whole seconds since the epoch (0 ≤ s < {@link END_OF_TIME_SECONDS}) and nanoseconds within (0 … 999,999,999). */
  readonly seconds: Float64Array
  readonly nanos: Uint32Array
  /** Index into LEVELS of model/level.ts. */
  readonly level: Uint8Array
  /** Valid UTF-8 of all lines; `bytes[lineStart[i] … lineEnd[i])` is line i, exactly as it arrived. */
  readonly bytes: Buffer
  readonly lineStart: Uint32Array
  readonly lineEnd: Uint32Array
  /** Sparse: undefined for records without metadata; undefined altogether when no record has any. */
  readonly metadata: readonly (Metadata | undefined)[] | undefined
}

export interface WriteOptions {
  /** Client's key: a batch with a key that this tenant used in the last 24 h is acknowledged and not stored again. */
  readonly idempotencyKey?: string
}

export interface WriteResult {
  /** False when the batch had been stored before under its idempotency key. */
  readonly stored: boolean
  /** Records that had been stored before, where that is some but not all: a crash came between them. */
  readonly duplicates?: number
}

/**
 * Stores a batch. Resolves only when its rows are in the engine (and, with `store.durability: fsync`, on the disk).
 * Rejects with a GirokError: `overloaded` (retry later), `disk_full`, `store_unavailable`; nothing of the batch is
 * promised then. May be called any number of times at once.
 */
export type WriteBatch = (batch: RecordBatch, options?: WriteOptions) => Promise<WriteResult>
