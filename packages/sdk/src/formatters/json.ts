import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { callSite } from '../source.ts'
import { JsonExceptionFields } from './json-exception.ts'
import { JsonFields } from './json-fields.ts'
import { jsonHead } from './json-head.ts'
import type { JsonOptions, JsonTime } from './json-options.ts'
import { plainJson } from './json-plain.ts'
import { quote } from './quote.ts'
import { isoTime, localTime } from './timestamp.ts'

const TIMES: Readonly<Record<JsonTime, (timeMs: number) => string>> = {
  iso: (timeMs) => `"${isoTime(timeMs)}"`,
  'iso-seconds': (timeMs) => `"${isoTime(timeMs).slice(0, -5)}Z"`,
  'iso-no-zone': (timeMs) => `"${isoTime(timeMs).slice(0, -1)}000"`,
  'iso-local': (timeMs) => `"${localTime(timeMs).replace(' ', 'T').replace(',', '.')}000"`,
  epoch: String,
}

/**
 * JSON, one object per record: `timestamp` (ISO 8601, UTC, milliseconds), `level` (name), `logger`, `message`, then the
 * fields, flat, unless the options say otherwise. See jsonValue for values that JSON does not have; undefined fields are
 * left out. A field named as a part of the record keeps its value under that name with `_` at its end. No name stands
 * twice. Without options it is always the same formatter, so that all handlers that use it share its work.
 * @throws RangeError for options that cannot be met
 */
export function jsonFormatter(options: JsonOptions = {}): Formatter {
  if (Object.values(options).every((value) => value === undefined)) return plainJson()
  const { time = 'iso', levelCase = 'upper', contextKey, nest = 'shared', source = false, exceptionKey } = options
  const names = { timestamp: 'timestamp', level: 'level', logger: 'logger', message: 'message', ...options.names }
  oneOf('time', time, Object.keys(TIMES))
  oneOf('levelCase', levelCase, ['upper', 'lower'])
  oneOf('nest', nest, ['shared', 'all'])
  const used = [...Object.values(names), contextKey, ...(source ? ['module', 'function', 'line'] : [])]
  const reserved = used.filter((name) => typeof name === 'string')
  const twice = reserved.find((name, index) => reserved.indexOf(name) < index)
  if (twice !== undefined) throw new RangeError(`jsonFormatter: two parts of a record are named ${quote(twice)}`)

  const isNested = contextKey !== undefined
  const flat = exceptionKey === undefined ? new JsonFields(reserved) : new JsonExceptionFields(reserved, exceptionKey)
  const nested = exceptionKey === undefined ? new JsonFields([]) : new JsonExceptionFields([], exceptionKey)
  const member = (name: string | false, text: string) => (name === false ? '' : `${quote(name)}:${text},`)
  const headText = jsonHead(
    (timeMs) => `{${names.timestamp === false ? '' : member(names.timestamp, TIMES[time](timeMs))}`,
    (value, logger) => {
      const level = levelCase === 'lower' ? levelName(value).toLowerCase() : levelName(value)
      return `${member(names.level, quote(level))}${member(names.logger, quote(logger))}${quote(names.message)}:`
    },
  )

  return {
    needsSource: source ? callSite : undefined,
    format(record) {
      const { frame, fields } = record
      let text = headText(record) + quote(record.message)
      if (source && record.source !== undefined) {
        const { module, function: name, line } = record.source
        text += `,"module":${quote(module)},"function":${quote(name)},"line":${line}`
      }
      // What a typed event writes by itself has the names of the plain form, so it is written as fields here.
      if (!isNested) return `${flat.write(text, false, frame, fields)}}`
      const inside = nested.write('', false, frame, nest === 'all' ? fields : undefined)
      text += `,${quote(contextKey)}:{${inside.slice(1)}}`
      return `${nest === 'all' ? text : flat.write(text, false, undefined, fields)}}`
    },
  }
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw new RangeError(`jsonFormatter: ${option} is ${JSON.stringify(value)}, use one of ${allowed.join(', ')}`)
  }
}
