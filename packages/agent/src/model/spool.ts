import type { SourcePosition } from './source.ts'

/** What is written to the spool, and sent, as one: it is never joined with another nor split. */
export interface SpoolRecord {
  /** `logs`: a PushRequest of Loki's protobuf; `samples`: a WriteRequest of Prometheus remote write 1.0. Not compressed. */
  readonly kind: 'logs' | 'samples'
  readonly payload: Uint8Array
  /** Lines or samples in it. */
  readonly count: number
  /** Tenant that a processor chose; undefined: the destination's own. */
  readonly tenant?: string
  /** How far sources are kept once this record is. */
  readonly positions: readonly SourcePosition[]
}

/** A record that was read back. */
export interface StoredRecord extends SpoolRecord {
  /** Grows by one per record of this spool. */
  readonly sequence: number
  /** The same for this record through retries and restarts, unlike that of any other record of any agent. */
  readonly key: string
}

/** Reads records for one destination, oldest first. Only one `next` at a time. */
export interface SpoolReader {
  /**
   * The first record that is not done; the same again until `done`, or another when it was given up in between (age, room).
   * Its payload stays as it is until `done`. Undefined when `signal` was aborted or the spool was closed.
   */
  next(signal: AbortSignal): Promise<StoredRecord | undefined>
  /** The record was delivered, or can never be: it is not given again, also after a restart (some may be, after a crash). */
  done(record: StoredRecord): void
  /** Records and bytes that wait. */
  backlog(): { readonly records: number; readonly bytes: number; readonly oldestMs: number | undefined }
}

export interface SpoolUsage {
  readonly bytes: number
  readonly maxBytes: number
  /** Bytes that the destination furthest behind has not got: what inputs that can wait look at. */
  readonly waitingBytes: number
  /** Since the start of the process: lines and samples that were given up, by why. */
  readonly evicted: { readonly full: number; readonly age: number }
  /** Records that could not be verified, and the lines and samples in them as far as that is known. */
  readonly corrupt: { readonly records: number; readonly count: number }
  /** Why nothing can be written now (a full disk), in words for users. */
  readonly error: string | undefined
}

export interface Spool {
  /** Positions of all sources as the records that are, and were, in the spool left them. Read once, after opening. */
  readonly kept: readonly SourcePosition[]
  /** Resolves when the record is on the disk. Waits while the disk is full and says so in `usage`; one at a time. */
  append(record: SpoolRecord): Promise<void>
  reader(destination: string): SpoolReader
  usage(): SpoolUsage
  /** Resolves when what was appended is on the disk and files are closed. */
  close(): Promise<void>
}
