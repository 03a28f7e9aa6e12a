import type { LogRecord } from './record.ts'

/** Takes records to a place. */
export interface Handler {
  /** For messages about the handler itself. */
  readonly name: string
  /** Records below this level are left out. May be changed at any time. */
  level: number
  /** Must be quick. What it throws is reported and does not reach the caller of the logger. */
  handle(record: LogRecord): void
  /** Resolves when everything handled so far has arrived or was given up. Never rejects. */
  flush?(): Promise<void>
  /** Flushes and lets go of timers and connections; later records are dropped. Idempotent, never rejects. */
  close?(): Promise<void>
}
