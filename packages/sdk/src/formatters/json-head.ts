import type { LogRecord } from '../record.ts'
import { flat } from './flat.ts'

/** More loggers than any program has. */
const MAX_KEPT = 4096

/**
 * Gives all of a record's JSON up to its message. `timeText` is kept for a millisecond, `restText` for each level of each
 * logger.
 */
export function jsonHead(
  timeText: (timeMs: number) => string,
  restText: (level: number, logger: string) => string,
): (record: LogRecord) => string {
  const rests = new Map<string, Map<number, string>>()
  let head = ''
  let lastMs = Number.NaN
  let lastLevel = 0
  let lastLogger = ''

  function rest(level: number, logger: string): string {
    let texts = rests.get(logger)
    if (texts === undefined) {
      texts = new Map()
      if (rests.size < MAX_KEPT) rests.set(logger, texts)
    }
    let text = texts.get(level)
    if (text === undefined) {
      text = restText(level, logger)
      texts.set(level, text)
    }
    return text
  }

  return ({ timeMs, level, logger }) => {
    // Busy programs log many records in a millisecond, often from one place.
    if (timeMs !== lastMs || level !== lastLevel || logger !== lastLogger) {
      head = flat(timeText(timeMs) + rest(level, logger))
      lastMs = timeMs
      lastLevel = level
      lastLogger = logger
    }
    return head
  }
}
