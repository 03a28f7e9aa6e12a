import type { LogRecord } from '../../record.ts'

/** Records on their way: repeated unchanged, under the same key, until the far end has them or refuses them for good. */
export interface Batch {
  /** Random, 32 hexadecimal digits; the same for every attempt, also by a later process that finds the batch on disk. */
  readonly key: string
  /** What `entry` made of each record, oldest first; never empty. */
  readonly entries: readonly string[]
}

/** How an attempt to deliver a batch ended. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** The same batch may succeed later, not before `afterMs` (0 for no wish); with `entries`, only those are left to send. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number; readonly entries?: readonly string[] }
  /** The far end will never take these records (`count` of them, default all); they are lost and counted. */
  | { readonly kind: 'refused'; readonly reason: string; readonly count?: number }

/**
 * A place over a network that records go to, as one of many: queueing, batching, retries, spilling to disk and counting
 * are done once, by createRemoteHandler. Adding a destination is one file with these members.
 */
export interface Destination {
  /** For messages: `loki http://127.0.0.1:3100`. Never with passwords or tokens. */
  readonly name: string
  readonly needsSource?: boolean | undefined
  /** The record as it waits, is spooled and is sent: one line of text, no line feed in it. Must not throw. */
  entry(record: LogRecord): string
  /** One attempt. Must not throw for what the far end does; what it throws all the same counts as `retry`. */
  deliver(batch: Batch, signal: AbortSignal): Promise<Outcome>
  /** Lets go of connections. */
  close?(): Promise<void>
}
