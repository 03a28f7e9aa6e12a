import { instantOf } from '../decode/instant.ts'
import { EXTENSION, FLOAT, type MsgpackCursor, NIL, WHOLE } from './msgpack.ts'

/** Extension type of Forward's EventTime: seconds and nanoseconds, 32 bits each, big-endian. */
const EVENT_TIME = 0
/** Extension type of MessagePack's own timestamp, in 4, 8 or 12 bytes. */
const TIMESTAMP = -1
/** Fluent Bit brackets groups of records by records at the seconds −1 and −2, which are none. */
const FIRST_GROUP_MARKER = 0xfffffffe

/** What {@link readTime} found. */
export interface EventTime {
  seconds: number
  nanos: number
  /** Set for the brackets of a group of records. */
  isMarker: boolean
}

/**
 * Passes the time at the cursor: EventTime, a whole number of seconds, or a float of seconds, which is rounded to
 * microseconds because it holds no more. Nothing and 0 stand for the time of arrival, as fluentd reads them. False when
 * it is something else.
 */
export function readTime(cursor: MsgpackCursor, into: EventTime, nowMs: number): boolean {
  into.isMarker = false
  const { position } = cursor
  switch (cursor.kind()) {
    case EXTENSION: {
      const type = cursor.openExtension()
      if (!readExtension(cursor, into, type)) return false
      into.isMarker = type === EVENT_TIME && into.seconds >= FIRST_GROUP_MARKER
      break
    }
    case WHOLE:
      into.seconds = Number(cursor.readWhole())
      into.nanos = 0
      break
    case FLOAT: {
      const time = cursor.readFloat()
      into.seconds = Math.floor(time)
      into.nanos = Math.round((time - into.seconds) * 1e6) * 1000
      if (into.nanos === 1e9) {
        into.seconds++
        into.nanos = 0
      }
      break
    }
    case NIL:
      cursor.position++
      into.seconds = 0
      into.nanos = 0
      break
    default:
      return false
  }
  if (Number.isNaN(into.seconds)) {
    cursor.position = position
    return false
  }
  if (into.seconds === 0) {
    const { seconds, nanos } = instantOf(nowMs)
    into.seconds = seconds
    into.nanos = nanos
  }
  return true
}

/** An extension that was just passed, as text: times in RFC 3339, others in base64. */
export function extensionText(cursor: MsgpackCursor, type: number): string {
  const time: EventTime = { seconds: 0, nanos: 0, isMarker: false }
  if (!readExtension(cursor, time, type) || Math.abs(time.seconds) > 8.64e12) {
    return cursor.bytes.toString('base64', cursor.textStart, cursor.textEnd)
  }
  const whole = new Date(time.seconds * 1000).toISOString().slice(0, -5)
  const fraction = String(time.nanos).padStart(9, '0').replace(/0+$/, '')
  return `${whole}${fraction === '' ? '' : `.${fraction}`}Z`
}

function readExtension({ bytes, textStart, textEnd }: MsgpackCursor, into: EventTime, type: number): boolean {
  const length = textEnd - textStart
  if (type === EVENT_TIME && length === 8) {
    into.seconds = bytes.readUInt32BE(textStart)
    into.nanos = bytes.readUInt32BE(textStart + 4)
  } else if (type === TIMESTAMP && length === 4) {
    into.seconds = bytes.readUInt32BE(textStart)
    into.nanos = 0
  } else if (type === TIMESTAMP && length === 8) {
    const high = bytes.readUInt32BE(textStart)
    into.seconds = (high & 3) * 2 ** 32 + bytes.readUInt32BE(textStart + 4)
    into.nanos = high >>> 2
  } else if (type === TIMESTAMP && length === 12) {
    into.seconds = Number(bytes.readBigInt64BE(textStart + 4))
    into.nanos = bytes.readUInt32BE(textStart)
  } else return false
  return into.nanos < 1e9
}
