import { parseSize } from '../handlers/files/size.ts'
import { levelValue } from '../level.ts'
import { suggestion } from './nearest.ts'

/**
 * Looks at a value of a configuration: gives it back, perhaps in another form, and adds what is wrong with it to
 * `problems`, with its place.
 */
export interface Check {
  (value: unknown, at: string, problems: string[]): unknown
  /** The key must be there. */
  readonly required?: boolean
}

export type Keys = Readonly<Record<string, Check>>

const shown = (value: unknown) => JSON.stringify(value) ?? String(value)

function check<T>(what: string, test: (value: unknown) => value is T): Check {
  return (value, at, problems) => {
    if (!test(value)) problems.push(`${at}: ${shown(value)} is no ${what}`)
    return value
  }
}

export const text: Check = (value, at, problems) => {
  if (typeof value !== 'string') problems.push(`${at}: ${shown(value)} is no text`)
  // Python looks these up; taken as they are they would become names of files.
  else if (/^(?:cfg|ext):\/\//.test(value)) problems.push(`${at}: ${shown(value)} is not looked up: write the value`)
  return value
}
export const truth: Check = check('truth value: use true or false', (value) => typeof value === 'boolean')
export const amount: Check = check('number from 0', (value): value is number => typeof value === 'number' && value >= 0)
export const count: Check = check(
  'whole number from 0',
  (value): value is number => Number.isInteger(value) && (value as number) >= 0,
)
/** For what only code can give: functions, objects with methods. */
export const anything: Check = (value) => value

/** The same, but the key must be there. */
export function required(of: Check): Check {
  return Object.assign(((value, at, problems) => of(value, at, problems)) as Check, { required: true })
}

export function oneOf(...words: readonly string[]): Check {
  return (value, at, problems) => {
    if (!words.includes(value as string)) problems.push(`${at}: ${shown(value)}${unknownWord(value, words)}`)
    return value
  }
}

const streamName = oneOf('stderr', 'stdout')

/** By name, or as Python has it: the stream itself. */
export const standardStream: Check = (value, at, problems) => {
  if (typeof value !== 'object') return streamName(value, at, problems)
  const name = (['stderr', 'stdout'] as const).find((one) => process[one] === value)
  if (name === undefined) problems.push(`${at}: only the standard streams can be given: "stdout" or "stderr"`)
  return name
}

function unknownWord(value: unknown, words: readonly string[]): string {
  return typeof value === 'string' ? ` is not known${suggestion(value, words)}` : ` is none of ${words.join(', ')}`
}

/** The first form that fits; what is wrong is told of the last. */
export function either(...forms: readonly Check[]): Check {
  return (value, at, problems) => {
    let wrong: string[] = []
    for (const form of forms) {
      wrong = []
      const read = form(value, at, wrong)
      if (wrong.length === 0) return read
    }
    problems.push(...wrong)
    return value
  }
}

/** Bytes as a number or as text such as 10MB. */
export const size: Check = (value, at, problems) => {
  try {
    parseSize(value as string)
  } catch {
    problems.push(`${at}: ${shown(value)} is no size: use a number of bytes above 0, or text such as "512KB" or "10MB"`)
  }
  return value
}

export const level: Check = (value, at, problems) => {
  try {
    levelValue(typeof value === 'number' ? value : String(value))
  } catch (error) {
    problems.push(`${at}: ${(error as Error).message}`)
  }
  return value
}

export function listOf(item: Check): Check {
  return (value, at, problems) => {
    if (!Array.isArray(value)) {
      problems.push(`${at}: ${shown(value)} is no list`)
      return value
    }
    return value.map((one, index) => item(one, `${at}[${index}]`, problems))
  }
}

export function mapOf(item: Check): Check {
  return (value, at, problems) => {
    if (!isPlainObject(value)) {
      problems.push(`${at}: ${shown(value)} is no object`)
      return value
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, item(one, `${at}.${key}`, problems)]))
  }
}

/** An object with these keys and no others. */
export function objectOf(keys: Keys): Check {
  return (value, at, problems) => {
    if (isPlainObject(value)) return readKeys(value, keys, at, problems)
    problems.push(`${at}: ${shown(value)} is no object`)
    return value
  }
}

/**
 * The values of an object's keys as their checks give them. `at` is empty at the top; `others` are further names that may
 * have been meant.
 */
export function readKeys(
  given: object,
  keys: Keys,
  at: string,
  problems: string[],
  others: readonly string[] = [],
): Record<string, unknown> {
  const prefix = at === '' ? '' : `${at}.`
  const read: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    // As a key that is not there: what code leaves out conditionally, and what files leave empty.
    if (value === undefined || value === null) continue
    const of = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (of === undefined)
      problems.push(`${prefix}${key}: unknown key${suggestion(key, [...others, ...Object.keys(keys)])}`)
    else read[key] = of(value, `${prefix}${key}`, problems)
  }
  for (const [key, of] of Object.entries(keys)) {
    if (of.required === true && read[key] === undefined) problems.push(`${prefix}${key}: missing`)
  }
  return read
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
