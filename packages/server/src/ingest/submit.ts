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
 * Makes the `submit` that receivers call: processors, then the store, then exactly one of `stored`, `duplicate` or
 * `rejected` grows by the records that the processors left. Errors of the store pass through to the receiver.
 */
export function createSubmit({ process, write, counters }: SubmitParts): ReceiverContext['submit'] {
  return async (received, options) => {
    const labels = { receiver: received.receiver, tenant: received.tenant }
    let remaining = received.count
    try {
      const batch = process(received)
      remaining = batch.count
      const { stored } = remaining === 0 ? { stored: true } : await write(batch, options)
      ;(stored ? counters.stored : counters.duplicate).add(labels, remaining)
      return { stored }
    } catch (error) {
      counters.rejected.add({ ...labels, reason: error instanceof GirokError ? error.code : 'internal' }, remaining)
      throw error
    }
  }
}
