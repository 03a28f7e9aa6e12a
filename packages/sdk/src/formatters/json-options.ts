/**
 * - `iso`: `2024-12-28T10:30:00.123Z`, UTC
 * - `iso-seconds`: `2024-12-28T10:30:00Z`, UTC
 * - `iso-no-zone`: `2024-12-28T10:30:00.123000`, UTC, as Python's `datetime.utcnow().isoformat()`
 * - `iso-local`: the same in local time, as `datetime.now().isoformat()`
 * - `epoch`: 1735381800123, milliseconds, a number
 */
export type JsonTime = 'iso' | 'iso-seconds' | 'iso-no-zone' | 'iso-local' | 'epoch'

export interface JsonOptions {
  /** Default `iso`. Readers cannot know the zone of the two forms without one. */
  readonly time?: JsonTime
  /** Case of the level's name. Default `upper`. */
  readonly levelCase?: 'upper' | 'lower'
  /** Other names for what the record itself holds; false leaves it out. */
  readonly names?: {
    readonly timestamp?: string | false
    readonly level?: string | false
    readonly logger?: string | false
    readonly message?: string
  }
  /**
   * Puts fields into an object of this name, which then is in every record, instead of flat beside the message. Default:
   * flat.
   */
  readonly contextKey?: string
  /** With contextKey: `shared` (context, bound fields, defaults) or `all` (those of the call too). Default `shared`. */
  readonly nest?: 'shared' | 'all'
  /** Writes `module`, `function` and `line` of the caller. Costs about 10 µs per record. Default false. */
  readonly source?: boolean
  /**
   * Where the error of a record goes, as `{type, message, traceback, …}`: the field of this name or else the field `error`,
   * when it is an Error. Default: errors are written where they are, as `{type, message, stack, …}`.
   */
  readonly exceptionKey?: string
}
