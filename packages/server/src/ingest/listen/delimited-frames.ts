/** Parts are joined as long as they are no longer than this together. */
const JOINED_BYTES = 4096

/**
 * Cuts a stream of bytes at a delimiter. Holds at most `maxFrameBytes`: what is longer is left out up to the next
 * delimiter and told by its length, so that one endless message costs neither memory nor the connection.
 */
export class DelimitedFrames {
  readonly #delimiter: number
  readonly #maxFrameBytes: number
  readonly #tooLong: (bytes: number) => void
  #parts: Buffer[] = []
  #held = 0
  /** Bytes of the frame that is being left out; -1: none is. */
  #skipped = -1

  /** `delimiter` is one byte; `tooLong` is called once for each frame that is left out, with its length so far known. */
  constructor(delimiter: number, maxFrameBytes: number, tooLong: (bytes: number) => void) {
    this.#delimiter = delimiter
    this.#maxFrameBytes = maxFrameBytes
    this.#tooLong = tooLong
  }

  /** Bytes of the frame that is not complete yet. */
  get heldBytes(): number {
    return this.#held
  }

  /** Gives every frame that is complete now, without its delimiter, to `take`; frames may share the chunk's memory. */
  push(chunk: Buffer, take: (frame: Buffer) => void): void {
    let from = 0
    for (;;) {
      const at = chunk.indexOf(this.#delimiter, from)
      if (at < 0) break
      const part = chunk.subarray(from, at)
      from = at + 1
      if (this.#skipped >= 0) {
        this.#tooLong(this.#skipped + part.length)
        this.#skipped = -1
      } else if (this.#held + part.length > this.#maxFrameBytes) {
        this.#tooLong(this.#held + part.length)
        this.#forget()
      } else if (this.#parts.length === 0) take(part)
      else {
        this.#parts.push(part)
        const frame = Buffer.concat(this.#parts)
        this.#forget()
        take(frame)
      }
    }
    this.#hold(chunk.subarray(from))
  }

  /** Gives what came after the last delimiter, if anything, at the end of the stream. */
  end(take: (frame: Buffer) => void): void {
    if (this.#skipped >= 0) this.#tooLong(this.#skipped)
    this.#skipped = -1
    if (this.#held === 0) return
    const frame = Buffer.concat(this.#parts)
    this.#forget()
    take(frame)
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return
    if (this.#skipped >= 0) this.#skipped += part.length
    else if (this.#held + part.length > this.#maxFrameBytes) {
      this.#skipped = this.#held + part.length
      this.#forget()
    } else {
      // A few bytes must not pin the whole chunk, nor a drip of bytes make a million buffers.
      const last = this.#parts.at(-1)
      if (last !== undefined && last.length + part.length <= JOINED_BYTES) {
        this.#parts[this.#parts.length - 1] = Buffer.concat([last, part])
      } else this.#parts.push(part.length * 2 < part.buffer.byteLength ? Buffer.from(part) : part)
      this.#held += part.length
    }
  }

  #forget(): void {
    this.#parts = []
    this.#held = 0
  }
}
