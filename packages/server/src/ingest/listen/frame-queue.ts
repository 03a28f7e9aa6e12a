import type { Assembled } from '../batch/assembler.ts'
import type { Delivery } from '../delivery.ts'

/** Messages that came over a socket, one after the other in one buffer, to be decoded into one batch. */
export interface FrameBatch {
  /** All messages; the decoder may use them as the body of an Assembler, and then must not write into them. */
  readonly bytes: Buffer
  readonly count: number
  /** Message i is `bytes[start[i] … end[i])`. */
  readonly start: Uint32Array
  readonly end: Uint32Array
  /** Milliseconds since the epoch at which each came. */
  readonly receivedMs: Float64Array
  /** Address of each sender. */
  readonly from: readonly string[]
}

export interface FrameQueueOptions {
  readonly tenant: string
  /** A single bad message must not throw: it is refused in the assembler's refusals. */
  readonly decode: (frames: FrameBatch) => Assembled
  readonly now: () => number
  /** Bytes that may wait and be under way. Default 8 MiB. */
  readonly maxBytes?: number
  /** How long the first message waits for others. Default 50 ms. */
  readonly maxAgeMs?: number
}

/** Of a batch; a longer message is one by itself. */
const MAX_BATCH_BYTES = 1 << 20
const MAX_BATCH_FRAMES = 8192
/** What one message costs besides its bytes, so that empty ones are bounded too. */
const FRAME_OVERHEAD_BYTES = 64

/**
 * Gathers the messages of a listener, however many clients it has, into batches, and stores them in order of arrival.
 * Bounded: `put` makes senders wait that can (connections), `offer` drops and counts for those that cannot (datagrams).
 * What cannot be stored for now is kept and tried again; what is refused for good is counted and remembered.
 */
export class FrameQueue {
  readonly #delivery: Delivery
  readonly #options: Required<FrameQueueOptions>
  readonly #stopping = new AbortController()
  readonly #waiting: (() => void)[] = []
  #open: OpenBatch | undefined
  #heldBytes = 0
  #timer: NodeJS.Timeout | undefined
  #storing: Promise<void> = Promise.resolve()

  constructor(delivery: Delivery, options: FrameQueueOptions) {
    this.#delivery = delivery
    this.#options = { maxBytes: 8 << 20, maxAgeMs: 50, ...options }
  }

  /** Bytes that wait or are being stored. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Takes a copy of a message. Returns nothing while there is room for more, else a promise to wait for. */
  put(frame: Uint8Array, from: string): Promise<void> | undefined {
    this.#add(frame, from)
    if (this.#heldBytes < this.#options.maxBytes) return undefined
    return new Promise((room) => this.#waiting.push(room))
  }

  /** Takes a copy of a message, or counts it as dropped and returns false when the queue is full. */
  offer(frame: Uint8Array, from: string): boolean {
    const { maxBytes, tenant } = this.#options
    if (this.#heldBytes + frame.length + FRAME_OVERHEAD_BYTES > maxBytes) {
      this.#delivery.drop(tenant, 'queue_full', 1, frame.length)
      return false
    }
    this.#add(frame, from)
    return true
  }

  /** Stores what waits. What the store does not take now is not tried again, but counted as rejected. */
  async close(): Promise<void> {
    this.#flush()
    this.#stopping.abort()
    await this.#storing
  }

  #add(frame: Uint8Array, from: string): void {
    const { maxAgeMs, now } = this.#options
    if (this.#open !== undefined && this.#open.length + frame.length > MAX_BATCH_BYTES) this.#flush()
    this.#open ??= new OpenBatch(Math.max(MAX_BATCH_BYTES, frame.length))
    this.#open.add(frame, from, now())
    this.#heldBytes += frame.length + FRAME_OVERHEAD_BYTES
    if (this.#open.count >= MAX_BATCH_FRAMES) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), maxAgeMs)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#open
    if (batch === undefined) return
    this.#open = undefined
    this.#storing = this.#storing.then(() => this.#store(batch))
  }

  async #store(batch: OpenBatch): Promise<void> {
    const { tenant, decode } = this.#options
    try {
      const assembled = decode(batch.finish())
      await this.#delivery.deliver(assembled, { retryUntil: this.#stopping.signal })
      if (assembled.refusals.total > 0) this.#delivery.remember(tenant, 400, assembled.refusals.text())
    } catch (error) {
      this.#delivery.failed(tenant, error)
    } finally {
      this.#heldBytes -= batch.length + batch.count * FRAME_OVERHEAD_BYTES
      if (this.#heldBytes < this.#options.maxBytes) for (const room of this.#waiting.splice(0)) room()
    }
  }
}

/** A batch that is being filled. Grows by doubling, so that a quiet listener holds little. */
class OpenBatch {
  length = 0
  count = 0
  readonly #maxBytes: number
  #bytes: Buffer
  #start = new Uint32Array(64)
  #end = new Uint32Array(64)
  #receivedMs = new Float64Array(64)
  readonly #from: string[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(maxBytes, 16_384))
  }

  add(frame: Uint8Array, from: string, nowMs: number): void {
    const end = this.length + frame.length
    if (end > this.#bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(end, this.#bytes.length * 2)))
      bytes.set(this.#bytes.subarray(0, this.length))
      this.#bytes = bytes
    }
    if (this.count === this.#start.length) {
      this.#start = doubled(this.#start, Uint32Array)
      this.#end = doubled(this.#end, Uint32Array)
      this.#receivedMs = doubled(this.#receivedMs, Float64Array)
    }
    this.#bytes.set(frame, this.length)
    this.#start[this.count] = this.length
    this.#end[this.count] = end
    this.#receivedMs[this.count] = nowMs
    this.#from.push(from)
    this.length = end
    this.count++
  }

  finish(): FrameBatch {
    return {
      bytes: this.#bytes.subarray(0, this.length),
      count: this.count,
      start: this.#start,
      end: this.#end,
      receivedMs: this.#receivedMs,
      from: this.#from,
    }
  }
}

function doubled<T extends Uint32Array | Float64Array>(from: T, Kind: new (length: number) => T): T {
  const to = new Kind(from.length * 2)
  to.set(from)
  return to
}
