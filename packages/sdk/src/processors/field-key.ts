import type { Frame } from '../frame.ts'
import type { LogRecord } from '../record.ts'

/** By what records are told apart: the name of a field, or a function. Undefined and null are no key. */
export type KeyBy = string | ((record: LogRecord) => unknown)

/** Reads the key of a record, as text. */
export function keyReader(by: KeyBy): (record: LogRecord) => string | undefined {
  const read = typeof by === 'function' ? by : (record: LogRecord) => fieldOf(record, by)
  return (record) => {
    const key = read(record)
    return key === undefined || key === null ? undefined : String(key)
  }
}

/** A field by name, of the call or else of the frames. */
export function fieldOf({ fields, frame }: LogRecord, name: string): unknown {
  if (fields !== undefined && Object.hasOwn(fields, name)) return fields[name]
  return frame === undefined ? undefined : frameField(frame, name)
}

function frameField({ outer, inner, own }: Frame, name: string): unknown {
  if (outer === undefined || inner === undefined) return Object.hasOwn(own, name) ? own[name] : undefined
  return frameField(inner, name) ?? frameField(outer, name)
}
