import type { Fields } from '../fields.ts'
import { Frame, mapFrame } from '../frame.ts'
import { changed, type LogRecord } from '../record.ts'

/**
 * The record with its fields and those of its frames changed. `change` must work field by field: frames are mapped one by
 * one, and once, so that those that stay as they are keep the text that formatters made of them. Returning the fields
 * unchanged keeps them.
 * @param by whoever asks; what became of a frame is kept under it
 */
export function mapFields(record: LogRecord, by: object, change: (fields: Fields) => Fields): LogRecord {
  const fields = record.fields === undefined ? undefined : change(record.fields)
  const frame = record.frame === undefined ? undefined : mapFrames(record.frame, by, change)
  if (fields !== record.fields) return changed(record, { fields, frame })
  return frame === record.frame ? record : changed(record, { frame })
}

function mapFrames(frame: Frame, by: object, change: (fields: Fields) => Fields): Frame {
  if (frame.mappedBy === by && frame.mapped !== undefined) return frame.mapped
  if (frame.outer === undefined || frame.inner === undefined) return mapFrame(frame, by, change)
  const outer = mapFrames(frame.outer, by, change)
  const inner = mapFrames(frame.inner, by, change)
  frame.mapped = outer === frame.outer && inner === frame.inner ? frame : Frame.join(outer, inner)
  frame.mappedBy = by
  return frame.mapped
}
