import type { Fields } from '../fields.ts'
import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { allFields, type LogRecord } from '../record.ts'
import { localTime } from './timestamp.ts'
import { jsonValue } from './value.ts'

/** As Python's logging formats by default in most projects. */
export const DEFAULT_PATTERN = '%(asctime)s - %(name)s - %(levelname)s - %(message)s'

const PARTS: Readonly<Record<string, (record: LogRecord) => string>> = {
  asctime: (record) => localTime(record.timeMs),
  name: (record) => readable(record.logger),
  levelname: (record) => levelName(record.level),
  message: (record) => readable(record.message),
  fields: (record) => fieldsText(safeFields(record)).trimStart(),
}

type Part = string | ((record: LogRecord) => string)

/**
 * Text for people, by a pattern of `%(name)s` parts as in Python: asctime (local), name, levelname, message, fields;
 * `%(levelname)-8s` pads; `%%` is a percent sign. Fields follow the line as `key=value` unless the pattern places them;
 * stacks of errors follow indented, as do further lines of a message, so that no message can pass for a record of its own.
 * The entry `@girok/sdk/formatters` has a textFormatter that knows all of Python's parts, and fields by name.
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
      const fields = safeFields(record)
      return `${text}${placed ? '' : fieldsText(fields)}${stacksText(fields)}`
    },
  }
}

function compile(pattern: string): Part[] {
  // What stands between the parts is every fourth.
  const pieces = pattern.split(/%(?:%|\((\w+)\)(-?)(\d*)[sdf])/)
  const parts: Part[] = []
  for (let at = 0; at < pieces.length; at += 4) {
    parts.push(pieces[at] as string)
    const name = pieces[at + 1]
    if (name === undefined) {
      if (at + 4 < pieces.length) parts.push('%')
      continue
    }
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
    if (part === undefined) {
      throw new RangeError(
        `unknown part %(${name}) in a log pattern; there are ${Object.keys(PARTS)}; textFormatter of @girok/sdk/formatters has more`,
      )
    }
    const left = pieces[at + 2]
    const columns = Number(pieces[at + 3])
    parts.push((record) => (left ? part(record).padEnd(columns) : part(record).padStart(columns)))
  }
  return parts
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g

/**
 * Text with control characters shown, not obeyed: a logged value must not be able to paint the terminal. Further lines are
 * indented.
 */
export function readable(text: string): string {
  return text.replace(UNSAFE, (char) =>
    char === '\n' ? '\n    ' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const THREW = '[threw while it was read]'

/** A value on one line: plain where that reads without doubt, else as JSON. Undefined for undefined. Never throws. */
export function valueText(value: unknown): string | undefined {
  try {
    const shown = value instanceof Error ? `${value.name}: ${value.message}` : value
    const plain = typeof shown === 'string' && shown !== '' && !/[\s"=]/.test(shown) && shown.search(UNSAFE) < 0
    return plain ? shown : jsonValue(shown)?.replace(UNSAFE, readable)
  } catch {
    return THREW
  }
}

/** ` key=value` of each field. */
export function fieldsText(fields: Fields): string {
  let text = ''
  for (const key of Object.keys(fields)) {
    const value = valueText(fields[key])
    if (value !== undefined) text += ` ${readable(key)}=${value}`
  }
  return text
}

/** Stacks of the errors among the fields with their causes, each after a line end and indented. Never throws. */
export function stacksText(fields: Fields): string {
  let text = ''
  for (const value of Object.values(fields)) {
    // A chain of causes may be a ring.
    const seen = new Set<unknown>()
    try {
      for (let error = value; error instanceof Error && !seen.has(error); error = error.cause) {
        text += `\n    ${seen.size === 0 ? '' : 'caused by '}${readable(error.stack ?? String(error))}`
        seen.add(error)
      }
    } catch {
      text += `\n    ${THREW}`
    }
  }
  return text
}

/** All fields of a record as plain members: a copy, for one of them may be a getter that throws. */
export function safeFields(record: LogRecord): Fields {
  try {
    return { ...allFields(record) }
  } catch {
    return { fields: THREW }
  }
}
