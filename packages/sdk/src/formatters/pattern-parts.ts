import type { Fields } from '../fields.ts'
import { levelName } from '../level.ts'
import type { LogRecord } from '../record.ts'
import type { Source } from '../source.ts'
import { readable, valueText } from './text.ts'
import { isoTime } from './timestamp.ts'

/** What stands where a record has nothing of that name. */
const MISSING = '-'

/** A value of a record; numbers may be given a format of their own. */
export type Part = (record: LogRecord, fields: Fields) => string | number

interface ProcessLike {
  readonly pid?: number
  readonly env?: Readonly<Record<string, string | undefined>>
  getBuiltinModule?(name: 'node:worker_threads'): { readonly threadId: number } | undefined
}

// Asked of the process and not imported, so that the formatters run in browsers too.
const processLike = (globalThis as { process?: ProcessLike }).process
const threadId = processLike?.getBuiltinModule?.('node:worker_threads')?.threadId ?? 0
/** Set by node:cluster in its workers. */
const clusterWorker = processLike?.env?.NODE_UNIQUE_ID
const loadedMs = Date.now()

const ofSource =
  (part: keyof Source): Part =>
  ({ source }) => {
    const value = source?.[part] ?? MISSING
    return typeof value === 'string' ? readable(value) : value
  }

/** Parts that need to know where the call stands. */
export const SOURCE_PARTS: Readonly<Record<string, Part>> = {
  filename: ofSource('file'),
  pathname: ofSource('path'),
  module: ofSource('module'),
  funcName: ofSource('function'),
  lineno: ofSource('line'),
}

/** Python's names for what a record knows, but for asctime, exc_info and fields. */
export const RECORD_PARTS: Readonly<Record<string, Part>> = {
  ...SOURCE_PARTS,
  isotime: ({ timeMs }) => isoTime(timeMs),
  created: ({ timeMs }) => timeMs / 1000,
  msecs: ({ timeMs }) => timeMs - Math.floor(timeMs / 1000) * 1000,
  relativeCreated: ({ timeMs }) => timeMs - loadedMs,
  name: ({ logger }) => readable(logger),
  levelname: ({ level }) => levelName(level),
  levelno: ({ level }) => level,
  message: ({ message }) => readable(message),
  process: () => processLike?.pid ?? 0,
  processName: () => (clusterWorker === undefined ? 'MainProcess' : `Process-${clusterWorker}`),
  thread: () => threadId,
  threadName: () => (threadId === 0 ? 'MainThread' : `Thread-${threadId}`),
}

/** A field by its name, or by a path with dots into one: `user.id`. */
export function fieldPart(name: string): Part {
  const path = name.split('.')
  return (_record, fields) => {
    try {
      return shown(Object.hasOwn(fields, name) ? fields[name] : follow(fields, path))
    } catch {
      return MISSING
    }
  }
}

function follow(fields: Fields, path: readonly string[]): unknown {
  let value: unknown = fields
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Fields)[key]
  }
  return value
}

function shown(value: unknown): string | number {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return readable(value)
  if (value instanceof Error) return readable(`${value.name}: ${value.message}`)
  return valueText(value) ?? MISSING
}
