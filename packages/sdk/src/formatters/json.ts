import type { Fields } from '../fields.ts'
import type { Formatter } from '../formatter.ts'
import { type Frame, frameFields, frameHas } from '../frame.ts'
import { levelName } from '../level.ts'
import { quote } from './quote.ts'
import { isoTime } from './timestamp.ts'
import { jsonValue } from './value.ts'

/** Names that the record itself uses; a field of that name gets a `_` at its end. */
const RESERVED = new Set(['timestamp', 'level', 'logger', 'message'])

/** More names than any program has; a program that makes names of data is slower, not bigger. */
const MAX_KEPT = 4096

const hasOwn = Object.prototype.hasOwnProperty

/**
 * JSON, one object per record: `timestamp` (ISO 8601, UTC, milliseconds), `level` (name), `logger`, `message`, then the
 * fields, flat. See jsonValue for values that JSON does not have; undefined fields are left out.
 */
export function jsonFormatter(): Formatter {
  const keyTexts = new Map<string, string>()
  const headTexts = new Map<string, string>()

  function keyText(key: string): string {
    let text = keyTexts.get(key)
    if (text === undefined) {
      text = `,${quote(RESERVED.has(key) ? `${key}_` : key)}:`
      if (keyTexts.size < MAX_KEPT) keyTexts.set(key, text)
    }
    return text
  }

  /** `","level":"INFO","logger":"app","message":` with the quote that ends the time before it. */
  function headText(level: number, logger: string): string {
    const id = `${level} ${logger}`
    let text = headTexts.get(id)
    if (text === undefined) {
      text = `","level":${quote(levelName(level))},"logger":${quote(logger)},"message":`
      if (headTexts.size < MAX_KEPT) headTexts.set(id, text)
    }
    return text
  }

  function fieldsText(fields: Fields, except?: Fields): string {
    let text = ''
    for (const key in fields) {
      if (!hasOwn.call(fields, key) || (except !== undefined && hasOwn.call(except, key))) continue
      const value = safeValue(fields, key)
      if (value !== undefined) text += keyText(key) + value
    }
    return text
  }

  const formatter: Formatter = {
    format(record) {
      const { frame, fields, event } = record
      const head = `{"timestamp":"${isoTime(record.timeMs)}${headText(record.level, record.logger)}${quote(record.message)}`
      if (fields === undefined) return frame === undefined ? `${head}}` : `${head}${frameText(frame)}}`
      const own = event === undefined ? fieldsText(fields) : event.json(fields)
      if (frame === undefined) return `${head}${own}}`
      // The text of a frame is ready made; where both have a field it must be made anew: a key may stand only once.
      const shared = overlaps(frame, fields) ? fieldsText(frameFields(frame), fields) : frameText(frame)
      return `${head}${shared}${own}}`
    },
  }

  function frameText(frame: Frame): string {
    if (frame.textBy !== formatter) {
      const { outer, inner } = frame
      if (outer === undefined || inner === undefined) frame.text = fieldsText(frame.own)
      else if (overlaps(outer, frameFields(inner))) frame.text = fieldsText(frameFields(frame))
      else frame.text = frameText(outer) + frameText(inner)
      frame.textBy = formatter
    }
    return frame.text
  }

  return formatter
}

function overlaps(frame: Frame, fields: Fields): boolean {
  for (const key in fields) if (frameHas(frame, key)) return true
  return false
}

function safeValue(fields: Fields, key: string): string | undefined {
  try {
    return jsonValue(fields[key])
  } catch {
    // Only a getter among the fields can throw here.
    return '"[threw while it was read]"'
  }
}
