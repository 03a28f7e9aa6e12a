import type { Fields } from '../fields.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { Logger } from '../logger.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'

export interface StructuredLoggerOptions extends DomainLoggerOptions {
  /** Sub-directory of the log directory. Default: none. */
  readonly directory?: string
}

/**
 * A logger with a context of its own that is set and cleared by hand. The file has it nested, `"context": {…}`, and the
 * fields of the call flat; handlers with other formatters have all of them flat. For contexts that follow a request by
 * themselves see withContext.
 */
export class StructuredLogger extends DomainLogger {
  #context: Fields = {}
  #bound: Logger | undefined

  constructor(name: string, options: StructuredLoggerOptions = {}) {
    const directory = options.directory ?? ''
    const formatter = jsonFormatter({ contextKey: 'context', exceptionKey: 'exception' })
    super({ loggerName: name, directory, fileName: name, formatter }, options)
  }

  /** The plain logger, with the context as it is now. */
  override get logger(): Logger {
    return this.#bound ?? super.logger
  }

  /** Adds to the context, for all records from here on. */
  setContext(fields: Fields): void {
    this.#context = { ...this.#context, ...copyOf(fields) }
    this.#bound = super.logger.with(this.#context)
  }

  clearContext(): void {
    this.#context = {}
    this.#bound = undefined
  }

  debug(message: string, fields?: Fields): void {
    this.logger.debug(message, fields)
  }

  info(message: string, fields?: Fields): void {
    this.logger.info(message, fields)
  }

  warning(message: string, fields?: Fields): void {
    this.logger.warning(message, fields)
  }

  /** An Error among the fields, as `exception` or `error`, is in the file as `exception`: {type, message, traceback}. */
  error(message: string, fields?: Fields): void {
    this.logger.error(message, fields)
  }

  /** As error. */
  critical(message: string, fields?: Fields): void {
    this.logger.critical(message, fields)
  }
}
