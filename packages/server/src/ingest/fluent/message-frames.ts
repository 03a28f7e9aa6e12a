import { GirokError } from '../../model/errors.ts'
import { sizeOf } from './msgpack.ts'

const EMPTY = Buffer.alloc(0)
const SMALLEST_BUFFER = 1024

/**
 * Cuts a stream of MessagePack values, each at most `maxBytes` long, without a length before them: looks at every head
 * once, however the bytes are cut into chunks. What is passed over is not checked otherwise.
 */
export class MessageFrames {
  /** Bytes that one value may have; may change between values. */
  maxBytes: number
  #bytes: Buffer = EMPTY
  #start = 0
  #end = 0
  /** How far the value at `#start` is known; beyond `#end` while the bytes of a text are still to come. */
  #known = 0
  /** Values that have to follow at `#known` until the one at `#start` is complete. */
  #missing = 1
  #owned = false

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** Bytes of the value that is not complete yet. */
  get heldBytes(): number {
    return this.#end - this.#start
  }

  /** Takes the next bytes of the stream. Values that {@link next} gave before are no longer valid. */
  append(chunk: Buffer): void {
    const held = this.heldBytes
    if (held === 0) {
      this.#replace(chunk, chunk.length, false)
      return
    }
    const needed = held + chunk.length
    const fits = this.#owned && needed <= this.#bytes.length
    const room = fits
      ? this.#bytes
      : Buffer.allocUnsafeSlow(Math.max(SMALLEST_BUFFER, 2 ** Math.ceil(Math.log2(needed))))
    this.#bytes.copy(room, 0, this.#start, this.#end)
    chunk.copy(room, held)
    this.#replace(room, needed, true)
  }

  /** The next complete value; undefined when more bytes are needed. Throws GirokErrors that leave no way to go on. */
  next(): Buffer | undefined {
    while (this.#missing > 0 && this.#known < this.#end) {
      const size = sizeOf(this.#bytes, this.#known, this.#end)
      if (size === undefined) break
      this.#known += size.bytes
      this.#missing += size.values - 1
      this.#checkSize()
    }
    if (this.#missing > 0 || this.#known > this.#end) {
      this.#unpin()
      return undefined
    }
    const value = this.#bytes.subarray(this.#start, this.#known)
    this.#start = this.#known
    this.#missing = 1
    return value
  }

  /** A few bytes must not keep all of the chunk that they came in. */
  #unpin(): void {
    const held = this.heldBytes
    if (this.#owned || held * 2 > this.#bytes.buffer.byteLength) return
    this.#replace(held === 0 ? EMPTY : Buffer.from(this.#bytes.subarray(this.#start, this.#end)), held, false)
  }

  #replace(bytes: Buffer, end: number, owned: boolean): void {
    this.#known -= this.#start
    this.#bytes = bytes
    this.#start = 0
    this.#end = end
    this.#owned = owned
  }

  /** Each value that is missing has at least one byte, so that a lie about a number is known at once. */
  #checkSize(): void {
    if (this.#known - this.#start + this.#missing <= this.maxBytes) return
    throw new GirokError(
      'body_too_large',
      `a message has more than ${this.maxBytes} bytes: send smaller ones, or raise receivers.fluent.tcp.maxFrameBytes`,
    )
  }
}
