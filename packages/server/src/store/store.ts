import type { WriteBatch } from '../model/batch.ts'
import type { Deletions } from './deletions.ts'
import type { DocumentStore } from './documents/document-store.ts'
import type { Driver } from './driver.ts'
import type { StoreHealth } from './health.ts'
import type { JournalStore } from './journal/journal-store.ts'
import type { SampleStore } from './samples/sample-store.ts'
import type { StateStore } from './state/state-store.ts'
import type { StreamIndex } from './stream-index.ts'

export type { StoreHealth } from './health.ts'
export type { IndexedStream, StreamIndex } from './stream-index.ts'

/** What the rest of the server sees of the store. */
export interface LogStore {
  readonly driver: Driver
  readonly write: WriteBatch
  readonly streams: StreamIndex
  /** The samples of metrics. */
  readonly samples: SampleStore
  readonly deletions: Deletions
  /** What people keep on the server. */
  readonly documents: DocumentStore
  /** What must outlive a crash. */
  readonly state: StateStore
  /** What happened. */
  readonly journal: JournalStore
  readonly health: () => StoreHealth
  /** Removes exactly the records of one stream-label value (sample data); returns when they are invisible to queries. */
  deleteByLabel(tenant: string, name: string, value: string): Promise<void>
  /** Forgets streams that have no row left, of these ids. */
  forgetEmptyStreams(tenant: string, ids: readonly string[]): Promise<void>
  /** Rows, bytes on disk, active parts, oldest and newest day; cached for a few seconds. */
  usage(): Promise<StoreUsage>
  /** Stops intake, writes what waits, closes the driver, removes the lock. Idempotent. */
  close(): Promise<void>
}

export interface StoreUsage {
  /** Records. */
  readonly rows: number
  /** Samples of metrics; those sent twice may count twice. */
  readonly samples: number
  readonly bytesOnDisk: number
  /** Of the records. */
  readonly activeParts: number
  /** Unix seconds of the first and last day with records; undefined when there are none. */
  readonly oldestDay?: number
  readonly newestDay?: number
}
