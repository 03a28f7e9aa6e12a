import type { Fields } from '../fields.ts'
import type { Formatter } from '../formatter.ts'
import { levelName } from '../level.ts'
import { callSite } from '../source.ts'
import { safeFields } from './text.ts'
import { isoTime } from './timestamp.ts'
import { jsonValue } from './value.ts'

export interface LogfmtOptions {
  /**
   * How objects are written: `json` as one value (`user="{\"id\":7}"`), `dots` member by member (`user.id=7`). Lists stay
   * JSON in both. Default `json`.
   */
  readonly nested?: 'json' | 'dots'
  /** Whether module, function and line of the call follow the message; that costs about 10 µs a record. Default false. */
  readonly source?: boolean
}

/**
 * logfmt, one line a record: `ts=2026-01-31T08:05:07.042Z level=INFO logger=app msg="order placed" order=4711`, as Loki's
 * `| logfmt` and others read it. Values are quoted where they need it, with the escapes of JSON. What a key cannot hold
 * (blanks, quotes, `=`) becomes `_`; a field called like one of the first four gets a `_` at its end, and so does a key
 * that is there already. Undefined fields are left out.
 */
export function logfmtFormatter(options: LogfmtOptions = {}): Formatter {
  const { nested = 'json', source = false } = options
  if (nested !== 'json' && nested !== 'dots') {
    throw new RangeError(`logfmtFormatter, nested: ${JSON.stringify(nested)} is neither "json" nor "dots"`)
  }
  return {
    needsSource: source ? callSite : undefined,
    format(record) {
      const taken = new Set(['ts', 'level', 'logger', 'msg'])
      const { timeMs, level, logger, message } = record
      let text = `ts=${isoTime(timeMs)} level=${word(levelName(level))} logger=${word(logger)} msg=${word(message)}`
      const add = (name: string, value: string) => {
        let key = keyText(name)
        while (taken.has(key)) key += '_'
        taken.add(key)
        text += ` ${key}=${word(value)}`
      }
      if (source && record.source !== undefined) {
        const { module, function: name, line } = record.source
        add('module', module)
        add('function', name)
        add('line', String(line))
      }
      if (record.fields !== undefined || record.frame !== undefined) addFields(safeFields(record), nested, add)
      return text
    },
  }
}

function addFields(fields: Fields, nested: 'json' | 'dots', add: (name: string, value: string) => void): void {
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (typeof value === 'string') {
      add(name, value)
      continue
    }
    const json = jsonValue(value)
    if (json === undefined) continue
    // By way of JSON, which has dealt with rings, getters and classes already.
    const plain: unknown = JSON.parse(json)
    if (nested === 'dots') addMembers(name, plain, add)
    else add(name, typeof plain === 'string' ? plain : json)
  }
}

function addMembers(name: string, value: unknown, add: (name: string, value: string) => void): void {
  if (typeof value === 'string') add(name, value)
  else if (typeof value !== 'object' || value === null || Array.isArray(value)) add(name, JSON.stringify(value))
  else {
    const members = Object.entries(value)
    if (members.length === 0) add(name, '{}')
    for (const [key, member] of members) addMembers(`${name}.${key}`, member, add)
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NO_KEY = /[\u0000-\u0020\s"=\u007f-\u00a0\ufffd\ud800-\udfff]/g

function keyText(name: string): string {
  return name === '' ? '_' : name.replace(NO_KEY, '_')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NEEDS_QUOTES = /[\u0000-\u0020\s"=\\\u007f-\u00a0\ud800-\udfff]/
/** JSON leaves these as they are; a line must not hold what some programs take for the end of one. */
const NOT_IN_LINES = /[\u007f-\u009f\u2028\u2029]/g

function word(value: string): string {
  if (value !== '' && !NEEDS_QUOTES.test(value)) return value
  return JSON.stringify(value).replace(NOT_IN_LINES, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
