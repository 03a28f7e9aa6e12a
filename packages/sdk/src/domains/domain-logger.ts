/// <reference lib="esnext.disposable" preserve="true" />
import { basename, join } from 'node:path'
import { type Complain, createComplaints } from '../complaints.ts'
import type { Formatter } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { Durability } from '../handlers/files/appender.ts'
import { fileHandler } from '../handlers/files/file.ts'
import type { FileHandler } from '../handlers/files/handler.ts'
import { timestampedPath } from '../handlers/files/timestamped-path.ts'
import { defaultHierarchy, type Hierarchy } from '../hierarchy.ts'
import type { Logger } from '../logger.ts'
import { monotonicMs } from './elapsed.ts'

/** Options that all domain loggers take. */
export interface DomainLoggerOptions {
  /**
   * Logs with this logger instead of one of its own. No file is opened, and the logger's level stays as it is. Of another
   * domain logger, that is its `logger`: a StructuredLogger's context is in the records.
   */
  readonly logger?: Logger | DomainLogger
  /** Where the logger of its own stands. Default: the process-wide hierarchy, so that handlers of the root see the records. */
  readonly hierarchy?: Hierarchy
  /** Logs go to a sub-directory of this one. Default: the environment's LOG_DIRECTORY, or LOG_DIR, or `./logs`. */
  readonly logDirectory?: string
  /** When a record in the file is safe, see fileHandler. Default `buffered`. */
  readonly durability?: Durability
  /** Of the file. Default: what the logger's own description says, for most JSON. */
  readonly formatter?: Formatter
  /** Level of the logger of its own. Default INFO. */
  readonly level?: number | string
  /** Told of failures. Default: a warning of the logger `girok.sdk`, once a minute. */
  readonly complain?: Complain
  /** Milliseconds since the epoch; replaced in tests. Default: the system's clock. */
  readonly now?: () => number
}

/** Where a domain logger logs when it is not given a logger. */
export interface DomainPlace {
  readonly loggerName: string
  /** Sub-directory of the log directory; empty for the log directory itself. */
  readonly directory: string
  /** First part of the file's name, before the time of the start. */
  readonly fileName: string
  /** Without it the name of the file has the local time of the start in it, and each run has a file of its own. */
  readonly oneFile?: boolean
  /** Default: JSON, flat, the error of a record as `exception`: {type, message, traceback}. */
  readonly formatter?: Formatter
  readonly fileLevel?: number | string
  /** Unless the options say otherwise. Default `buffered`. */
  readonly durability?: Durability
}

/**
 * What all domain loggers share: a plain logger, and a file of JSON lines below the log directory. Records also go to the
 * handlers of the logger's ancestors, those of the root for one.
 */
export class DomainLogger {
  /** Of the file that the records go to; undefined with a logger of the caller's. */
  readonly path: string | undefined
  protected readonly now: () => number
  /** For durations: never set, unlike the clock of the day. */
  protected readonly clock: () => number
  protected readonly complain: Complain
  readonly #logger: Logger | DomainLogger
  readonly #file: FileHandler | undefined
  readonly #release: () => void
  #closed: Promise<void> | undefined

  constructor(place: DomainPlace, options: DomainLoggerOptions) {
    this.now = options.now ?? Date.now
    this.clock = options.now ?? monotonicMs
    this.complain = options.complain ?? createComplaints()
    if (options.logger !== undefined) {
      this.#logger = options.logger
      this.#release = () => {}
      return
    }
    const hierarchy = options.hierarchy ?? defaultHierarchy
    const { name, ordinal, release } = claimName(hierarchy, place.loggerName)
    this.#release = release
    const directory = join(logDirectory(options), place.directory)
    const stem = fileStem(place.fileName)
    const extension = ordinal === 1 ? '.log' : `_${ordinal}.log`
    this.path = place.oneFile
      ? join(directory, `${stem}.log`)
      : timestampedPath({ directory, name: stem, extension, now: this.now })
    this.#file = fileHandler({
      path: this.path,
      formatter: options.formatter ?? place.formatter ?? jsonFormatter({ exceptionKey: 'exception' }),
      level: place.fileLevel ?? 0,
      complain: this.complain,
      durability: options.durability ?? place.durability ?? 'buffered',
    })
    this.#logger = hierarchy
      .getLogger(name)
      .setLevel(options.level ?? 'INFO')
      .addHandler(this.#file)
  }

  /** The plain logger, for records of any other kind. */
  get logger(): Logger {
    return this.#logger instanceof DomainLogger ? this.#logger.logger : this.#logger
  }

  /** Resolves when everything logged so far is in the file. Never rejects. */
  async flush(): Promise<void> {
    await this.#file?.flush()
  }

  /** Closes the file; idempotent, never rejects. Later records go to the handlers of other loggers only. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** For `await using`: closes. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    if (this.#file === undefined) return
    this.logger.removeHandler(this.#file)
    await this.#file.close()
    this.#release()
  }
}

/** Names of the loggers in use, by hierarchy. */
const claimed = new WeakMap<Hierarchy, Set<string>>()

/**
 * Two domain loggers of one name that are open at a time (runs in parallel) get loggers of their own, `name#2` for the
 * second: with one logger each file would have the records of both.
 */
function claimName(hierarchy: Hierarchy, wanted: string): { name: string; ordinal: number; release: () => void } {
  let names = claimed.get(hierarchy)
  if (names === undefined) {
    names = new Set()
    claimed.set(hierarchy, names)
  }
  const inUse = names
  let ordinal = 1
  let name = wanted
  while (inUse.has(name)) name = `${wanted}#${++ordinal}`
  inUse.add(name)
  return { name, ordinal, release: () => void inUse.delete(name) }
}

/** The log directory that the options or the environment name. */
export function logDirectory({ logDirectory }: Pick<DomainLoggerOptions, 'logDirectory'>): string {
  return logDirectory ?? (process.env.LOG_DIRECTORY || process.env.LOG_DIR || 'logs')
}

/** The part of a file's name that is the domain logger's. Names of runs and models hold slashes and colons (`meta-llama/Llama-3-8B`), which file names cannot. */
export function fileStem(name: string): string {
  const stem = name.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_')
  if (stem === '') throw new RangeError('the name of a domain logger is empty: give it one, its file is named after it')
  return stem
}

/** What a run is called, by its name and the local time of its start: `llama3_qlora_20251220_120000`. */
export function runName(name: string, now: () => number): string {
  return basename(timestampedPath({ directory: '', name: fileStem(name), extension: '', now }))
}
