import type { RecordBatch, WriteBatch } from '../model/batch.ts'
import type { Counters } from '../model/counters.ts'
import { GirokError } from '../model/errors.ts'
import type { ReceiverContext } from './receiver.ts'

export interface SubmitParts {
  /** The enabled processors as one function; counts what it drops. */
  readonly process: (batch: RecordBatch) => RecordBatch
  readonly write: WriteBatch
  readonly counters: Counters
}

/**
 * Makes the `submit` that receivers call: processors, then the store, then `stored`, `duplicate` and `rejected`
 * together grow by the records that the processors left. Errors of the store pass through to the receiver.
 */
export function createSubmit({ process, write, counters }: SubmitParts): ReceiverContext['submit'] {
  return async (received, options) => {
    const labels = { receiver: received.receiver, tenant: received.tenant }
    let remaining = received.count
    try {
      const batch = process(received)
      remaining = batch.count
      if (remaining === 0) return { stored: true }
      const { stored, duplicates = stored ? 0 : remaining } = await write(batch, options)
      if (stored) counters.stored.add(labels, remaining - duplicates)
      if (duplicates > 0) counters.duplicate.add(labels, duplicates)
      return { stored }
    } catch (error) {
      counters.rejected.add({ ...labels, reason: error instanceof GirokError ? error.code : 'internal' }, remaining)
      throw error
    }
  }
}
