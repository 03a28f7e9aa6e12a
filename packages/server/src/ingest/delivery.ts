import { GirokError } from '../model/errors.ts'
import { isRetryable, pause, retryAfterSeconds } from './backpressure.ts'
import { NotAdmitted } from './batch/admission.ts'
import type { Assembled } from './batch/assembler.ts'
import type { RefusalReason } from './batch/refusals.ts'
import type { ReceiverContext, SubmitOptions } from './receiver.ts'

/** A rate limit is waited out for senders that cannot send again, but not for ever: the batch may be above the burst. */
const MAX_RATE_WAIT_MS = 30_000

/**
 * Hands what a decoder made to the store and keeps the counts conserved: each record becomes received and then stored,
 * rejected, dropped or duplicate. For receivers that answer by acknowledgements or item by item; those with one HTTP
 * answer for all use {@link Intake}, which is made of this.
 */
export class Delivery {
  readonly #name: string
  readonly #context: ReceiverContext

  constructor(name: string, context: ReceiverContext) {
    this.#name = name
    this.#context = context
  }

  /**
   * Resolves when the batch's records are stored; its refusals are counted then, too, and are the caller's to tell.
   * Rejects with a GirokError when nothing of the batch was stored: see isRetryable of backpressure.ts.
   */
  async deliver(assembled: Assembled, options?: SubmitOptions): Promise<void> {
    const { batch, refusals, streamBytes } = assembled
    const { counters } = this.#context
    const { tenant } = batch
    const labels = { receiver: this.#name, tenant }
    const bytes = streamBytes.reduce((sum, some) => sum + some, 0)
    const settled = this.#context.arrived(labels, batch.count + refusals.total, bytes)
    try {
      for (const { reason, count } of refusals.groups()) counters.rejected.add({ ...labels, reason }, count)
      if (batch.count === 0) return
      try {
        await this.#admit(assembled, options?.retryUntil)
      } catch (error) {
        const reason = error instanceof NotAdmitted ? error.reason : 'internal'
        counters.rejected.add({ ...labels, reason }, batch.count)
        throw error
      }
      await this.#context.submit(batch, options)
    } finally {
      settled()
    }
  }

  /** Counts records that were refused before they came into a batch. `reason` is one of the counter's few words. */
  reject(tenant: string, reason: RefusalReason, count: number): void {
    const settled = this.#context.arrived({ receiver: this.#name, tenant }, count, 0)
    this.#context.counters.rejected.add({ receiver: this.#name, tenant, reason }, count)
    settled()
  }

  /** Counts records that were thrown away unread: a queue was full. */
  drop(tenant: string, reason: 'queue_full' | 'shutdown', count: number, bytes: number): void {
    const settled = this.#context.arrived({ receiver: this.#name, tenant }, count, bytes)
    this.#context.counters.dropped.add({ receiver: this.#name, tenant, reason }, count)
    settled()
  }

  /** Runs a decoder; what it throws is counted as undecodable and thrown on. */
  async decoded<T>(decode: () => T | Promise<T>): Promise<T> {
    try {
      return await decode()
    } catch (error) {
      this.undecodable(error)
      throw error
    }
  }

  /** Counts a request, connection or datagram whose records nobody can count; `error` tells why. */
  undecodable(error: unknown): void {
    const reason = error instanceof GirokError ? error.code : 'internal'
    this.#context.counters.undecodable.add({ receiver: this.#name, reason })
  }

  /** Counts messages of which nothing could be read, and which are stored whole, as lines. */
  keptWhole(count: number): void {
    this.#context.counters.undecodable.add({ receiver: this.#name, reason: 'kept_as_line' }, count)
  }

  /**
   * After a batch of a sender that gets no answer failed: remembers a refusal, logs a fault of Girok. A batch that could
   * not even be decoded was a fault too, and counts as undecodable.
   */
  failed(tenant: string, error: unknown): void {
    if (error instanceof GirokError) this.remember(tenant, error.status, error.message)
    else {
      this.undecodable(error)
      this.#context.log('error', 'records could not be decoded or stored', { receiver: this.#name, error })
    }
  }

  /** Shows a refusal on the page of sources. `status` is the one of the error, or the protocol's. */
  remember(tenant: string, status: number, reason: string): void {
    this.#context.rejected({ receiver: this.#name, tenant, status, reason })
  }

  async #admit(assembled: Assembled, until: AbortSignal | undefined): Promise<void> {
    for (let waitedMs = 0; ; ) {
      try {
        this.#context.admit(assembled)
        return
      } catch (error) {
        const passes = error instanceof NotAdmitted && isRetryable(error) && error.reason !== 'stream_limit'
        if (until === undefined || !passes || waitedMs >= MAX_RATE_WAIT_MS) throw error
        const ms = Math.min(MAX_RATE_WAIT_MS - waitedMs, retryAfterSeconds(error) * 1000)
        waitedMs += ms
        if (!(await pause(ms, until))) throw error
      }
    }
  }
}
