import type { RecordBatch, WriteBatch, WriteResult } from '../model/batch.ts'
import type { Counters } from '../model/counters.ts'
import { GirokError } from '../model/errors.ts'
import type { SampleBatch } from '../model/sample-batch.ts'
import { isRetryable, pause, retryAfterSeconds } from './backpressure.ts'
import type { CountLabels, ReceiverContext, SubmitOptions } from './receiver.ts'

export interface SubmitParts {
  /** The enabled processors as one function; counts what it drops. */
  readonly process: (batch: RecordBatch) => RecordBatch
  readonly write: WriteBatch
  readonly counters: Counters
}

/** Longest wait between two attempts at a write that is to be retried, seconds. */
const MAX_WAIT_SECONDS = 10

/**
 * Makes the `submit` that receivers call: processors, then the store, then `stored`, `duplicate` and `rejected`
 * together grow by the records that the processors left. Errors of the store pass through to the receiver.
 */
export function createSubmit({ process, write, counters }: SubmitParts): ReceiverContext['submit'] {
  return async (received, options) => {
    const labels = { receiver: received.receiver, tenant: received.tenant }
    let batch: RecordBatch
    try {
      batch = process(received)
    } catch (error) {
      counters.rejected.add({ ...labels, reason: 'internal' }, received.count)
      throw error
    }
    if (batch.count === 0) return { stored: true }
    return settle(counters, labels, batch.count, options, (own) => write(batch, own))
  }
}

/** Makes the `submitSamples` that receivers call: the store, then the counts as for records. */
export function createSubmitSamples(
  write: (batch: SampleBatch, options?: SubmitOptions) => Promise<WriteResult>,
  counters: Counters,
): ReceiverContext['submitSamples'] {
  return async (batch, options) => {
    const isEmpty = batch.count === 0 && !batch.metadata?.length && !batch.exemplars?.length
    if (isEmpty) return { stored: true }
    const labels = { receiver: batch.receiver, tenant: batch.tenant }
    return settle(counters, labels, batch.count, options, (own) => write(batch, own))
  }
}

/** Writes, again and again where that is wanted, and counts the outcome of all `count` records. */
async function settle(
  counters: Counters,
  labels: CountLabels,
  count: number,
  options: SubmitOptions | undefined,
  write: (options?: SubmitOptions) => Promise<WriteResult>,
): Promise<{ stored: boolean }> {
  try {
    const { stored, duplicates = stored ? 0 : count } = await attempt(options, write)
    if (stored) counters.stored.add(labels, count - duplicates)
    if (duplicates > 0) counters.duplicate.add(labels, duplicates)
    return { stored }
  } catch (error) {
    counters.rejected.add({ ...labels, reason: error instanceof GirokError ? error.code : 'internal' }, count)
    throw error
  }
}

async function attempt(
  options: SubmitOptions | undefined,
  write: (options?: SubmitOptions) => Promise<WriteResult>,
): Promise<WriteResult> {
  const until = options?.retryUntil
  for (let waitSeconds = 0; ; ) {
    try {
      return await write(options)
    } catch (error) {
      if (until === undefined || !(error instanceof GirokError) || !isRetryable(error)) throw error
      waitSeconds = Math.min(MAX_WAIT_SECONDS, Math.max(retryAfterSeconds(error), waitSeconds * 2))
      if (!(await pause(waitSeconds * 1000, until))) throw error
    }
  }
}
