import type { Filter } from './filter.ts'
import type { LogRecord } from './record.ts'
import type { SourceFinder } from './source.ts'

/** Takes records to a place. */
export interface Handler {
  /** For messages about the handler itself. */
  readonly name: string
  /** Records below this level are left out. May be changed at any time. */
  level: number
  /** Records that one of them refuses are left out and counted. May be changed at any time. */
  filters?: readonly Filter[] | undefined
  /** `callSite` when records for this handler need their `source`, which costs about 10 µs each. */
  readonly needsSource?: SourceFinder | undefined
  /** Must be quick. What it throws is reported and does not reach the caller of the logger. */
  handle(record: LogRecord): void
  /** Brings what waits to a place that survives the process, without awaiting anything. Called at exit. Never throws. */
  flushSync?(): void
  /** Resolves when everything handled so far has arrived or was given up. Never rejects. */
  flush?(): Promise<void>
  /** Flushes and lets go of timers, files and connections; later records are dropped. Idempotent, never rejects. */
  close?(): Promise<void>
}

/** Options that every handler takes. */
export interface HandlerOptions {
  /** Default: everything. */
  readonly level?: number | string
  readonly filters?: readonly Filter[]
}
