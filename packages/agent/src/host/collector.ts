import type { Readings } from '../model/readings.ts'

/** Where the host's file systems stand for this process; in a container they are mounted somewhere else. */
export interface HostRoots {
  /** Default `/proc`. */
  readonly proc: string
  /** Default `/sys`. */
  readonly sys: string
  /** Put before mount points; default empty. */
  readonly root: string
}

/** What is left out, by regular expressions that are tried on the whole name or path. */
export interface HostFilters {
  readonly disks: RegExp
  readonly fileSystems: RegExp
  readonly mountPoints: RegExp
  readonly networks: RegExp
}

/** Reads once. @throws the error of reading; ENOENT and EOPNOTSUPP: this kernel does not have it. */
export type Collect = (readings: Readings) => void | Promise<void>

/** One kind of measurement, called as node_exporter calls it: one file of this folder and one line of `index.ts`. */
export interface Collector {
  readonly name: string
  readonly summary: string
  readonly open: (roots: HostRoots, filters: HostFilters) => Collect
}

export function defineCollector(collector: Collector): Collector {
  return collector
}

/** A number of /proc; what is no number is undefined, so that a line of an unknown shape does no harm. */
export function numberIn(text: string | undefined, factor = 1): number | undefined {
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value * factor : undefined
}
