import type { SyslogMessage } from './message.ts'
import { readRfc3164 } from './rfc3164.ts'
import { readRfc5424 } from './rfc5424.ts'

const GREATEST_PRIORITY = 191

/**
 * Reads the message at start … end, by RFC 5424 if it is of that form, else by the habits of RFC 3164. What is neither is
 * kept whole: its format is `none`, its text is all of it.
 */
export function readMessage(bytes: Buffer, start: number, end: number, message: SyslogMessage): void {
  message.reset(start, end)
  let at = start
  if (bytes[at] === 0x3c && at < end) {
    let priority = 0
    at++
    const digits = at
    while (at < end && at - digits < 3 && bytes[at]! >= 0x30 && bytes[at]! <= 0x39)
      priority = priority * 10 + bytes[at++]! - 0x30
    if (at === digits || at >= end || bytes[at] !== 0x3e || priority > GREATEST_PRIORITY) return
    at++
    message.priority = priority
    if (readRfc5424(bytes, at, end, message)) return
    message.reset(at, end)
    message.priority = priority
    readRfc3164(bytes, at, end, message, false)
  } else if (!readRfc3164(bytes, at, end, message, true)) message.reset(start, end)
}
