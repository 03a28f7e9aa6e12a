import { type FileHandle, open } from 'node:fs/promises'
import { syncFolder } from './durable-file.ts'
import type { Segment } from './segment.ts'

/** Appends to the newest segment. */
export class SegmentWriter {
  readonly segment: Segment
  readonly #fsync: boolean
  readonly #file: FileHandle

  private constructor(segment: Segment, file: FileHandle, fsync: boolean) {
    this.segment = segment
    this.#file = file
    this.#fsync = fsync
  }

  /** Opens the file of a segment, which is made when there is none; what stands behind its records is cut off. */
  static async open(folder: string, segment: Segment, fsync: boolean): Promise<SegmentWriter> {
    const file = await open(segment.path, segment.bytes === 0 ? 'w' : 'r+', 0o600)
    try {
      await file.truncate(segment.bytes)
      if (fsync) {
        await file.datasync()
        await syncFolder(folder)
      }
    } catch (error) {
      await file.close()
      throw error
    }
    return new SegmentWriter(segment, file, fsync)
  }

  /**
   * Resolves when the parts are on the disk, behind what the segment holds; it is for the caller to move its end. When
   * that fails the file is cut back to where it was, and the same may be tried again.
   */
  async write(parts: readonly Uint8Array[]): Promise<void> {
    const { bytes: start } = this.segment
    try {
      let at = start
      for (const part of parts) {
        for (let done = 0; done < part.length; ) {
          const { bytesWritten } = await this.#file.write(part, done, part.length - done, at)
          done += bytesWritten
          at += bytesWritten
        }
      }
      if (this.#fsync) await this.#file.datasync()
    } catch (error) {
      // If that fails too the next attempt writes over it, and readers never look behind the end of a segment.
      await this.#file.truncate(start).catch(() => {})
      throw error
    }
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
