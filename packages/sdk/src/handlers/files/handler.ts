import { resolve } from 'node:path'
import { type Complain, createComplaints } from '../../complaints.ts'
import { type Formatter, formatted } from '../../formatter.ts'
import { jsonFormatter } from '../../formatters/json.ts'
import type { Handler, HandlerOptions } from '../../handler.ts'
import { LEVELS, levelValue } from '../../level.ts'
import type { AppenderSettings, Durability, FileStats } from './appender.ts'
import type { Place } from './plan.ts'
import { shareAppender } from './shared.ts'

/** Options that all file handlers take. */
export interface FileOptions extends HandlerOptions {
  /** Default: jsonFormatter(). */
  readonly formatter?: Formatter
  /** Default `buffered`. */
  readonly durability?: Durability
  /** Size of what is gathered before it is written, in UTF-16 units, 1024 to 1,048,576. Default 65,536. */
  readonly bufferSize?: number
  /** How long a record waits for others at most, milliseconds, while the program gives timers a turn. Default 20. */
  readonly flushIntervalMs?: number
  /** Records of this level and above are written at once, with those that wait. Default ERROR. */
  readonly flushLevel?: number | string
  /**
   * With `fsync`: the file is forced to the disk this often, in the background, milliseconds. Default 0: before each call
   * returns.
   */
  readonly syncIntervalMs?: number
  /** Told of failures. Default: a warning of the logger `girok.sdk`, once a minute. */
  readonly complain?: Complain
}

export interface FileHandler extends Handler {
  /** Absolute path of the file being written; undefined while that depends on the first record. */
  readonly path: string | undefined
  readonly stats: FileStats
  /** Opens the file of that name anew: for programs that move it away themselves. */
  reopen(): void
  flushSync(): void
  /** Also waits for files being compressed. */
  flush(): Promise<void>
  close(): Promise<void>
}

const DURABILITIES: readonly Durability[] = ['line', 'buffered', 'fsync']

/** The handler of one place. Handlers of the same place in one process share its writer. */
export function handlerOf(place: Place, options: FileOptions): FileHandler {
  const formatter = options.formatter ?? jsonFormatter()
  if (typeof formatter.format !== 'function') {
    throw new TypeError(`formatter of ${place.key} has no method format: use one such as jsonFormatter()`)
  }
  const complain = options.complain ?? createComplaints()
  const flushLevel = levelValue(options.flushLevel ?? LEVELS.ERROR)
  const level = levelValue(options.level ?? 0)
  const settings = settingsOf(place, options)
  const share = shareAppender(place, settings, complain)
  const { appender } = share
  let closed = false
  let dropped = 0
  return {
    name: place.key,
    level,
    filters: options.filters,
    needsSource: formatter.needsSource,
    handle(record) {
      if (closed) {
        dropped++
        complain(`the handler for ${place.key} is closed; records logged after that are dropped`)
      } else appender.append(formatted(record, formatter), record.timeMs, record.level >= flushLevel)
    },
    flushSync: () => appender.flushSync(),
    flush: () => appender.flush(),
    async close() {
      closed = true
      await share.release()
    },
    reopen: () => appender.reopen(),
    get path() {
      return appender.path
    },
    get stats() {
      const { written, bytes, dropped: lost } = appender.stats
      return { written, bytes, dropped: lost + dropped }
    },
  }
}

/**
 * The absolute path that an option names.
 * @throws TypeError for what is no path
 */
export function pathOption(name: string, value: string): string {
  if (typeof value === 'string' && value !== '') return resolve(value)
  throw new TypeError(`${name} of a file handler is ${JSON.stringify(value)}: use a path such as 'logs/app.log'`)
}

function settingsOf(place: Place, options: FileOptions): AppenderSettings {
  const { durability = 'buffered', bufferSize = 65_536, flushIntervalMs = 20, syncIntervalMs = 0 } = options
  if (!DURABILITIES.includes(durability)) {
    throw new RangeError(
      `durability of ${place.key}: ${JSON.stringify(durability)} is none of ${DURABILITIES.join(', ')}`,
    )
  }
  within('bufferSize', bufferSize, 1024, 2 ** 20)
  within('flushIntervalMs', flushIntervalMs, 1, 60_000)
  within('syncIntervalMs', syncIntervalMs, 0, 60_000)
  return { durability, bufferSize, flushIntervalMs, syncIntervalMs, truncate: place.truncate }

  function within(name: string, value: number, least: number, most: number): void {
    if (value >= least && value <= most) return
    throw new RangeError(`${name} of ${place.key}: ${value} is not within ${least} and ${most}`)
  }
}
