import type { Assembler } from '../batch/assembler.ts'
import { metadataName } from '../batch/metadata-name.ts'
import { resolveLabels, type StreamDirectory, type StreamOutcome } from '../batch/stream-directory.ts'
import type { JsonCursor } from '../decode/json-cursor.ts'
import type { IngestLimits } from '../limits.ts'

const QUOTE = 0x22
const LETTER_N = 0x6e
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

export interface PushJsonOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  /** False: values in structured metadata that are not strings are kept as JSON text instead of failing the push. */
  readonly strictMetadata: boolean
}

/**
 * Decodes `{"streams":[{"stream":{…},"values":[["<ns>","line",{…}?],…]},…]}` straight into the assembler's columns, and
 * returns the number of streams. Destroys the body: lines with escapes are unescaped over themselves. Of a member that
 * is given twice the last one counts, as with JSON.parse. Throws `bad_request`.
 *
 * Measured on 5,000 JSON lines of 196 bytes with 25 escapes each (1.24 MB a request): 0.31 to 0.43 µs of CPU a line for
 * everything up to the finished batch; JSON.parse alone, without taking its result apart, takes 0.36 to 0.76 µs.
 */
export function decodePushJson(cursor: JsonCursor, assembler: Assembler, options: PushJsonOptions): number {
  let streams = 0
  for (let more = cursor.openObject('the push'); more; more = cursor.nextMember()) {
    if (cursor.key() !== 'streams') {
      cursor.skipValue()
      continue
    }
    assembler.restart()
    streams = 0
    if (cursor.peek() === LETTER_N) {
      cursor.skipValue()
      continue
    }
    for (let item = cursor.openArray('"streams"'); item; item = cursor.nextItem()) {
      decodeStream(cursor, assembler, options)
      streams++
    }
  }
  cursor.finish()
  return streams
}

function decodeStream(cursor: JsonCursor, assembler: Assembler, options: PushJsonOptions): void {
  let outcome: StreamOutcome = NO_LABELS
  for (let more = cursor.openObject('an item of "streams"'); more; more = cursor.nextMember()) {
    const name = cursor.key()
    if (name === 'stream') outcome = decodeLabels(cursor, options)
    else if (name === 'values') {
      assembler.restartStream()
      decodeValues(cursor, assembler, options)
    } else cursor.skipValue()
  }
  assembler.endStream(outcome)
}

const NO_LABELS: StreamOutcome = {
  refused: { reason: 'missing_labels', text: 'error at least one label pair is required per stream' },
}

function decodeLabels(cursor: JsonCursor, { tenant, limits, directory }: PushJsonOptions): StreamOutcome {
  if (cursor.peek() === LETTER_N) {
    cursor.skipValue()
    return NO_LABELS
  }
  const start = cursor.position
  cursor.skipValue()
  const end = cursor.position
  // Latin-1 maps bytes to characters one to one, which is all that a key needs, and is the cheapest to make.
  const text = cursor.bytes.toString('latin1', start, end)
  const known = directory.get(tenant, text)
  if (known !== undefined) return known
  cursor.position = start
  const labels = new Map<string, string>()
  for (let more = cursor.openObject('"stream"'); more; more = cursor.nextMember()) {
    labels.set(cursor.key(), readScalarText(cursor))
  }
  const outcome = resolveLabels(tenant, labels, limits)
  directory.set(tenant, text, outcome)
  return outcome
}

/** A string's text, or the JSON text of any other value. */
function readScalarText(cursor: JsonCursor): string {
  if (cursor.peek() === QUOTE) return cursor.readString()
  const start = cursor.position
  cursor.skipValue()
  return cursor.bytes.toString('utf8', start, cursor.position)
}

function decodeValues(cursor: JsonCursor, assembler: Assembler, options: PushJsonOptions): void {
  if (cursor.peek() === LETTER_N) {
    cursor.skipValue()
    return
  }
  for (let item = cursor.openArray('"values"'); item; item = cursor.nextItem()) {
    const first = cursor.peek()
    if (first === LETTER_N) {
      cursor.skipValue()
      continue
    }
    if (first !== OPEN_BRACKET) cursor.fail('an item of "values" must be an array [timestamp, line]')
    cursor.position++
    decodeEntry(cursor, assembler, options)
  }
}

function decodeEntry(cursor: JsonCursor, assembler: Assembler, options: PushJsonOptions): void {
  if (cursor.peek() !== QUOTE) cursor.fail('the timestamp must be a string of nanoseconds since 1970')
  const { bytes, end } = cursor
  let p = cursor.position + 1
  const digits = p
  while (p < end && isDigit(bytes[p]!)) p++
  // Escaped digits are legal JSON; nobody sends them, so they may be slow.
  if (p >= end || bytes[p] !== QUOTE || p === digits || p - digits > 19) {
    decodeOddEntry(cursor, assembler, options)
    return
  }
  cursor.position = p + 1
  decodeRest(cursor, assembler, options, decimal(bytes, digits, p - 9), decimal(bytes, Math.max(digits, p - 9), p))
}

function decodeOddEntry(cursor: JsonCursor, assembler: Assembler, options: PushJsonOptions): void {
  const at = cursor.position
  const text = cursor.readString()
  if (!/^[0-9]+$/.test(text)) {
    cursor.fail(
      `the timestamp ${JSON.stringify(text.slice(0, 40))} is not a whole number of nanoseconds since 1970`,
      at,
    )
  }
  const padded = text.replace(/^0+/, '').padStart(10, '0')
  if (padded.length > 19) cursor.fail(`the timestamp ${text.slice(0, 40)} does not fit 64 bits`, at)
  decodeRest(cursor, assembler, options, Number(padded.slice(0, -9)), Number(padded.slice(-9)))
}

function decodeRest(
  cursor: JsonCursor,
  assembler: Assembler,
  options: PushJsonOptions,
  seconds: number,
  nanos: number,
): void {
  if (!cursor.nextItem()) cursor.fail('an entry needs a timestamp and a line')
  if (cursor.peek() !== QUOTE) cursor.fail('the line must be a string')
  cursor.readTextInPlace()
  const { textStart, textEnd } = cursor
  const next = cursor.peek()
  if (next === CLOSE_BRACKET) {
    cursor.position++
    assembler.entry(seconds, nanos, textStart, textEnd)
    return
  }
  let metadata: string[] | undefined
  for (let index = 2; cursor.nextItem(); index++) {
    if (index === 2) metadata = decodeMetadata(cursor, options)
    else cursor.skipValue()
  }
  if (metadata) assembler.entryWithMetadata(seconds, nanos, textStart, textEnd, metadata)
  else assembler.entry(seconds, nanos, textStart, textEnd)
}

function decodeMetadata(cursor: JsonCursor, { strictMetadata }: PushJsonOptions): string[] | undefined {
  if (cursor.peek() !== OPEN_BRACE) {
    if (strictMetadata) cursor.fail('structured metadata must be an object of strings')
    cursor.skipValue()
    return undefined
  }
  const pairs = new Map<string, string>()
  for (let more = cursor.openObject('structured metadata'); more; more = cursor.nextMember()) {
    const name = metadataName(cursor.key())
    if (strictMetadata && cursor.peek() !== QUOTE) cursor.fail('values of structured metadata must be strings')
    pairs.set(name, readScalarText(cursor))
  }
  const metadata: string[] = []
  for (const [name, value] of pairs) metadata.push(name, value)
  return metadata
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function decimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i]! - 0x30)
  return value
}
