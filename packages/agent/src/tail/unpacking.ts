import type { Follower } from './follower.ts'
import { GzipReader } from './gzip.ts'

/** The gzip files that are being read. */
export class Unpacking {
  readonly #readers = new Map<Follower, GzipReader>()

  has(follower: Follower): boolean {
    return this.#readers.has(follower)
  }

  /** Reads and gives out some bytes. `gone`: another file stands at the path. Throws when the file is broken. */
  async read(follower: Follower): Promise<'more' | 'end' | 'gone'> {
    const reader = this.#readers.get(follower)
    if (reader === undefined) return this.#begin(follower)
    const chunk = await reader.next()
    if (chunk === undefined) return 'end'
    follower.take(chunk)
    return 'more'
  }

  async #begin(follower: Follower): Promise<'more' | 'gone'> {
    const reader = GzipReader.open(follower.path, follower.id)
    if (reader === undefined) return 'gone'
    this.#readers.set(follower, reader)
    const start = await reader.skipTo(follower.offset)
    if (start === undefined) throw new Error('holds less than was read of it before')
    follower.beginPacked(start.before)
    follower.take(start.behind)
    return 'more'
  }

  /** Ends reading; gives the size of the file when reading began. */
  stop(follower: Follower): number | undefined {
    const reader = this.#readers.get(follower)
    reader?.close()
    this.#readers.delete(follower)
    return reader?.packedBytes
  }

  stopAll(): void {
    for (const reader of this.#readers.values()) reader.close()
    this.#readers.clear()
  }
}
