/** Where a workload draws its chances from: 0 ≤ x < 1. Seeded in tests. */
export type Random = () => number

/**
 * One sample workload: it looks like a real program's log, so that the first look at Girok has something to read. Every
 * record gets the label `girok_sample="true"` beside the workload's own, by which exactly the samples are removed.
 */
export interface Workload {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Its part of all sample lines; the parts need not sum to 1. */
  readonly share: number
  /** Starts a run; each call of the result gives the next line. `timestamp` is ISO 8601 in UTC. */
  readonly open: (random: Random) => (timestamp: string) => string
}

export function defineWorkload(workload: Workload): Workload {
  return workload
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
