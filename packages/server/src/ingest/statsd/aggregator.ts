import { GirokError } from '../../model/errors.ts'
import { StreamDirectory } from '../batch/stream-directory.ts'
import type { Delivery } from '../delivery.ts'
import { FrameQueue } from '../listen/frame-queue.ts'
import { deliverSamples } from '../prometheus/sample-delivery.ts'
import type { ReceiverContext } from '../receiver.ts'
import { decodeRecords } from './decode-records.ts'
import { MetricTable, type TableOptions } from './metric-table.ts'
import { isRecord } from './parse-event.ts'

export interface AggregatorOptions extends Omit<TableOptions, 'limits'> {
  readonly receiver: string
  readonly flushMs: number
  readonly maxQueueBytes: number
  readonly delivery: Delivery
  readonly context: ReceiverContext
}

/**
 * What the ports of one tenant gather. Metrics are written as samples each interval, events at once. Samples that
 * cannot be stored are not kept: counters go on from where they are, so the next interval makes up for them.
 */
export class Aggregator {
  readonly #options: AggregatorOptions
  readonly #table: MetricTable
  readonly #events: FrameQueue
  #timer: NodeJS.Timeout | undefined
  #storing: Promise<void> | undefined

  constructor(options: AggregatorOptions) {
    const { tenant, receiver, context, delivery, maxQueueBytes } = options
    const { limits, now } = context
    const directory = new StreamDirectory()
    this.#options = options
    this.#table = new MetricTable({ ...options, limits })
    this.#events = new FrameQueue(delivery, {
      tenant,
      decode: (frames) => decodeRecords(frames, { tenant, receiver, limits, directory, nowMs: now() }),
      now,
      maxBytes: maxQueueBytes,
    })
  }

  /** Takes the lines of a datagram, or one line of a connection. */
  take(packet: Buffer, from: string): void {
    this.#timer ??= setInterval(() => this.#flush('all'), this.#options.flushMs)
    const nowMs = this.#options.context.now()
    for (const line of packet.toString('utf8').split('\n')) {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line
      if (text === '') continue
      if (isRecord(text)) this.#events.offer(Buffer.from(text), from)
      else this.#table.add(text, nowMs)
    }
  }

  /** Writes what is held. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#storing
    this.#flush('touched')
    await this.#storing
    await this.#events.close()
  }

  #flush(which: 'all' | 'touched'): void {
    // A store that takes longer than an interval gets the next samples later, not twice as many.
    this.#storing ??= this.#store(which).finally(() => {
      this.#storing = undefined
    })
  }

  async #store(which: 'all' | 'touched'): Promise<void> {
    const { context, delivery, tenant, receiver } = this.#options
    const nowMs = context.now()
    const refused = this.#table.takeRefusals()
    for (const { reason, count } of refused.groups()) delivery.reject(tenant, reason, count)
    if (refused.total > 0) delivery.remember(tenant, 400, refused.text())
    if (this.#table.size === 0) return
    try {
      const assembler = context.samples.assembler(tenant, receiver, this.#table.size * 2)
      const assembled = this.#table.flush(assembler, nowMs, which)
      await deliverSamples(context, assembled)
      if (assembled.refusals.total > 0) delivery.remember(tenant, 400, assembled.refusals.text())
    } catch (error) {
      if (error instanceof GirokError) delivery.remember(tenant, error.status, error.message)
      else delivery.failed(tenant, error)
    }
  }
}
