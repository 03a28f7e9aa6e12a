import type { SyslogMessage } from './message.ts'

const SPACE = 0x20
const COLON = 0x3a
const OPEN = 0x5b
const CLOSE = 0x5d
const PERCENT = 0x25
const MAX_TAG = 128
const MAX_HOST = 255
const MAX_PROCESS = 64
const MAX_SEQUENCE_DIGITS = 10
/** A facility, a severity and a mnemonic: `%SYS-5-CONFIG_I:`. */
const CISCO_ID = /^%([A-Z][A-Z0-9_-]{0,60}-[0-7]-[A-Z0-9_]{1,60}):/

/** Bytes of a program's name: printable ASCII but what ends it or begins other things (`"`, `<`, `=`, `,`, `{`, `}`). */
const TAG_BYTES = byteSet((byte) => byte > SPACE && byte < 0x7f && !'":<>=,{}[]%'.includes(String.fromCharCode(byte)))
const HOST_BYTES = byteSet((byte) => /[A-Za-z0-9._:%/-]/.test(String.fromCharCode(byte)))

/**
 * Reads what follows the priority by the habits of RFC 3164: `TIME HOST TAG[PID]: TEXT`, where the time may be that of
 * RFC 3339, and host, tag or all of them may be missing, and as Cisco devices write it (`237: *Nov 20 12:00:00 UTC: %…`).
 * Without a priority (`strict`) only a message with time, host and tag is one; false: it is none, and must be reset.
 */
export function readRfc3164(
  bytes: Buffer,
  from: number,
  end: number,
  message: SyslogMessage,
  strict: boolean,
): boolean {
  let at = strict ? from : readSequence(bytes, from, end, message)
  const numbered = at > from
  if (!readTime(bytes, at, end, message)) {
    if (strict) return false
    const after = numbered ? readNamedTime(bytes, at, end, message) : -1
    if (numbered && after < 0 && bytes[at] !== PERCENT) {
      message.sequenceStart = message.sequenceEnd = from
      at = from
    }
    if (after >= 0) at = after
    else if (!numbered) at = readTag(bytes, at, end, message)
  } else {
    at = message.timeEnd
    if (bytes[at] === COLON && at < end) at++
    if (at < end && bytes[at] !== SPACE) return noTime(bytes, from, end, message, strict)
    if (at < end) at++
    let word = at
    while (word < end && bytes[word] === SPACE) word++
    const afterTag = readTag(bytes, word, end, message)
    const afterHost = afterTag > word ? -1 : readHost(bytes, word, end, message, strict)
    // Without host and tag the text keeps its own spaces.
    if (strict && afterHost < 0) return false
    if (afterTag > word) at = afterTag
    else if (afterHost > word) at = afterHost
  }
  message.format = 'rfc3164'
  message.textStart = Math.min(at, end)
  message.textEnd = end
  if (bytes[at] === PERCENT && at < end) readCiscoId(bytes, at, end, message)
  return true
}

function readTime(bytes: Buffer, at: number, end: number, message: SyslogMessage): boolean {
  const { time } = message
  const isDigit = bytes[at]! >= 0x30 && bytes[at]! <= 0x39
  const after = isDigit ? time.readIso(bytes, at, end) : time.readBsd(bytes, at, end)
  if (after < 0) return false
  message.hasTime = true
  message.timeStart = at
  message.timeEnd = after
  return true
}

/** What looked like a time is none after all. */
function noTime(bytes: Buffer, from: number, end: number, message: SyslogMessage, strict: boolean): boolean {
  const { priority } = message
  message.reset(from, end)
  message.priority = priority
  if (strict) return false
  message.format = 'rfc3164'
  message.textStart = readTag(bytes, from, end, message)
  return true
}

