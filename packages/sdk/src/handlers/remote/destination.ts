import type { LogRecord } from '../../record.ts'
import type { SourceFinder } from '../../source.ts'

/** Records on their way: repeated unchanged, under the same key, until the far end has them or refuses them for good. */
export interface Batch {
  /**
   * The same for every attempt, also by a later process that finds the batch on disk: 32 random hexadecimal digits, then
   * `.0` or `.1` for each time that the batch was too large and was halved.
   */
  readonly key: string
  /** What `entry` made of each record, oldest first; never empty. After a partial failure only those left to send. */
  readonly entries: readonly string[]
}

/** How an attempt to deliver a batch ended. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | RetryOutcome
  /** The far end will never take these records (`count` of them, default all); they are lost and counted. */
  | { readonly kind: 'refused'; readonly reason: string; readonly count?: number }
  /** The far end takes no batch of this size (and has nothing of it): it goes on in halves. A single record is lost. */
  | { readonly kind: 'too_large'; readonly reason: string }

export interface RetryOutcome {
  readonly kind: 'retry'
  readonly reason: string
  /** The same batch may succeed later, not before this time, milliseconds; 0 for no wish. */
  readonly afterMs?: number
  /** Only these, in order, are left to send; the others have arrived or are counted in `refused`. */
  readonly entries?: readonly string[]
  /** Of those that are not in `entries`: how many the far end will never take, and why. */
  readonly refused?: { readonly count: number; readonly reason: string }
}

/**
 * A place over a network that records go to, as one of many: queueing, batching, retries, spilling to disk and counting
 * are done once, by createRemoteHandler. Adding a destination is one file with these members.
 *
 * A far end that does not understand keys tells repeats by an id that the destination writes into the entry itself, see
 * createRecordIds: it stays with the record when its batch is halved, shortened or sent by a later process.
 */
export interface Destination {
  /**
   * For messages: `loki http://127.0.0.1:3100`. Never with passwords or tokens. The first word names the format of the
   * entries: batches on disk are only read by destinations with the same one.
   */
  readonly name: string
  readonly needsSource?: SourceFinder | undefined
  /** The record as it waits, is spooled and is sent: one line of text, no line feed in it. Must not throw. */
  entry(record: LogRecord): string
  /** One attempt. Must not throw for what the far end does; what it throws all the same counts as `retry`. */
  deliver(batch: Batch, signal: AbortSignal): Promise<Outcome>
  /** Lets go of connections. */
  close?(): Promise<void>
}
