import type { Complain } from '../../complaints.ts'
import type { Handler, HandlerOptions } from '../../handler.ts'

/**
 * Which record is lost when what waits in memory is full and there is no spool (with one, everything that waits goes to
 * disk instead): the one that comes, or the oldest ones that are not on their way yet.
 */
export type OverflowPolicy = 'drop-newest' | 'drop-oldest'

/** Batches that wait in files. Needs a file system: Node, Bun or Deno. */
export interface SpoolOptions {
  /**
   * Made when missing. Several processes may share it: each writes to a folder of its own inside, and takes over what
   * processes that have ended left there. Destinations of the same kind but with different addresses need different ones.
   */
  readonly directory: string
  /** Bytes on disk at most; the oldest batches go first when there are more. Default 256 Mi. */
  readonly maxBytes?: number
  /**
   * `spill` (the default): batches go to disk when the far end fails, when memory is full, and when the program ends.
   * `always`: every batch is on disk before its first attempt, so that even SIGKILL costs only what is not in a batch yet
   * (see `intervalMs`).
   */
  readonly mode?: 'spill' | 'always'
  /** Waits until the disk has each file, for machines that lose power. A few milliseconds per batch. Default false. */
  readonly fsync?: boolean
}

/** Options that all handlers take that send over a network. */
export interface RemoteOptions extends HandlerOptions {
  /** Records of a batch at most. Default 1000. */
  readonly batchCount?: number
  /** Size of a batch at most, in UTF-16 units; a single longer record is a batch of its own. Default 262,144. */
  readonly batchSize?: number
  /** How long a record waits for others before it is sent, milliseconds. Default 1000. */
  readonly intervalMs?: number
  /** Size of what may wait in memory, in UTF-16 units, what is on its way included. Default 8 Mi. */
  readonly queueSize?: number
  /** Default `drop-newest`: what led to a failure is worth most. */
  readonly overflow?: OverflowPolicy
  /** Without it what cannot be delivered waits in memory and is lost with the process. */
  readonly spool?: SpoolOptions
  /** After this an attempt counts as failed, milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** The wait after the first failed attempt, milliseconds; it doubles with each further one. Default 500. */
  readonly firstRetryMs?: number
  /** The longest wait, milliseconds. A longer Retry-After is obeyed all the same. Default 30,000. */
  readonly longestRetryMs?: number
  /** How much of a wait is random, so that many clients do not come back at once. Default `half`. */
  readonly jitter?: 'half' | 'full'
  /** How long `close` tries to deliver what waits, and `flush` waits for that, milliseconds. Default 5000. */
  readonly closeTimeoutMs?: number
  /** Milliseconds since the epoch; replaced in tests. */
  readonly now?: () => number
  /** Told of failures to deliver. Default: a warning of the logger `girok.sdk`, once a minute. */
  readonly complain?: Complain
}

/** Why a record was lost. */
export type DropReason = 'overflow' | 'refused' | 'too_large' | 'closed' | 'spool_full' | 'spool_damaged'

/** Counts of records since the handler was made. What a spool held before counts in `sent`, `spooled` and `dropped`. */
export interface RemoteStats {
  /** Records that the far end has. */
  readonly sent: number
  /** In memory, those being sent included. */
  readonly waiting: number
  /** On disk only. */
  readonly spooled: number
  /** Attempts that failed and were or will be repeated. */
  readonly retries: number
  /** Records lost, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>
}

export interface RemoteHandler extends Handler {
  /**
   * Sends what waits now. Resolves when it has arrived, was refused or lost, or, with a spool, when it is safe on disk
   * after a failed attempt; after `closeTimeoutMs` in any case. What has not arrived goes on being tried.
   */
  flush(): Promise<void>
  /** Brings everything that waits or is on its way to the spool, if there is one. Never throws. */
  flushSync(): void
  /**
   * Tries to deliver what waits for `closeTimeoutMs` at most; with a spool what has failed three times is left there, for
   * the next process. Later records are dropped.
   */
  close(): Promise<void>
  readonly stats: RemoteStats
}

const BOUNDS = {
  batchCount: [1, 1000],
  batchSize: [1, 262_144],
  intervalMs: [0, 1000],
  queueSize: [1, 8 * 2 ** 20],
  timeoutMs: [1, 10_000],
  firstRetryMs: [0, 500],
  longestRetryMs: [0, 30_000],
  closeTimeoutMs: [0, 5000],
} as const satisfies Partial<Record<keyof RemoteOptions, readonly [least: number, byDefault: number]>>

/** Timers take longer times, Infinity too, for 1 millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const CHOICES = {
  overflow: ['drop-newest', 'drop-oldest'],
  jitter: ['half', 'full'],
} as const

/** Every number and choice of the options, checked. */
export type RemoteSettings = { readonly [K in keyof typeof BOUNDS]: number } & {
  readonly overflow: OverflowPolicy
  readonly jitter: 'half' | 'full'
}

/** @throws RangeError that names the option */
export function remoteSettings(options: RemoteOptions): RemoteSettings {
  const settings: Record<string, number | string> = {}
  for (const [name, [least, byDefault]] of Object.entries(BOUNDS)) {
    const value = options[name as keyof typeof BOUNDS] ?? byDefault
    if (typeof value !== 'number' || !(value >= least)) {
      throw new RangeError(`${name} is ${JSON.stringify(value)}: use a number of at least ${least}`)
    }
    settings[name] = name.endsWith('Ms') ? Math.min(value, LONGEST_TIMER_MS) : value
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof typeof CHOICES] ?? choices[0]
    if (!(choices as readonly string[]).includes(value)) {
      throw new RangeError(`${name} is ${JSON.stringify(value)}: use ${choices.join(' or ')}`)
    }
    settings[name] = value
  }
  return settings as RemoteSettings
}
