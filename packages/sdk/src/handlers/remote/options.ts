import type { Complain } from '../../complaints.ts'
import type { Handler, HandlerOptions } from '../../handler.ts'

/** What happens to a record that finds the queue full: it is lost, the oldest one is lost, or a batch goes to the spool. */
export type OverflowPolicy = 'drop-newest' | 'drop-oldest'

export interface SpoolOptions {
  /** Made when missing. One directory per handler and process at a time. */
  readonly directory: string
  /** The oldest batches go first when there are more. Default 256 Mi. */
  readonly maxBytes?: number
}

/** Options that all handlers take that send over a network. */
export interface RemoteOptions extends HandlerOptions {
  /** Records of a batch at most. Default 1000. */
  readonly batchCount?: number
  /** Size of a batch at most, in UTF-16 units. Default 262,144. */
  readonly batchSize?: number
  /** How long the first record of a batch waits for others, milliseconds. Default 1000. */
  readonly intervalMs?: number
  /** Size of what may wait in memory while the far end is away, in UTF-16 units. Default 8 Mi. */
  readonly queueSize?: number
  /** When the queue is full and there is no spool. Default `drop-newest`: what led to a failure is worth most. */
  readonly overflow?: OverflowPolicy
  /**
   * Batches that cannot be delivered wait in files: more fit than into memory, and they outlive the process. Without it
   * what waits is lost with the process.
   */
  readonly spool?: SpoolOptions
  /** After this an attempt counts as failed, milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** How long `close` tries to deliver what waits, milliseconds. Default 5000. */
  readonly closeTimeoutMs?: number
  /** Told of failures to deliver. Default: a warning of the logger `girok.sdk`, once a minute. */
  readonly complain?: Complain
}

export interface RemoteStats {
  /** Records that the far end has. */
  readonly sent: number
  /** In memory, those being sent included. */
  readonly waiting: number
  /** On disk. */
  readonly spooled: number
  /** Attempts that failed and were or will be repeated. */
  readonly retries: number
  /** Records lost, by reason: `overflow`, `refused`, `closed`, `spool_full`, `spool_damaged`. */
  readonly dropped: Readonly<Record<string, number>>
}

export interface RemoteHandler extends Handler {
  flush(): Promise<void>
  close(): Promise<void>
  readonly stats: RemoteStats
}
