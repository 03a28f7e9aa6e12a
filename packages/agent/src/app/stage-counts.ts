import type { AgentStatus, StageCount } from './status.ts'

/** Counts what stages take out and what they fail on. Outlives reloads. */
export class StageCounts {
  readonly #dropped = new Map<string, StageCount>()
  readonly #faults = new Map<string, StageCount>()

  dropped(input: string, stage: string, reason: string, count: number): void {
    add(this.#dropped, input, stage, reason, count)
  }

  failed(input: string, stage: string, reason: string): void {
    add(this.#faults, input, stage, reason, 1)
  }

  all(): Pick<AgentStatus, 'dropped' | 'faults'> {
    return { dropped: [...this.#dropped.values()], faults: [...this.#faults.values()] }
  }
}

function add(counts: Map<string, StageCount>, input: string, stage: string, reason: string, count: number): void {
  const key = `${input}\0${stage}\0${reason}`
  counts.set(key, { input, stage, reason, count: (counts.get(key)?.count ?? 0) + count })
}
