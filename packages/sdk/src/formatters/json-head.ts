import { levelName } from '../level.ts'
import type { LogRecord } from '../record.ts'
import type { JsonOptions, JsonTime } from './json-options.ts'
import { isoTime, localTime } from './timestamp.ts'

const TIMES: Readonly<Record<JsonTime, (timeMs: number) => string>> = {
  iso: (timeMs) => `"${isoTime(timeMs)}"`,
  'iso-seconds': (timeMs) => `"${isoTime(timeMs).slice(0, -5)}Z"`,
  'iso-no-zone': (timeMs) => `"${isoTime(timeMs).slice(0, -1)}000"`,
  'iso-local': (timeMs) => `"${localTime(timeMs).replace(' ', 'T').replace(',', '.')}000"`,
  epoch: String,
}

/** More loggers than any program has. */
const MAX_KEPT = 4096

interface JsonHead {
  /** All of a record up to its message. */
  headText(record: LogRecord): string
  /** The names that no field may have. */
  readonly reserved: readonly string[]
}

export function jsonHead({ time = 'iso', levelCase, names, contextKey, source = false }: JsonOptions): JsonHead {
  const { timestamp = 'timestamp', level = 'level', logger = 'logger', message = 'message' } = names ?? {}
  const used = [timestamp, level, logger, message, contextKey, ...(source ? ['module', 'function', 'line'] : [])]
  const reserved = used.filter((name) => typeof name === 'string')
  const twice = reserved.find((name, index) => reserved.indexOf(name) < index)
  if (twice !== undefined) throw new RangeError(`jsonFormatter: two parts of the record are named ${twice}`)
  const timeText = TIMES[time]
  if (timeText === undefined) {
    throw new RangeError(`jsonFormatter: time is ${time}, use one of ${Object.keys(TIMES).join(', ')}`)
  }

  const member = (name: string | false, text: string) => (name === false ? '' : `${JSON.stringify(name)}:${text},`)
  const rests = new Map<string, Map<number, string>>()
  let head = ''
  let headMs = Number.NaN
  let headLevel = 0
  let headLogger = ''

  /** `"level":"INFO","logger":"app","message":` */
  function restText(value: number, name: string): string {
    let texts = rests.get(name)
    if (texts === undefined) {
      texts = new Map()
      if (rests.size < MAX_KEPT) rests.set(name, texts)
    }
    let text = texts.get(value)
    if (text === undefined) {
      const shown = levelCase === 'lower' ? levelName(value).toLowerCase() : levelName(value)
      text = `${member(level, JSON.stringify(shown))}${member(logger, JSON.stringify(name))}${JSON.stringify(message)}:`
      texts.set(value, text)
    }
    return text
  }

  return {
    headText(record) {
      // Busy programs log many records in a millisecond, often from one place.
      if (record.timeMs !== headMs || record.level !== headLevel || record.logger !== headLogger) {
        headMs = record.timeMs
        headLevel = record.level
        headLogger = record.logger
        head = `{${timestamp === false ? '' : member(timestamp, timeText(headMs))}${restText(headLevel, headLogger)}`
      }
      return head
    },
    reserved,
  }
}
