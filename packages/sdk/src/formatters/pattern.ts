import type { Fields } from '../fields.ts'
import type { Formatter } from '../formatter.ts'
import { callSite } from '../source.ts'
import { dateFormatter } from './date-format.ts'
import { STYLES, type Token, tokens, withSpec } from './format-spec.ts'
import { fieldPart, type Part, RECORD_PARTS, SOURCE_PARTS } from './pattern-parts.ts'
import { fieldsText, safeFields, stacksText } from './text.ts'
import { isoTime, localTime } from './timestamp.ts'

export interface TextOptions {
  /** Default: `%(asctime)s - %(name)s - %(levelname)s - %(message)s`, in the style asked for. */
  readonly pattern?: string
  /** As Python's: `%` for `%(name)s` (the default), `{` for `{name}`, `$` for `$name`. */
  readonly style?: '%' | '{' | '$'
  /** strftime format of asctime. Default: `2026-01-31 09:05:07,042`. */
  readonly dateFormat?: string
  /** Of asctime. Default `local`. */
  readonly timeZone?: 'local' | 'utc'
  /** Whether fields that the pattern does not place follow the line of the message. Default `append`. */
  readonly fields?: 'append' | 'omit'
}

const DEFAULT_PATTERNS = {
  '%': '%(asctime)s - %(name)s - %(levelname)s - %(message)s',
  '{': '{asctime} - {name} - {levelname} - {message}',
  $: '$asctime - $name - $levelname - $message',
}

const NONE: Fields = Object.freeze({})
const STACKS = new Set(['exc_info', 'exc_text'])

/**
 * Text for people, by a pattern as in Python's logging: a pattern or options.
 *
 * Parts: asctime, isotime (UTC), created (seconds), msecs, relativeCreated (milliseconds), name, levelname, levelno,
 * message, filename, pathname, module, funcName, lineno, process, processName, thread, threadName, exc_info (stacks of
 * the errors among the fields), fields (as `key=value`); any other name is a field of the record, `-` where it has none.
 * Conversions are those of Python: `%(levelname)-8s`, `%(msecs)03d`, `%(duration).3f`, `{levelname:<8}`.
 *
 * Fields that the pattern does not place follow at the end of the line that has the message, stacks at the very end.
 * Control characters are shown, not obeyed, and further lines of a message are indented: no message can pass for a record.
 * A pattern with filename, pathname, module, funcName or lineno makes handlers look for the caller (about 10 µs a record).
 * @throws RangeError for a pattern or a date format that cannot be read; it names the place
 */
export function textFormatter(given: string | TextOptions = {}): Formatter {
  const options = typeof given === 'string' ? { pattern: given } : given
  const { style = '%', dateFormat, timeZone = 'local', fields: unplaced = 'append' } = options
  refuse('style', style, Object.keys(STYLES))
  refuse('timeZone', timeZone, ['local', 'utc'])
  refuse('fields', unplaced, ['append', 'omit'])
  const list = tokens(options.pattern ?? DEFAULT_PATTERNS[style], style)
  const names = list.filter((token) => typeof token !== 'string').map(({ name }) => name)

  const asctime: (timeMs: number) => string =
    dateFormat !== undefined
      ? dateFormatter(dateFormat, timeZone)
      : timeZone === 'local'
        ? localTime
        : (timeMs) => isoTime(timeMs).replace('T', ' ').replace('.', ',').slice(0, -1)

  const placed = new Set(names)
  const rest = (fields: Fields) => fieldsText(without(fields, placed))

  const parts: (string | Part)[] = []
  list.forEach((token, index) => {
    if (typeof token === 'string') {
      // Stacks that stand on a line of their own take the line along when there are none.
      parts.push(isStacks(list[index + 1]) ? token.replace(/\n$/, '') : token)
    } else if (STACKS.has(token.name)) {
      const before = list[index - 1]
      const start = typeof before === 'string' && before.endsWith('\n') ? 0 : 1
      parts.push((_record, fields) => stacksText(fields).slice(start))
    } else {
      parts.push(formattedPart(token.name, token.spec))
    }
  })
  if (unplaced === 'append' && !placed.has('fields')) insertFields(parts, list, rest)
  if (!names.some((name) => STACKS.has(name))) parts.push((_record, fields) => stacksText(fields))

  function formattedPart(name: string, spec: Exclude<Token, string>['spec']): Part {
    const part: Part =
      name === 'asctime'
        ? (record) => asctime(record.timeMs)
        : name === 'fields'
          ? (_record, fields) => rest(fields).trimStart()
          : Object.hasOwn(RECORD_PARTS, name)
            ? (RECORD_PARTS[name] as Part)
            : fieldPart(name)
    return spec === undefined ? part : (record, fields) => withSpec(part(record, fields), spec)
  }

  return {
    needsSource: names.some((name) => Object.hasOwn(SOURCE_PARTS, name)) ? callSite : undefined,
    format(record) {
      const fields = record.fields === undefined && record.frame === undefined ? NONE : safeFields(record)
      let text = ''
      for (const part of parts) text += typeof part === 'string' ? part : part(record, fields)
      return text
    },
  }
}

function isStacks(token: Token | undefined): boolean {
  return typeof token === 'object' && STACKS.has(token.name)
}

/** Puts the fields at the end of the line of the message, or of the pattern when that places no message. */
function insertFields(parts: (string | Part)[], list: readonly Token[], rest: (fields: Fields) => string): void {
  const append: Part = (_record, fields) => rest(fields)
  let index = list.findIndex((token) => typeof token === 'object' && token.name === 'message')
  for (; index >= 0 && index < list.length; index++) {
    const part = list[index] as Token
    if (isStacks(part)) break
    const end = typeof part === 'string' ? part.indexOf('\n') : -1
    if (end === -1) continue
    const text = parts[index] as string
    parts.splice(index, 1, text.slice(0, end), append, text.slice(end))
    return
  }
  if (index >= 0) parts.splice(index, 0, append)
  else parts.push(append)
}

/** Fields that the pattern places by name need not be told twice. */
function without(fields: Fields, placed: ReadonlySet<string>): Fields {
  const isPlaced = (key: string) => placed.has(key) && !isRecordPart(key)
  if (!Object.keys(fields).some(isPlaced)) return fields
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !isPlaced(key)))
}

/** A field of such a name is another thing than the part. */
function isRecordPart(name: string): boolean {
  return name === 'asctime' || name === 'fields' || STACKS.has(name) || Object.hasOwn(RECORD_PARTS, name)
}

function refuse(option: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return
  throw new RangeError(`textFormatter, ${option}: ${JSON.stringify(value)} is not one of ${allowed.join(', ')}`)
}
