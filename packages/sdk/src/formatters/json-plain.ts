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
  let lastHead = ''
  let lastMessage = ''
  let lastText = ''

  /** Loops log the same message again and again. Comparing texts that a program holds as constants costs nothing. */
  function textUpToMessage(head: string, message: string): string {
    if (head !== lastHead || message !== lastMessage) {
      lastText = head + quote(message)
      lastHead = head
      lastMessage = message
    }
    return lastText
  }

  return {
    format(record) {
      const { message, frame } = record
      const head = headText(record)
      if (frame !== undefined) {
        return `${fields.write(textUpToMessage(head, message), false, frame, record.fields, record.event)}}`
      }
      const open = isPlain(message)
      const text = head + (open ? `"${message}` : JSON.stringify(message))
      return `${fields.write(text, open, frame, record.fields, record.event)}}`
    },
  }
}
