import type { Formatter } from '../formatter.ts'
import { JsonFields } from './json-fields.ts'
import { jsonHead } from './json-head.ts'
import type { JsonOptions } from './json-options.ts'
import { isPlain } from './quote.ts'

let plainForm: Formatter | undefined

/**
 * JSON, one object per record: `timestamp` (ISO 8601, UTC, milliseconds), `level` (name), `logger`, `message`, then the
 * fields, flat. See jsonValue for values that JSON does not have; undefined fields are left out. A field named as one of
 * the four keeps its value under that name with `_` at its end. No name stands twice.
 * Without options it is always the same formatter, so that all handlers that use it share its work.
 * @throws TypeError or RangeError for options that cannot be met
 */
export function jsonFormatter(options: JsonOptions = {}): Formatter {
  if (Object.keys(options).length > 0) return create(options, false)
  plainForm ??= create(options, true)
  return plainForm
}

function create(options: JsonOptions, isPlainForm: boolean): Formatter {
  const { contextKey, nest, source = false, exceptionKey } = options
  const { headText, reserved } = jsonHead(options)
  const flat = new JsonFields(reserved, contextKey !== undefined && nest === 'all' ? undefined : exceptionKey)
  const nested = new JsonFields([], nest === 'all' ? exceptionKey : undefined)

  return {
    needsSource: source,
    format(record) {
      const { message, frame } = record
      let text = headText(record)
      let open = isPlain(message)
      text += open ? `"${message}` : JSON.stringify(message)
      if (source && record.source !== undefined) {
        const { module, function: name, line } = record.source
        text += `${open ? '"' : ''},"module":${JSON.stringify(module)},"function":${JSON.stringify(name)},"line":${line}`
        open = false
      }
      const fields = record.fields
      // What a typed event writes by itself has the names of the plain form.
      const event = isPlainForm ? record.event : undefined
      try {
        if (contextKey === undefined) return `${flat.write(text, open, frame, fields, event)}}`
        const inner = nested.write('', false, frame, nest === 'all' ? fields : undefined)
        text += `${open ? '"' : ''},${JSON.stringify(contextKey)}:{${inner.slice(1)}}`
        return `${nest === 'all' ? text : flat.write(text, false, undefined, fields)}}`
      } catch {
        // A proxy that does not even tell its keys.
        return `${text}${open ? '"' : ''},"fields":"[threw while they were read]"}`
      }
    },
  }
}
