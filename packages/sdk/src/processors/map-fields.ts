import type { Fields } from '../fields.ts'
import { Frame, type Mapped } from '../frame.ts'
import { changed, type LogRecord } from '../record.ts'

/** Frames of loggers live long; processors that are made again and again must not pile up in them. */
const MOST_KEPT = 8

/**
 * Makes of records ones with their fields and those of their frames changed. `change` must work field by field: frames are
 * mapped one by one, and once, so that those that stay as they are keep the text that formatters made of them. Returning
 * the fields unchanged keeps them.
 */
export function mapFields(change: (fields: Fields) => Fields): (record: LogRecord) => LogRecord {
  function mapFrame(frame: Frame): Frame {
    // Kept in the frame: a WeakMap doubled the cost of a record with a context of its own.
    let kept = 0
    for (let one = frame.mapped; one !== undefined; one = one.others) {
      if (one.by === change) return one.frame
      kept++
    }
    const { outer, inner } = frame
    const made = outer === undefined || inner === undefined ? ofOwn(frame) : ofBoth(frame, outer, inner)
    const others: Mapped | undefined = kept < MOST_KEPT ? frame.mapped : undefined
    frame.mapped = { by: change, frame: made, others }
    return made
  }

  function ofOwn(frame: Frame): Frame {
    const fields = change(frame.own)
    return fields === frame.own ? frame : Frame.of(fields)
  }

  function ofBoth(frame: Frame, outer: Frame, inner: Frame): Frame {
    const around = mapFrame(outer)
    const within = mapFrame(inner)
    return around === outer && within === inner ? frame : Frame.join(around, within)
  }

  return (record) => {
    const fields = record.fields === undefined ? undefined : change(record.fields)
    const frame = record.frame === undefined ? undefined : mapFrame(record.frame)
    if (fields !== record.fields) return changed(record, { fields, frame })
    return frame === record.frame ? record : changed(record, { frame })
  }
}
