import type { Fields } from '../fields.ts'
import { Frame } from '../frame.ts'
import type { Processor } from '../processor.ts'
import { changed, type LogRecord } from '../record.ts'

/** The record with one more frame, inside of the others: fields of the call win, and a typed event stays one. */
export function withFrame(record: LogRecord, frame: Frame): LogRecord {
  return changed(record, { frame: Frame.join(record.frame, frame) })
}

/**
 * Adds fields to every record, the same ones or those made of the record (undefined for none). They win over context and
 * bound fields; fields of the call win over them. For fields that never change, `setDefaults` of a logger is cheaper.
 */
export function addFields(fields: Fields | ((record: LogRecord) => Fields | undefined)): Processor {
  if (typeof fields !== 'function') {
    const frame = Frame.of(fields)
    return Object.assign((record: LogRecord) => withFrame(record, frame), { reason: 'add_fields' })
  }
  return Object.assign(
    (record: LogRecord) => {
      const more = fields(record)
      return more === undefined ? record : withFrame(record, Frame.of(more))
    },
    { reason: 'add_fields' },
  )
}
