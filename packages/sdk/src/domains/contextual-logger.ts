import { getContext, withContext } from '../context.ts'
import type { Fields } from '../fields.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { LEVELS } from '../level.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'

export interface ContextualLoggerOptions extends DomainLoggerOptions {
  /** Fields of all records; the context and the call win over them. */
  readonly defaults?: Fields
  /** Sub-directory of the log directory. Default: none. */
  readonly directory?: string
}

/**
 * A logger whose file has all fields nested, `"context": {…}`: defaults, then contexts from the outermost to the
 * innermost, then the fields of the call, the later ones winning. Handlers with other formatters have them flat.
 */
export class ContextualLogger extends DomainLogger {
  readonly #defaults: Fields

  constructor(name: string, options: ContextualLoggerOptions = {}) {
    const directory = options.directory ?? ''
    const formatter = jsonFormatter({ contextKey: 'context', nest: 'all', exceptionKey: 'exception' })
    super({ loggerName: name, directory, fileName: name, formatter }, options)
    this.#defaults = { ...options.defaults }
  }

  /**
   * Runs `work` with these fields in every record below it, after awaits too; parallel calls do not see one another's.
   * It is the context of withContext: other loggers' records have the fields as well.
   */
  context<T>(fields: Fields, work: () => T): T {
    return withContext(fields, work)
  }

  debug(message: string, fields?: Fields): void {
    this.#log(LEVELS.DEBUG, message, fields)
  }

  info(message: string, fields?: Fields): void {
    this.#log(LEVELS.INFO, message, fields)
  }

  warning(message: string, fields?: Fields): void {
    this.#log(LEVELS.WARNING, message, fields)
  }

  /** An Error among the fields, as `exception` or `error`, is in the file as `exception`: {type, message, traceback}. */
  error(message: string, fields?: Fields): void {
    this.#log(LEVELS.ERROR, message, fields)
  }

  /** As error. */
  critical(message: string, fields?: Fields): void {
    this.#log(LEVELS.CRITICAL, message, fields)
  }

  #log(level: number, message: string, fields: Fields | undefined): void {
    if (!this.logger.isEnabledFor(level)) return
    const all: Record<string, unknown> = copyOf(fields ?? {})
    const context = getContext()
    for (const key in this.#defaults) {
      // Fields of a call win over the context, and defaults must not.
      if (!(key in all) && !(key in context)) all[key] = this.#defaults[key]
    }
    this.logger.log(level, message, all)
  }
}
