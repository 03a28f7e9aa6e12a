import type { StateChange, StateStore } from '../../../store/state/state-store.ts'
import { createMemoryState } from '../../../store/testing/memory-state.ts'

/** A state store in memory, which can be stopped in the middle as a process can be killed. */
export interface MortalState extends StateStore {
  /** Called before changes are written: when it rejects they are not, when it never resolves the process hangs there. */
  beforeWrite: (kind: string, changes: readonly StateChange[]) => Promise<void>
  /** How many entries of a kind are there. */
  count(kind: string): Promise<number>
  /** How often a kind was written. */
  writes(kind: string): number
}

export function createMortalState(now: () => number, tenant = 'default'): MortalState {
  const memory = createMemoryState(now)
  const writes = new Map<string, number>()
  const state: MortalState = {
    beforeWrite: () => Promise.resolve(),
    load: memory.load,
    async put(given, kind, changes) {
      await state.beforeWrite(kind, changes)
      writes.set(kind, (writes.get(kind) ?? 0) + 1)
      await memory.put(given, kind, changes)
    },
    count: async (kind) => (await memory.load(tenant, kind)).length,
    writes: (kind) => writes.get(kind) ?? 0,
  }
  return state
}
