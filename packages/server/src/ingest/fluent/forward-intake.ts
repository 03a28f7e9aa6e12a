import { GirokError } from '../../model/errors.ts'
import type { Assembled } from '../batch/assembler.ts'
import type { StreamDirectory } from '../batch/stream-directory.ts'
import { decodeContent } from '../decode/content-encoding.ts'
import type { Delivery } from '../delivery.ts'
import { type FrameBatch, FrameQueue } from '../listen/frame-queue.ts'
import type { ReceiverContext } from '../receiver.ts'
import type { FieldRoles, FieldRules } from './field-roles.ts'
import { type ForwardMessage, readMessage } from './message.ts'
import { MsgpackCursor } from './msgpack.ts'
import { packMap } from './pack.ts'
import { RecordSink } from './record-sink.ts'

/** How long a message whose sender waits for its acknowledgement is tried again here, before the sender has to. */
const MAX_WAIT_MS = 30_000
/** Shorter ids cannot be unique, so they do not tell what was stored before. */
const SHORTEST_KEY = 16
const REPAIR_NOTICE_MS = 60_000

export interface IntakeOptions {
  readonly name: string
  readonly context: ReceiverContext
  readonly delivery: Delivery
  readonly directory: StreamDirectory
  readonly rules: FieldRules
  readonly roles: FieldRoles
}

/** What became of a message: the acknowledgement to send; nothing to say; or the sender waits in vain and must send again. */
export type Outcome = Buffer | 'done' | 'again'

/**
 * Takes the messages of all connections. Those that want no acknowledgement are gathered; the others are stored each by
 * itself and acknowledged then, with their id as the key that keeps them from being stored twice.
 */
export class ForwardIntake {
  readonly #options: IntakeOptions
  readonly #queues = new Map<string, FrameQueue>()
  readonly #waiting = new Set<AbortController>()
  /** One message is unpacked at a time, because each may become large. */
  #unpacking: Promise<unknown> = Promise.resolve()
  #repaired = 0
  #noticedMs = Number.NEGATIVE_INFINITY

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /**
   * Takes a message. Undefined: it is in the queue, and there is room for more. A promise rejects for what is not
   * decodable; what is no message throws at once.
   */
  take(bytes: Buffer, tenant: string, from: string): Promise<Outcome> | undefined {
    const message = readMessage(new MsgpackCursor(bytes))
    if (message === undefined) return undefined
    const isPlain = message.compressed === '' || message.compressed === 'text'
    if (message.chunk === undefined && isPlain) {
      return this.#queueOf(tenant)
        .put(bytes, from)
        ?.then(() => 'done')
    }
    return this.#store(message, bytes, tenant)
  }

  /** Gives up what is tried again and stores what waits. */
  async close(): Promise<void> {
    for (const waiting of this.#waiting) waiting.abort()
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
  }

  async #store(message: ForwardMessage, bytes: Buffer, tenant: string): Promise<Outcome> {
    const { delivery, name } = this.#options
    const assembled = await this.#decode(message, bytes, tenant)
    const { chunk } = message
    try {
      await this.#deliver(assembled, keyOf(name, message.chunkText))
      if (assembled.refusals.total > 0) delivery.remember(tenant, 400, assembled.refusals.text())
      return chunk === undefined ? 'done' : packMap([['ack', chunk]])
    } catch (error) {
      delivery.failed(tenant, error)
      return chunk === undefined ? 'done' : 'again'
    }
  }

  async #deliver(assembled: Assembled, idempotencyKey: string | undefined): Promise<void> {
    const waiting = new AbortController()
    const timer = setTimeout(() => waiting.abort(), MAX_WAIT_MS)
    this.#waiting.add(waiting)
    const retryUntil = waiting.signal
    try {
      await this.#options.delivery.deliver(assembled, {
        retryUntil,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(waiting)
    }
  }

  async #decode(message: ForwardMessage, bytes: Buffer, tenant: string): Promise<Assembled> {
    const sink = this.#sink(tenant)
    const nowMs = this.#options.context.now()
    if (message.compressed === '' || message.compressed === 'text') sink.add(message, bytes, nowMs)
    else {
      const unpacked = this.#unpacking.then(() => this.#unpack(message, bytes, sink, nowMs))
      this.#unpacking = unpacked.catch(() => undefined)
      await unpacked
    }
    return this.#finish(sink)
  }

  async #unpack(message: ForwardMessage, bytes: Buffer, sink: RecordSink, nowMs: number): Promise<void> {
    const { compressed, mode, start, end } = message
    if (mode !== 'packed' || (compressed !== 'gzip' && compressed !== 'zstd')) {
      const shown = JSON.stringify(compressed.slice(0, 40))
      throw new GirokError(
        'bad_request',
        `compressed: ${shown} is not known for entries of mode ${mode}: send gzip or zstd, packed`,
      )
    }
    const { maxDecompressedBytes } = this.#options.context.limits
    const entries = await decodeContent(bytes.subarray(start, end), compressed, maxDecompressedBytes)
    sink.add({ ...message, start: 0, end: entries.length }, entries, nowMs)
  }

  #queueOf(tenant: string): FrameQueue {
    const known = this.#queues.get(tenant)
    if (known !== undefined) return known
    const { delivery, context } = this.#options
    const decode = (frames: FrameBatch) => this.#decodeAll(frames, tenant)
    const queue = new FrameQueue(delivery, { tenant, decode, now: context.now })
    this.#queues.set(tenant, queue)
    return queue
  }

  #decodeAll(frames: FrameBatch, tenant: string): Assembled {
    const sink = this.#sink(tenant)
    for (let i = 0; i < frames.count; i++) {
      try {
        const message = readMessage(new MsgpackCursor(frames.bytes, frames.start[i], frames.end[i]))
        if (message !== undefined) sink.add(message, frames.bytes, frames.receivedMs[i]!)
      } catch (error) {
        if (!(error instanceof GirokError)) throw error
        sink.refuse('malformed_record', () => error.message)
      }
    }
    return this.#finish(sink)
  }

  #sink(tenant: string): RecordSink {
    const { name, context, directory, rules, roles } = this.#options
    return new RecordSink({
      receiver: name,
      tenant,
      limits: context.limits,
      directory,
      rules,
      roles,
      nowMs: context.now(),
    })
  }

  #finish(sink: RecordSink): Assembled {
    this.#repaired += sink.repaired
    const { context, name } = this.#options
    if (sink.repaired > 0 && context.now() - this.#noticedMs >= REPAIR_NOTICE_MS) {
      this.#noticedMs = context.now()
      context.log('warning', 'invalid UTF-8 was replaced by U+FFFD', { receiver: name, texts: this.#repaired })
      this.#repaired = 0
    }
    return sink.finish()
  }
}

/** Ids are texts of Base64 in newer clients, and any bytes in others. */
function keyOf(name: string, chunkText: string): string | undefined {
  if (chunkText.length < SHORTEST_KEY) return undefined
  const isVisible = /^[\x21-\x7e]+$/.test(chunkText)
  return `${name}:${isVisible ? chunkText : Buffer.from(chunkText, 'latin1').toString('base64')}`
}
