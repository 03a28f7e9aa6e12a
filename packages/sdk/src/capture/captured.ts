import type { Fields } from '../fields.ts'
import { levelName, levelValue } from '../level.ts'
import { allFields, type LogRecord } from '../record.ts'
import type { Source } from '../source.ts'

/** A record as plain data, for comparing. */
export interface CapturedRecord {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** Name: `INFO`. */
  readonly level: string
  /** Number: 20. */
  readonly levelno: number
  /** Dotted name; `root` for the root. */
  readonly logger: string
  readonly message: string
  /** All of them: context, defaults, bound ones and those of the call, later ones winning. A shallow copy. */
  readonly fields: Fields
  /** Where the call stands; there only when captureLogs is asked for it. */
  readonly source?: Source
}

/** What a record must be like. Fields: those given must be equal, more may be there. */
export interface RecordPattern {
  readonly level?: number | string
  readonly logger?: string
  /** The whole message, or an expression that finds something in it. */
  readonly message?: string | RegExp
  readonly fields?: Fields
}

/** Records in the order in which they were logged. */
export interface CapturedLogs {
  readonly records: readonly CapturedRecord[]
  readonly messages: readonly string[]
  /** Records of exactly that level. */
  at(level: number | string): CapturedRecord[]
  /** The first record like that. */
  find(pattern: RecordPattern): CapturedRecord | undefined
  /** All records like that. */
  filter(pattern: RecordPattern): CapturedRecord[]
  /** Forgets what was captured so far. */
  clear(): void
}

/** Keeps records as plain data. */
export class CapturedList implements CapturedLogs {
  readonly records: CapturedRecord[] = []

  add(record: LogRecord): void {
    this.records.push(plainRecord(record))
  }

  get messages(): string[] {
    return this.records.map(({ message }) => message)
  }

  at(level: number | string): CapturedRecord[] {
    const value = levelValue(level)
    return this.records.filter(({ levelno }) => levelno === value)
  }

  find(pattern: RecordPattern): CapturedRecord | undefined {
    return this.filter(pattern)[0]
  }

  filter(pattern: RecordPattern): CapturedRecord[] {
    const level = pattern.level === undefined ? undefined : levelValue(pattern.level)
    return this.records.filter(
      (record) =>
        (level === undefined || record.levelno === level) &&
        (pattern.logger === undefined || record.logger === pattern.logger) &&
        (pattern.message === undefined || fitsMessage(record.message, pattern.message)) &&
        Object.entries(pattern.fields ?? {}).every(([name, value]) => isEqual(record.fields[name], value)),
    )
  }

  clear(): void {
    this.records.length = 0
  }
}

function plainRecord(record: LogRecord): CapturedRecord {
  const { timeMs, level, logger, message, source } = record
  const fields = { ...allFields(record) }
  return { timeMs, level: levelName(level), levelno: level, logger, message, fields, ...(source && { source }) }
}

function fitsMessage(message: string, pattern: string | RegExp): boolean {
  // search pays no heed to the place where an expression with the g flag stopped last.
  return typeof pattern === 'string' ? message === pattern : message.search(pattern) >= 0
}

/** Whether two values are the same data: objects and lists member by member, dates by their time. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false
  if (one instanceof Date) return one.getTime() === (other as Date).getTime()
  if (one instanceof Error) return one.message === (other as Error).message && one.name === (other as Error).name
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(Reflect.get(one, name), Reflect.get(other, name)))
  )
}
