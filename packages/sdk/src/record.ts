import type { EventType } from './event-type.ts'
import { type Fields, mergeFields } from './fields.ts'
import { type Frame, frameFields } from './frame.ts'
import type { Source } from './source.ts'

/** One thing that was logged. All processors, filters and handlers of a call share it: see `changed` for making another. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  readonly level: number
  /** Dotted name of the logger; `root` for the root. */
  readonly logger: string
  readonly message: string
  /** Of this call. */
  readonly fields: Fields | undefined
  /**
   * All other fields: trace ids, the logger's defaults, the context, the bound logger, each winning over the ones before.
   * Where names meet, `fields` wins.
   */
  readonly frame: Frame | undefined
  /** Where the call stands; only when one of the handlers asks for it. */
  readonly source: Source | undefined
  /** Set when the record is an event made by defineEvent. */
  readonly event: EventType | undefined
  /** Text made last and by whom, so that handlers with the same formatter share the work. See `formatted`. */
  text: string
  textBy: unknown
}

export type RecordChanges = Partial<Pick<LogRecord, 'level' | 'message' | 'fields' | 'frame'>>

/** A copy of a record with something changed, for processors. A changed set of fields is no typed event any more. */
export function changed(record: LogRecord, changes: RecordChanges): LogRecord {
  return {
    timeMs: record.timeMs,
    level: changes.level ?? record.level,
    logger: record.logger,
    message: changes.message ?? record.message,
    fields: 'fields' in changes ? changes.fields : record.fields,
    frame: 'frame' in changes ? changes.frame : record.frame,
    source: record.source,
    event: 'fields' in changes ? undefined : record.event,
    text: '',
    textBy: undefined,
  }
}

/** All fields of a record, shared ones and those of the call, in one object. */
export function allFields({ frame, fields }: LogRecord): Fields | undefined {
  if (frame === undefined) return fields
  return fields === undefined ? frameFields(frame) : mergeFields(frameFields(frame), fields)
}
