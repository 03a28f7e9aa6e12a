import type { LogRecord } from './record.ts'

/**
 * One step between a logger and its handlers: gives back the record, another one made with `changed`, none (it is dropped,
 * and counted under `reason`), or several (those held back before). Steps of outer loggers come first. A step that throws
 * is reported and the record goes on unchanged; a step that hides secrets must therefore not throw.
 */
export interface Processor {
  (record: LogRecord): LogRecord | readonly LogRecord[] | undefined
  /** Under which dropped records are counted: `sampled`, `rate_limited`. Default: the name of the function. */
  readonly reason?: string
  /**
   * Gives out what is held back; called by flush and close of the hierarchy. After the call with `closing` no handler takes
   * records any more: what is held back then is lost.
   */
  flush?(closing: boolean): readonly LogRecord[]
  /** How many records it has dropped since it was asked last, besides those for which it gave undefined. */
  lost?(): number
}
