import { GirokError } from '../../model/errors.ts'
import { isRetryable, pause, retryAfterSeconds } from '../backpressure.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import type { Delivery } from '../delivery.ts'
import type { ReceiverContext } from '../receiver.ts'
import { decodeEntries, type RedisEntry } from './decode-entries.ts'

export interface StoringOptions {
  readonly receiver: string
  readonly tenant: string
  readonly field: string | undefined
  readonly delivery: Delivery
  readonly context: ReceiverContext
}

/** Stores batches of entries, for as long as it takes. */
export class Storing {
  readonly #options: StoringOptions
  readonly #directory = new StreamDirectory()

  constructor(options: StoringOptions) {
    this.#options = options
  }

  /**
   * True when the entries may be acknowledged: they are stored, were stored before under this id, or are refused for good
   * and counted so. False when the server stops before: they must be read again by the next one, under the same id.
   */
  async store(key: string, entries: readonly RedisEntry[], batchId: string, signal: AbortSignal): Promise<boolean> {
    const { receiver, tenant, field, delivery, context } = this.#options
    const { limits, now } = context
    const directory = this.#directory
    while (!signal.aborted) {
      const assembled = decodeEntries(entries, { tenant, receiver, limits, directory, nowMs: now(), key, field })
      try {
        await delivery.deliver(assembled, { idempotencyKey: batchId, retryUntil: signal })
        if (assembled.refusals.total > 0) delivery.remember(tenant, 400, assembled.refusals.text())
        return true
      } catch (error) {
        if (!(error instanceof GirokError)) throw error
        delivery.remember(tenant, error.status, error.message)
        if (!isRetryable(error)) return true
        await pause(retryAfterSeconds(error) * 1000, signal)
      }
    }
    return false
  }
}
