import type { Driver } from '../driver.ts'

/** Everything a driver may need to open its engine; each takes what concerns it. */
export interface DriverOptions {
  /** Directory that belongs to Girok; the embedded engine keeps its files in `<dataDir>/store`. */
  readonly dataDir: string
  /** `http(s)://host:port` of a ClickHouse server; undefined means the embedded engine. */
  readonly url: string | undefined
  readonly database: string
  readonly username: string
  readonly password: string
  /** Sessions of the `query` lane: how many dashboard queries run at once. At least 1. */
  readonly readers: number
  /** Memory that the embedded engine may use in all, caches included. */
  readonly maxMemoryBytes: number
  /** Inserts are refused with `disk_full` while less is free on the embedded engine's disk, so that it can still clean up. */
  readonly minFreeDiskBytes: number
  readonly log: DriverLog
}

export type DriverLog = (
  level: 'debug' | 'info' | 'warning' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void

/** One storage engine. */
export interface DriverDefinition {
  readonly name: Driver['kind']
  /** One line for documentation and errors. */
  readonly summary: string
  /** Opens the engine. Rejects with a GirokError that says what is missing or wrong and how to mend it. */
  open(options: DriverOptions): Promise<Driver>
}

/** Checks nothing at run time: holds a driver to the shape where it is written. */
export function defineDriver(definition: DriverDefinition): DriverDefinition {
  return definition
}
