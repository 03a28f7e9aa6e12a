import { ARRAY, EXTENSION, FALSE, FLOAT, MAP, type MsgpackCursor, NIL, TEXT, TRUE, WHOLE } from './msgpack.ts'
import type { TextBuffer } from './text-buffer.ts'
import { extensionText } from './time.ts'

/** Deeper records are refused: no log record needs them, and the bound protects whatever reads the line later. */
export const MAX_DEPTH = 64

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a

/**
 * Appends the value at the cursor as JSON and passes it. Binaries become texts, NaN and infinities null, times (extension
 * 0 and MessagePack's own −1) RFC 3339, other extensions base64. False when the value is nested too deep or has a map or
 * array as key: then the cursor stands anywhere.
 */
export function writeJson(cursor: MsgpackCursor, to: TextBuffer, depth = 0): boolean {
  switch (cursor.kind()) {
    case TEXT:
      cursor.openText('a text')
      to.quoted(cursor.bytes, cursor.textStart, cursor.textEnd)
      return true
    case WHOLE:
      to.ascii(String(cursor.readWhole()))
      return true
    case FLOAT:
      to.ascii(floatText(cursor.readFloat()))
      return true
    case ARRAY:
      return depth < MAX_DEPTH && writeArray(cursor, to, depth + 1)
    case MAP:
      return depth < MAX_DEPTH && writeMap(cursor, to, depth + 1)
    case EXTENSION: {
      const type = cursor.openExtension()
      to.byte(QUOTE)
      to.ascii(extensionText(cursor, type))
      to.byte(QUOTE)
      return true
    }
    default:
      writeWord(cursor, to)
      return true
  }
}

/** Appends a map's key as a JSON string and the colon, and passes it; false when it is a map or an array. */
export function writeKey(cursor: MsgpackCursor, to: TextBuffer): boolean {
  const kind = cursor.kind()
  if (kind === MAP || kind === ARRAY) return false
  const isQuoted = kind === TEXT || kind === EXTENSION
  if (!isQuoted) to.byte(QUOTE)
  writeJson(cursor, to)
  if (!isQuoted) to.byte(QUOTE)
  to.byte(COLON)
  return true
}

function writeArray(cursor: MsgpackCursor, to: TextBuffer, depth: number): boolean {
  const count = cursor.openArray('an array')
  to.byte(0x5b)
  for (let i = 0; i < count; i++) {
    if (i > 0) to.byte(COMMA)
    if (!writeJson(cursor, to, depth)) return false
  }
  to.byte(0x5d)
  return true
}

function writeMap(cursor: MsgpackCursor, to: TextBuffer, depth: number): boolean {
  const count = cursor.openMap('a map')
  to.byte(0x7b)
  for (let i = 0; i < count; i++) {
    if (i > 0) to.byte(COMMA)
    if (!writeKey(cursor, to) || !writeJson(cursor, to, depth)) return false
  }
  to.byte(0x7d)
  return true
}

function writeWord(cursor: MsgpackCursor, to: TextBuffer): void {
  const kind = cursor.kind()
  if (kind !== NIL && kind !== TRUE && kind !== FALSE) cursor.fail('a value that MessagePack does not have')
  cursor.position++
  to.ascii(kind === NIL ? 'null' : kind === TRUE ? 'true' : 'false')
}

function floatText(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null'
}