/** `237: ` at the start; returns where it ends, or `at`. */
function readSequence(bytes: Buffer, at: number, end: number, message: SyslogMessage): number {
  let p = at
  while (p < end && p - at < MAX_SEQUENCE_DIGITS && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++
  if (p === at || bytes[p] !== COLON || bytes[p + 1] !== SPACE || p + 1 >= end) return at
  message.sequenceStart = at
  message.sequenceEnd = p
  return p + 2
}

/** `host: *Nov 20 12:00:00 UTC: ` after a sequence number; returns where the text begins; -1: it is not that. */
function readNamedTime(bytes: Buffer, at: number, end: number, message: SyslogMessage): number {
  const hostEnd = runEnd(bytes, at, Math.min(end, at + MAX_HOST), HOST_BYTES)
  if (hostEnd - at < 2 || bytes[hostEnd - 1] !== COLON || bytes[hostEnd] !== SPACE) return -1
  if (!readTime(bytes, hostEnd + 1, end, message)) return -1
  message.hostStart = at
  message.hostEnd = hostEnd - 1
  let p = message.timeEnd
  if (bytes[p] === COLON && p < end) p++
  if (bytes[p] === SPACE && p < end) p++
  return p
}

/**
 * `host tag: `, `host %…`, `host : ` or an address; returns where the text begins, or `at` when there is no host; -1: strict,
 * and not both are there.
 */
function readHost(bytes: Buffer, at: number, end: number, message: SyslogMessage, strict: boolean): number {
  const hostEnd = runEnd(bytes, at, Math.min(end, at + MAX_HOST), HOST_BYTES)
  const isWord = hostEnd > at && hostEnd < end && bytes[hostEnd] === SPACE
  if (!isWord) return strict ? -1 : at
  let next = hostEnd + 1
  const afterTag = readTag(bytes, next, end, message)
  const hasTag = afterTag > next
  if (hasTag) next = afterTag
  else if (strict) return -1
  else if (bytes[next] === COLON && bytes[next + 1] === SPACE && next + 1 < end) next += 2
  else if (!(bytes[next] === PERCENT && next < end) && !isAddress(bytes, at, hostEnd)) return at
  message.hostStart = at
  message.hostEnd = hostEnd
  return next
}

/** `tag: `, `tag[pid]: ` or `tag[pid] `; returns where the text begins, or `at` when there is no tag. */
function readTag(bytes: Buffer, at: number, end: number, message: SyslogMessage): number {
  const tagEnd = runEnd(bytes, at, Math.min(end, at + MAX_TAG), TAG_BYTES)
  if (tagEnd === at || tagEnd >= end) return at
  let p = tagEnd
  if (bytes[p] === OPEN) {
    const limit = Math.min(end, p + 2 + MAX_PROCESS)
    let close = p + 1
    while (close < limit && bytes[close]! > SPACE && bytes[close] !== CLOSE && bytes[close] !== OPEN) close++
    if (close >= limit || bytes[close] !== CLOSE || close === p + 1) return at
    const after = close + 1
    if (after < end && bytes[after] !== COLON && bytes[after] !== SPACE) return at
    message.processStart = p + 1
    message.processEnd = close
    p = bytes[after] === COLON && after < end ? after + 1 : after
  } else if (bytes[p] === COLON && (p + 1 >= end || bytes[p + 1] === SPACE)) p++
  else return at
  message.appStart = at
  message.appEnd = tagEnd
  return p < end && bytes[p] === SPACE ? p + 1 : p
}

function readCiscoId(bytes: Buffer, at: number, end: number, message: SyslogMessage): void {
  const found = CISCO_ID.exec(bytes.toString('latin1', at, Math.min(end, at + 140)))
  if (found === null) return
  message.idStart = at + 1
  message.idEnd = at + 1 + found[1]!.length
}

/** Looks like an IPv4 or IPv6 address: digits and at least two dots or colons. */
function isAddress(bytes: Buffer, start: number, end: number): boolean {
  let marks = 0
  for (let p = start; p < end; p++) {
    const byte = bytes[p]!
    if (byte === 0x2e || byte === COLON) marks++
    else if (!((byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66))) return false
  }
  return marks >= 2 && bytes[end - 1] !== COLON && bytes[end - 1] !== 0x2e
}

function runEnd(bytes: Buffer, at: number, limit: number, allowed: Uint8Array): number {
  let p = at
  while (p < limit && allowed[bytes[p]!] === 1) p++
  return p
}

function byteSet(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0))
}
