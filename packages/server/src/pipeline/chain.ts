import type { RecordBatch } from '../model/batch.ts'
import type { Counters } from '../model/counters.ts'
import type { Process } from './processor.ts'
import { processors } from './processors/index.ts'

/** A processor that is ready to run. */
export interface ChainStep {
  readonly name: string
  readonly process: Process
  /** It counts by itself what it drops. */
  readonly counts?: boolean
}

/** Opens the processors that are switched on, by name, in the order of the table, behind `first`, as one function. */
export function openChain(
  enabled: Readonly<Record<string, boolean>>,
  counters: Pick<Counters, 'dropped'>,
  first: readonly ChainStep[] = [],
): Process {
  const steps = [...first]
  for (const { name, open } of processors) if (enabled[name]) steps.push({ name, process: open({}) })
  return joinSteps(steps, counters)
}

/**
 * Joins opened processors, in order, into one. Records that a processor takes out are counted as dropped, with the
 * processor's name as the reason unless it counts them itself; a batch that has become empty skips the rest.
 */
export function joinSteps(steps: readonly ChainStep[], { dropped }: Pick<Counters, 'dropped'>): Process {
  return (received: RecordBatch) => {
    let batch = received
    for (const { name, process, counts } of steps) {
      if (batch.count === 0) break
      const before = batch.count
      batch = process(batch)
      if (batch.count < before && counts !== true) {
        dropped.add({ receiver: batch.receiver, tenant: batch.tenant, reason: name }, before - batch.count)
      }
    }
    return batch
  }
}
