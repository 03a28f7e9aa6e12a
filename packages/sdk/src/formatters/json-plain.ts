import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { JsonFields } from './json-fields.ts'
import { jsonHead } from './json-head.ts'
import { isPlain, quote } from './quote.ts'
import { isoTime } from './timestamp.ts'

let only: Formatter | undefined

/** The one formatter of the form that jsonFormatter has without options. */
export function plainJson(): Formatter {
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
