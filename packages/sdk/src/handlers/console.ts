import type { Formatter } from '../formatter.ts'
import { formatted } from '../formatter.ts'
import { textFormatter } from '../formatters/text.ts'
import type { Handler, HandlerOptions } from '../handler.ts'
import { levelValue } from '../level.ts'

export interface ConsoleOptions extends HandlerOptions {
  /** Default: text. */
  readonly formatter?: Formatter
  /** Where there are standard streams. Default: stderr, so that logs do not mix with what a program puts out. */
  readonly stream?: 'stderr' | 'stdout'
}

interface OutputStream {
  write(text: string): unknown
  on?(event: 'error', listener: () => void): unknown
  listeners?(event: 'error'): readonly unknown[]
  /** Of pipes in Node. */
  readonly _handle?: { setBlocking?(blocking: boolean): unknown } | undefined
}

/** A log line that nobody reads any more (EPIPE) must not end the program. */
const ignore = () => {}

/**
 * Writes to a standard stream, one write per record; in browsers to the console. Nothing waits in memory, so nothing is
 * lost however the process ends; a pipe whose reader is behind therefore holds the program up, as a terminal does.
 */
export function consoleHandler(options: ConsoleOptions = {}): Handler {
  const { formatter = textFormatter(), stream = 'stderr' } = options
  const output = (globalThis as { process?: { stderr?: OutputStream; stdout?: OutputStream } }).process?.[stream]
  if (typeof output?.write !== 'function') return browserConsole(options, formatter)
  if (output.listeners?.('error').includes(ignore) === false) output.on?.('error', ignore)
  // Node queues what a full pipe does not take, and process.exit drops the queue: 97 of 100 lines when a reader is slow.
  output._handle?.setBlocking?.(true)
  return {
    name: stream,
    level: levelValue(options.level ?? 0),
    filters: options.filters,
    needsSource: formatter.needsSource,
    handle(record) {
      output.write(`${formatted(record, formatter)}\n`)
    },
  }
}

function browserConsole({ level, filters }: HandlerOptions, formatter: Formatter): Handler {
  return {
    name: 'console',
    level: levelValue(level ?? 0),
    filters,
    needsSource: formatter.needsSource,
    handle(record) {
      const method = record.level >= 40 ? 'error' : record.level >= 30 ? 'warn' : record.level >= 20 ? 'info' : 'debug'
      console[method](formatted(record, formatter))
    },
  }
}
