import { GirokError } from '../../model/errors.ts'

/** First bytes of a chunk. */
const MAGIC = 0x1e0f
/** Magic, message id, sequence number, number of chunks. */
const HEAD_BYTES = 12
const MAX_CHUNKS = 128
/** Graylog's time, too: from the first chunk that came to the last. */
const MAX_AGE_MS = 5000
/** What an unfinished message costs besides its bytes, about. */
const MESSAGE_OVERHEAD_BYTES = 256
/** Of all that may be held, what one sender may have. */
const SHARE_OF_SENDER = 1 / 4

/** Why a message will never be complete. */
export type LossReason = 'incomplete_message' | 'queue_full'

export interface ChunkStoreOptions {
  /** Bytes of all unfinished messages, and a quarter of them for each sender. */
  readonly maxBytes: number
  readonly now: () => number
  readonly lost: (reason: LossReason, messages: number, bytes: number) => void
}

interface Unfinished {
  readonly key: string
  readonly from: string
  readonly startedMs: number
  readonly chunks: (Buffer | undefined)[]
  missing: number
  bytes: number
  /** There was no room: what still comes of it is thrown away. */
  isGivenUp: boolean
}

export function isChunk(datagram: Buffer): boolean {
  return datagram.length >= 2 && datagram.readUInt16BE(0) === MAGIC
}

/** Joins GELF messages that came in chunks, in any order; bounded in bytes and time. */
export class ChunkStore {
  readonly #options: ChunkStoreOptions
  /** In order of age. */
  readonly #messages = new Map<string, Unfinished>()
  readonly #bytesOfSender = new Map<string, number>()
  #heldBytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ChunkStoreOptions) {
    this.#options = options
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Takes a chunk; gives the message when it was the last one. Throws `bad_request` for what is no chunk. */
  add(datagram: Buffer, from: string): Buffer | undefined {
    this.#expire()
    if (datagram.length < HEAD_BYTES) throw new GirokError('bad_request', 'a GELF chunk has fewer than 12 bytes')
    const index = datagram[10]!
    const count = datagram[11]!
    if (count === 0 || count > MAX_CHUNKS || index >= count) {
      throw new GirokError('bad_request', `GELF chunk ${index} of ${count}: there may be 128, counted from 0`)
    }
    const key = `${datagram.toString('latin1', 2, 10)}${from}`
    const message = this.#messages.get(key) ?? this.#begin(key, from, count)
    const chunk = datagram.subarray(HEAD_BYTES)
    if (message === undefined) {
      // Of a message that was never begun, one chunk stands for all.
      if (index === 0) this.#options.lost('queue_full', 1, chunk.length)
      return undefined
    }
    if (message.chunks.length !== count) {
      throw new GirokError(
        'bad_request',
        `GELF chunks of one message say ${message.chunks.length} and ${count} of how many`,
      )
    }
    if (message.isGivenUp || message.chunks[index] !== undefined) return undefined
    if (!this.#hasRoom(from, chunk.length)) {
      this.#giveUp(message)
      return undefined
    }
    message.chunks[index] = chunk
    message.missing--
    this.#hold(message, chunk.length)
    if (message.missing > 0) return undefined
    this.#forget(message)
    return Buffer.concat(message.chunks as Buffer[])
  }

  /** Counts what is unfinished as lost. */
  close(): void {
    clearTimeout(this.#timer)
    this.#lose(Number.POSITIVE_INFINITY)
  }

  #begin(key: string, from: string, count: number): Unfinished | undefined {
    if (!this.#hasRoom(from, MESSAGE_OVERHEAD_BYTES + 8 * count)) return undefined
    const chunks = Array.from({ length: count }, () => undefined)
    const startedMs = this.#options.now()
    const message = { key, from, startedMs, chunks, missing: count, bytes: 0, isGivenUp: false }
    this.#messages.set(key, message)
    this.#hold(message, MESSAGE_OVERHEAD_BYTES + 8 * count)
    this.#timer ??= setTimeout(() => this.#expire(), MAX_AGE_MS).unref()
    return message
  }

  #hasRoom(from: string, bytes: number): boolean {
    const { maxBytes } = this.#options
    const ofSender = (this.#bytesOfSender.get(from) ?? 0) + bytes
    return this.#heldBytes + bytes <= maxBytes && ofSender <= maxBytes * SHARE_OF_SENDER
  }

  #hold(message: Unfinished, bytes: number): void {
    message.bytes += bytes
    this.#heldBytes += bytes
    const ofSender = (this.#bytesOfSender.get(message.from) ?? 0) + bytes
    if (ofSender === 0) this.#bytesOfSender.delete(message.from)
    else this.#bytesOfSender.set(message.from, ofSender)
  }

  #giveUp(message: Unfinished): void {
    this.#options.lost('queue_full', 1, message.bytes)
    message.isGivenUp = true
    message.chunks.fill(undefined)
    this.#hold(message, MESSAGE_OVERHEAD_BYTES + 8 * message.chunks.length - message.bytes)
  }

  #forget(message: Unfinished): void {
    this.#messages.delete(message.key)
    this.#hold(message, -message.bytes)
  }

  #expire(): void {
    const nowMs = this.#options.now()
    this.#lose(nowMs - MAX_AGE_MS)
    clearTimeout(this.#timer)
    const [oldest] = this.#messages.values()
    const waitMs = oldest === undefined ? 0 : Math.max(1, oldest.startedMs + MAX_AGE_MS - nowMs)
    this.#timer = oldest === undefined ? undefined : setTimeout(() => this.#expire(), waitMs).unref()
  }

  /** Forgets what was begun at that time or before. */
  #lose(startedMs: number): void {
    let messages = 0
    let bytes = 0
    for (const message of this.#messages.values()) {
      if (message.startedMs > startedMs) break
      this.#forget(message)
      if (message.isGivenUp) continue
      messages++
      bytes += message.bytes
    }
    if (messages > 0) this.#options.lost('incomplete_message', messages, bytes)
  }
}
