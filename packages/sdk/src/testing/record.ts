import type { Fields } from '../fields.ts'
import { Frame } from '../frame.ts'
import type { LogRecord } from '../record.ts'

type Given = { readonly [K in keyof LogRecord]?: LogRecord[K] | undefined } & {
  /** Fields of frames, outermost first. */
  readonly frames?: readonly Fields[] | undefined
}

/** A record for tests: INFO `hello` of the logger `app`, at 2026-01-31T08:05:07.042Z, unless told otherwise. */
export function recordOf({ frames = [], message = 'hello', ...given }: Given = {}): LogRecord {
  let frame: Frame | undefined
  for (const fields of frames) frame = Frame.join(frame, Frame.of(fields))
  return {
    timeMs: Date.UTC(2026, 0, 31, 8, 5, 7, 42),
    level: 20,
    logger: 'app',
    message,
    fields: undefined,
    frame,
    source: undefined,
    event: undefined,
    text: '',
    textBy: undefined,
    ...given,
  } as LogRecord
}
