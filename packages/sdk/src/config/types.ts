import type { Fields } from '../fields.ts'
import type { Filter } from '../filter.ts'
import type { Formatter } from '../formatter.ts'
import type { Handler } from '../handler.ts'
import type { Processor } from '../processor.ts'

/** By kind with its options, by a Python class with its arguments, or `'()'`: a function that makes one of the rest. */
export interface Entry {
  readonly kind?: string
  readonly class?: string
  readonly [option: string]: unknown
}

export interface HandlerEntry extends Entry {
  readonly level?: number | string
  /** Name of one of `formatters`. */
  readonly formatter?: string
  /** Names of `filters`. */
  readonly filters?: readonly string[]
}

export interface LoggerEntry {
  /** Without it the level is inherited; `NOTSET` likewise. */
  readonly level?: number | string | undefined
  /** Names of `handlers`. */
  readonly handlers?: readonly string[]
  /** Names of `filters`. */
  readonly filters?: readonly string[]
  /** Names of `processors`, in the order in which records pass them. */
  readonly processors?: readonly string[]
  readonly propagate?: boolean
  /** Fields of all records of this logger and of those below. */
  readonly defaults?: Fields
}

/** A configuration in the spirit of Python's dictConfig: what there is by name, and which logger uses what. */
export interface LoggingConfiguration {
  readonly version: 1
  /** Silences loggers that were configured before and that this configuration does not name. Default false, not as in Python. */
  readonly disableExistingLoggers?: boolean
  readonly disable_existing_loggers?: boolean
  /** Only levels of handlers, and levels and `propagate` of loggers, are changed; everything else stays. Default false. */
  readonly incremental?: boolean
  readonly formatters?: Readonly<Record<string, Entry | Formatter>>
  readonly filters?: Readonly<Record<string, Entry | Filter>>
  readonly processors?: Readonly<Record<string, Entry | Processor>>
  readonly handlers?: Readonly<Record<string, HandlerEntry | Handler>>
  /** By name of the logger; `''` and `root` are the root. */
  readonly loggers?: Readonly<Record<string, LoggerEntry>>
  /** The root, as `loggers.root`. */
  readonly root?: LoggerEntry
}
