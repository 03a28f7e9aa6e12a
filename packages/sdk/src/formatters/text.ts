import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { allFields, type LogRecord } from '../record.ts'
import { isoTime, localTime } from './timestamp.ts'
import { jsonValue } from './value.ts'

/** As Python's logging formats by default in most projects. */
export const DEFAULT_PATTERN = '%(asctime)s - %(name)s - %(levelname)s - %(message)s'

const PARTS: Readonly<Record<string, (record: LogRecord) => string>> = {
  asctime: (record) => localTime(record.timeMs),
  isotime: (record) => isoTime(record.timeMs),
  created: (record) => String(record.timeMs / 1000),
  name: (record) => record.logger,
  levelname: (record) => levelName(record.level),
  levelno: (record) => String(record.level),
  message: (record) => readable(record.message),
  fields: (record) => pairsText(record).trimStart(),
}

type Part = string | ((record: LogRecord) => string)

/**
 * Text for people, by a pattern of `%(name)s` parts as in Python: asctime (local), isotime (UTC), created (seconds), name,
 * levelname, levelno, message, fields; `%(levelname)-8s` pads; `%%` is a percent sign. Fields follow the line as
 * `key=value` unless the pattern places them; stacks of errors follow indented, as do further lines of a message, so
 * that no message can pass for a record of its own.
 * @throws RangeError for an unknown part
 */
export function textFormatter(pattern: string = DEFAULT_PATTERN): Formatter {
  const parts = compile(pattern)
  const placed = pattern.includes('%(fields)')
  return {
    format(record) {
      let text = ''
      for (const part of parts) text += typeof part === 'string' ? part : part(record)
      if (record.fields === undefined && record.frame === undefined) return text
      return `${text}${placed ? '' : pairsText(record)}${stacks(record)}`
    },
  }
}

function compile(pattern: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of pattern.matchAll(/%(?:%|\((\w+)\)(-?)(\d*)[sdf])/g)) {
    const [whole, name, left, width] = match
    if (match.index > end) parts.push(pattern.slice(end, match.index))
    end = match.index + whole.length
    if (name === undefined) {
      parts.push('%')
      continue
    }
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
    if (part === undefined) {
      throw new RangeError(`unknown part %(${name}) in a log pattern; there are ${Object.keys(PARTS).join(', ')}`)
    }
    const columns = Number(width)
    if (columns === 0) parts.push(part)
    else parts.push((record) => (left === '-' ? part(record).padEnd(columns) : part(record).padStart(columns)))
  }
  if (end < pattern.length) parts.push(pattern.slice(end))
  return parts
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g

/** Control characters are shown, not obeyed: a logged value must not be able to paint the terminal. */
function readable(text: string): string {
  return text.replace(UNSAFE, (char) =>
    char === '\n' ? '\n    ' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function pairsText(record: LogRecord): string {
  let text = ''
  for (const [key, value] of entries(record)) {
    const shown = value instanceof Error ? `${value.name}: ${value.message}` : value
    const plain = typeof shown === 'string' && shown !== '' && !/[\s"=]/.test(shown) && shown.search(UNSAFE) === -1
    const written = plain ? shown : jsonValue(shown)
    if (written !== undefined) text += ` ${readable(key)}=${written.replace(UNSAFE, readable)}`
  }
  return text
}

function stacks(record: LogRecord): string {
  let text = ''
  for (const [, value] of entries(record)) {
    // A chain of causes may be a ring.
    const seen = new Set<Error>()
    for (let error = value; error instanceof Error && !seen.has(error); error = error.cause) {
      text += `\n    ${seen.size === 0 ? '' : 'caused by '}${readable(error.stack ?? String(error))}`
      seen.add(error)
    }
  }
  return text
}

function entries(record: LogRecord): [string, unknown][] {
  try {
    return Object.entries(allFields(record) ?? {})
  } catch {
    return [['fields', '[threw while they were read]']]
  }
}
