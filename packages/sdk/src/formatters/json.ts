import { type Bound, boundFields, overlaps } from '../bound.ts'
import type { Fields } from '../fields.ts'
import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import type { LogRecord } from '../record.ts'
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
      const { bound, fields } = record
      const head = `{"timestamp":"${isoTime(record.timeMs)}${headText(record.level, record.logger)}${quote(record.message)}`
      if (bound === undefined) return fields === undefined ? `${head}}` : `${head}${fieldsText(fields)}}`
      if (fields === undefined) return `${head}${boundText(bound)}}`
      // Bound text is ready made; where both have a field it must be made anew, for a key may stand only once.
      const outer = overlaps(bound, fields) ? fieldsText(boundFields(bound), fields) : boundText(bound)
      return `${head}${outer}${fieldsText(fields)}}`
    },
  }

  function boundText(bound: Bound): string {
    if (bound.fragmentBy !== formatter) {
      const { outer, own } = bound
      if (outer === undefined) bound.fragment = fieldsText(own)
      else if (overlaps(outer, own)) bound.fragment = fieldsText(boundFields(bound))
      else bound.fragment = boundText(outer) + fieldsText(own)
      bound.fragmentBy = formatter
    }
    return bound.fragment
  }

  return formatter
}

function safeValue(fields: Fields, key: string): string | undefined {
  try {
    return jsonValue(fields[key])
  } catch {
    // Only a getter among the fields can throw here.
    return '"[threw while it was read]"'
  }
}

/** All fields of a record, bound and of the call, in one object. */
export function allFields({ bound, fields }: LogRecord): Fields | undefined {
  if (bound === undefined) return fields
  return fields === undefined ? boundFields(bound) : { ...boundFields(bound), ...fields }
}
