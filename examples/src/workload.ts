import type { Hierarchy } from '@girok/sdk'
import { type Labels, type Meters, noMeters } from './meters.ts'

/** Where a workload draws its chances from: 0 ≤ x < 1. Seeded in tests. */
export type Random = () => number

/** What a workload runs on: real time for the programs of this package, played time for the samples of a server. */
export interface Stage {
  /** The workload makes its loggers here. */
  readonly hierarchy: Hierarchy
  /** Where the domain loggers write their files; without it they log to the handlers of the hierarchy only. */
  readonly logDirectory?: string | undefined
  readonly random: Random
  /** Where a workload that is a server listens; without it its callers call it directly. */
  readonly listen?: { readonly port: number; readonly host: string } | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Lets time pass. */
  readonly sleep: (ms: number) => Promise<void>
  /**
   * Where a target's metrics are kept; `target` has the labels that a scrape would give (`job`, `instance`), and is asked
   * for once. Without it nothing is measured.
   */
  readonly meters?: ((target: Labels) => Meters) | undefined
}

/** The metrics of a target, or what keeps none. */
export function metersOf({ meters }: Pick<Stage, 'meters'>, target: Labels): Meters {
  return meters?.(target) ?? noMeters
}

/** A running workload. */
export interface Run {
  /** Does the next piece of work, which logs one record or several. */
  step(): Promise<void>
  close(): Promise<void>
}

/** A program that does what such programs do, and logs as they should. */
export interface Workload {
  readonly name: string
  readonly summary: string
  /** Labels of its streams by name of a logger, which stands for those below it too. */
  readonly labels: Readonly<Record<string, Labels>>
  /** Its part of all sample records; the parts need not sum to 1. */
  readonly share: number
  readonly open: (stage: Stage) => Run
}

/** What is scraped and does not log: the exporter of a machine. */
export interface Exporter {
  readonly name: string
  readonly summary: string
  readonly open: (stage: Pick<Stage, 'random' | 'now' | 'meters'>) => {
    /** Brings the metrics up to date; called before each scrape. */
    measure(): void
  }
}

/** Options that put a domain logger on the stage: with its file, or as the logger `name` without one. */
export function onStage({ hierarchy, logDirectory, now }: Stage, name: string) {
  return logDirectory === undefined ? { logger: hierarchy.getLogger(name), now } : { hierarchy, logDirectory, now }
}

/** A value around `mean`, within ± `spread`, with the given decimals. */
export function around(random: Random, mean: number, spread: number, decimals: number): number {
  return Number((mean + (random() * 2 - 1) * spread).toFixed(decimals))
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T
}

/** `count` random hexadecimal digits. */
export function hex(random: Random, count: number): string {
  let digits = ''
  while (digits.length < count) digits += Math.floor(random() * 16).toString(16)
  return digits
}
