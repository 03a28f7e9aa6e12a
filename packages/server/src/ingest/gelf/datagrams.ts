import { GirokError } from '../../model/errors.ts'
import { decodeContent } from '../decode/content-encoding.ts'
import { validUtf8 } from '../decode/utf8.ts'
import type { Delivery } from '../delivery.ts'
import type { FrameQueue } from '../listen/frame-queue.ts'
import { ChunkStore, isChunk, type LossReason } from './chunk-store.ts'
import { packingOf, unpackNow } from './unpack.ts'

export interface DatagramsOptions {
  readonly tenant: string
  readonly delivery: Delivery
  readonly queue: FrameQueue
  /** Bytes of one message once it is decompressed. */
  readonly maxMessageBytes: number
  readonly maxChunkBytes: number
  readonly maxQueueBytes: number
  readonly now: () => number
}

/** Makes messages of datagrams: joins chunks, undoes compression, and drops what there is no room for before that. */
export class Datagrams {
  readonly #options: DatagramsOptions
  readonly #chunks: ChunkStore
  #unpacking: Promise<void> = Promise.resolve()
  #unpackingBytes = 0

  constructor(options: DatagramsOptions) {
    this.#options = options
    const { maxChunkBytes: maxBytes, now } = options
    this.#chunks = new ChunkStore({ maxBytes, now, lost: (...lost) => this.#lost(...lost) })
  }

  receive(datagram: Buffer, from: string): void {
    try {
      const message = isChunk(datagram) ? this.#chunks.add(datagram, from) : datagram
      if (message !== undefined) this.#take(message, from)
    } catch (error) {
      this.#failed(error)
    }
  }

  async close(): Promise<void> {
    this.#chunks.close()
    await this.#unpacking
  }

  #take(message: Buffer, from: string): void {
    const { queue, delivery, tenant, maxQueueBytes, maxMessageBytes } = this.#options
    if (queue.heldBytes + this.#unpackingBytes + message.length > maxQueueBytes) {
      delivery.drop(tenant, 'queue_full', 1, message.length)
      return
    }
    const packing = packingOf(message)
    if (packing === 'zstd') this.#unpackLater(message, from)
    else this.#offer(packing === 'plain' ? message : unpackNow(message, packing, maxMessageBytes), from)
  }

  /** Zstandard is undone in small steps, which takes several turns; one message at a time. */
  #unpackLater(message: Buffer, from: string): void {
    this.#unpackingBytes += message.length
    this.#unpacking = this.#unpacking
      .then(() => decodeContent(message, 'zstd', this.#options.maxMessageBytes))
      .then((unpacked) => this.#offer(unpacked, from))
      .catch((error) => this.#failed(error))
      .then(() => {
        this.#unpackingBytes -= message.length
      })
  }

  #offer(message: Buffer, from: string): void {
    this.#options.queue.offer(validUtf8(message, this.#options.maxMessageBytes), from)
  }

  #failed(error: unknown): void {
    const { delivery, tenant } = this.#options
    if (error instanceof GirokError) delivery.undecodable(error)
    delivery.failed(tenant, error)
  }

  #lost(reason: LossReason, messages: number, bytes: number): void {
    const { delivery, tenant } = this.#options
    if (reason === 'queue_full') delivery.drop(tenant, reason, messages, bytes)
    else {
      delivery.reject(tenant, reason, messages)
      delivery.remember(tenant, 400, `chunks of ${messages} GELF messages did not all come within 5 s`)
    }
  }
}
