import type { Bound } from './bound.ts'
import type { Fields } from './fields.ts'

/** One thing that was logged. Handlers must not keep it changed: all handlers of a call are given the same object. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly level: number
  /** Dotted name of the logger; `root` for the root. */
  readonly logger: string
  readonly message: string
  /** Of this call. */
  readonly fields: Fields | undefined
  /** Of the bound logger, see Logger.with. Where names meet, `fields` wins. */
  readonly bound: Bound | undefined
  /** Text made last and by whom, so that handlers with the same formatter share the work. See `formatted`. */
  text: string
  textBy: unknown
}
