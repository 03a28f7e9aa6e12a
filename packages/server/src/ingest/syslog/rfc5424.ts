import type { SyslogMessage } from './message.ts'
import { dataEnd } from './structured-data.ts'

const SPACE = 0x20
const DASH = 0x2d
const BRACKET = 0x5b
/** RFC 5424 gives a host 255 bytes and the other names less; a longer word is no name. */
const MAX_NAME = 255

/**
 * Reads what follows the priority: `1 TIME HOST APP PROCESS ID DATA TEXT`. False when it is not of that form; the message
 * must then be reset. Faults behind the names (bad structured data) cost only the structure: all of it becomes the text.
 */
export function readRfc5424(bytes: Buffer, from: number, end: number, message: SyslogMessage): boolean {
  let at = from
  // The version: 1 so far, at most three digits.
  while (at < end && at - from < 3 && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  if (at === from || bytes[from] === 0x30 || bytes[at] !== SPACE || at >= end) return false
  at++
  if (bytes[at] === DASH && bytes[at + 1] === SPACE) at += 2
  else {
    const after = message.time.readIso(bytes, at, end)
    if (after < 0 || after >= end || bytes[after] !== SPACE) return false
    message.hasTime = true
    message.timeStart = at
    message.timeEnd = after
    at = after + 1
  }
  const hostEnd = nameEnd(bytes, at, end)
  if (hostEnd < 0) return false
  const appStart = hostEnd + 1
  const appEnd = nameEnd(bytes, appStart, end)
  if (appEnd < 0) return false
  const processStart = appEnd + 1
  const processEnd = nameEnd(bytes, processStart, end)
  if (processEnd < 0) return false
  const idStart = processEnd + 1
  const idEnd = nameEnd(bytes, idStart, end, true)
  if (idEnd < 0) return false
  message.format = 'rfc5424'
  message.hostStart = at
  message.hostEnd = nil(bytes, at, hostEnd) ? at : hostEnd
  message.appStart = appStart
  message.appEnd = nil(bytes, appStart, appEnd) ? appStart : appEnd
  message.processStart = processStart
  message.processEnd = nil(bytes, processStart, processEnd) ? processStart : processEnd
  message.idStart = idStart
  message.idEnd = nil(bytes, idStart, idEnd) ? idStart : idEnd
  readRest(bytes, Math.min(end, idEnd + 1), end, message)
  return true
}

function readRest(bytes: Buffer, from: number, end: number, message: SyslogMessage): void {
  let at = from
  if (bytes[at] === DASH && (at + 1 >= end || bytes[at + 1] === SPACE)) at++
  else if (bytes[at] === BRACKET && at < end) {
    const after = dataEnd(bytes, at, end)
    if (after > 0 && (after === end || bytes[after] === SPACE)) {
      message.dataStart = at
      message.dataEnd = after
      at = after
    }
  }
  if (at > from && at < end) at++
  message.textStart = withoutMark(bytes, Math.min(at, end), end)
  message.textEnd = end
}

/** Behind the byte order mark that tells a text is UTF-8. */
function withoutMark(bytes: Buffer, at: number, end: number): number {
  return end - at >= 3 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? at + 3 : at
}

/** End of a name at `at`, which a space must follow (or the end, for the last one); -1: there is none. */
function nameEnd(bytes: Buffer, at: number, end: number, last = false): number {
  const limit = Math.min(end, at + MAX_NAME)
  let p = at
  while (p < limit && bytes[p]! > SPACE && bytes[p] !== 0x7f) p++
  if (p === at || (p < end ? bytes[p] !== SPACE : !last)) return -1
  return p
}

function nil(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === DASH
}
