import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { JsonFields } from './json-fields.ts'
import { jsonHead } from './json-head.ts'
import { isPlain, quote } from './quote.ts'
import { isoTime } from './timestamp.ts'

let only: Formatter | undefined

/**
 * JSON, one object per record: `timestamp` (ISO 8601, UTC, milliseconds), `level` (name), `logger`, `message`, then the
 * fields, flat. See jsonValue for values that JSON does not have; undefined fields are left out. A field named as one of
 * the four keeps its value under that name with `_` at its end. No name stands twice.
 *
 * It is always the same formatter, so that all handlers that use it share its work. The jsonFormatter of
 * `@girok/sdk/formatters` takes options.
 */
export function jsonFormatter(...none: readonly never[]): Formatter {
  if (none.length > 0) throw new TypeError('options are for the jsonFormatter of @girok/sdk/formatters')
  only ??= create()
  return only
}

function create(): Formatter {
  const fields = new JsonFields(['timestamp', 'level', 'logger', 'message'])
  const headText = jsonHead(
    (timeMs) => `{"timestamp":"${isoTime(timeMs)}`,
    (level, logger) => `","level":${quote(levelName(level))},"logger":${quote(logger)},"message":`,
  )
  return {
    format(record) {
      const open = isPlain(record.message)
      const text = headText(record) + (open ? `"${record.message}` : JSON.stringify(record.message))
      return `${fields.write(text, open, record.frame, record.fields, record.event)}}`
    },
  }
}
