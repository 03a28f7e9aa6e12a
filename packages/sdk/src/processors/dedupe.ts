import { jsonValue } from '../formatters/value.ts'
import { Frame } from '../frame.ts'
import type { Processor } from '../processor.ts'
import type { LogRecord } from '../record.ts'
import { withFrame } from './add-fields.ts'
import { type KeyBy, keyReader } from './field-key.ts'
import { createTally } from './tally.ts'

export interface DedupeOptions {
  /** How long after a record its repeats are held back, milliseconds. Default 5,000. */
  readonly windowMs?: number
  /** What makes records the same. Default: level, logger, message and the fields of the call. Without a key: none is. */
  readonly by?: KeyBy
  /** Records that are remembered; when there are more, the oldest window ends early. Default 1,000. */
  readonly maxKeys?: number
}

interface Window {
  readonly startMs: number
  repeats: number
  last: LogRecord
}

/**
 * Lets the first of several equal records through at once and holds its repeats back. After the window one record comes
 * out for all of them: the last one, with the field `repeated`, their number; the others are dropped and counted as
 * `deduplicated`. Windows are looked at when a record arrives and at flush: there is no timer.
 * @throws RangeError for bounds that are not above 0
 */
export function dedupe({ windowMs = 5_000, by = sameRecord, maxKeys = 1_000 }: DedupeOptions = {}): Processor {
  for (const [name, value] of Object.entries({ windowMs, maxKeys })) {
    if (!(value > 0)) throw new RangeError(`dedupe: ${name} is ${value}, it must be above 0`)
  }
  const keyOf = keyReader(by)
  // In the order of their beginnings, for a window is never renewed.
  const windows = new Map<string, Window>()

  const lost = createTally()

  function close(isOver: (window: Window) => boolean): LogRecord[] {
    const out: LogRecord[] = []
    for (const [key, window] of windows) {
      if (!isOver(window)) break
      windows.delete(key)
      if (window.repeats > 0) out.push(withFrame(window.last, Frame.of({ repeated: window.repeats })))
    }
    return out
  }

  return Object.assign(
    (record: LogRecord) => {
      const { timeMs } = record
      const out = close(({ startMs }) => timeMs - startMs >= windowMs || timeMs < startMs)
      const key = keyOf(record)
      const window = key === undefined ? undefined : windows.get(key)
      if (window === undefined) {
        if (key !== undefined) {
          if (windows.size >= maxKeys) out.push(...close(() => windows.size >= maxKeys))
          windows.set(key, { startMs: timeMs, repeats: 0, last: record })
        }
        return out.length === 0 ? record : [...out, record]
      }
      window.repeats++
      window.last = record
      // The first repeat is only held back; each one after it takes the place of one that is gone.
      if (window.repeats > 1) lost.add(1)
      return out
    },
    { reason: 'deduplicated', flush: () => close(() => true), lost: lost.take },
  )
}

function sameRecord({ level, logger, message, fields }: LogRecord): string {
  return `${level} ${logger} ${message} ${jsonValue(fields) ?? ''}`
}
