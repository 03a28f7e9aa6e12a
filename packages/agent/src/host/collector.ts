import { readFileSync } from 'node:fs'
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

/**
 * A file that /proc has for each process, of the first one: its mounts and network are the host's, whatever this process
 * is given to see. Where others' processes are hidden, it is what this process sees itself.
 */
export function readOfFirstProcess(proc: string, file: string): string {
  try {
    return readFileSync(`${proc}/1/${file}`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EPERM') throw error
    return readFileSync(`${proc}/self/${file}`, 'utf8')
  }
}
