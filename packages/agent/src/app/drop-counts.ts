import type { DroppedLines } from './status.ts'

/** Counts lines that processors took out. Outlives reloads. */
export class DropCounts {
  readonly #counts = new Map<string, { input: string; stage: string; reason: string; count: number }>()

  add(input: string, stage: string, reason: string, count: number): void {
    const key = `${input}\0${stage}\0${reason}`
    const known = this.#counts.get(key)
    if (known === undefined) this.#counts.set(key, { input, stage, reason, count })
    else known.count += count
  }

  all(): readonly DroppedLines[] {
    return [...this.#counts.values()].map((entry) => ({ ...entry }))
  }
}
