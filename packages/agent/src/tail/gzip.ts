import { closeSync, createReadStream, openSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { constants, createGunzip, gunzipSync } from 'node:zlib'
import { statOpen } from './file-stat.ts'
import { ANCHOR_BYTES, type Anchor, anchorAt, HEAD_BYTES, readFully } from './fingerprint.ts'

/** Compressed bytes that surely hold the first HEAD_BYTES. */
const COMPRESSED_HEAD_BYTES = 4096

/** The first bytes of what an open gzip file holds; undefined when it is none, or broken there. */
export function gzipHead(fd: number): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafe(COMPRESSED_HEAD_BYTES)
  const count = readFully(fd, bytes, 0)
  if (count < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined
  try {
    // A cut end is no fault here.
    return gunzipSync(bytes.subarray(0, count), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, HEAD_BYTES)
  } catch {
    return undefined
  }
}

/** Reads what a gzip file holds, from an offset of the uncompressed bytes. */
export class GzipReader {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #close: () => void
  /** Size of the file when it was opened. */
  readonly packedBytes: number
  #offset = 0

  private constructor(fd: number, packedBytes: number) {
    this.packedBytes = packedBytes
    const gunzip = createGunzip({ chunkSize: 64 * 1024 })
    // It closes the file itself, once no read is under way any more.
    const file = createReadStream('', { fd, highWaterMark: 64 * 1024 })
    // Faults come out of the iterator.
    pipeline(file, gunzip, () => {})
    this.#chunks = gunzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    this.#close = () => {
      file.destroy()
      gunzip.destroy()
    }
  }

  /** Opens a file; undefined when another than that of the device and inode stands at the path. */
  static open(path: string, id: string): GzipReader | undefined {
    const fd = openSync(path, 'r')
    const stat = statOpen(fd)
    if (stat.id === id) return new GzipReader(fd, stat.size)
    closeSync(fd)
    return undefined
  }

  /** The next bytes; undefined at the end. Throws when the file is broken or cut off. */
  async next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#chunks.next()
    if (done) return undefined
    this.#offset += value.length
    return value
  }

  /**
   * Passes by everything before an offset; gives up to ANCHOR_BYTES bytes before it, and those behind it that were read with
   * them. Undefined when there are fewer bytes.
   */
  async skipTo(offset: number): Promise<{ readonly before: Buffer; readonly behind: Buffer } | undefined> {
    let bytes: Buffer = Buffer.alloc(0)
    while (this.#offset < offset) {
      const chunk = await this.next()
      if (chunk === undefined) return undefined
      bytes = Buffer.concat([bytes.subarray(-ANCHOR_BYTES), chunk])
    }
    const until = bytes.length - (this.#offset - offset)
    return { before: bytes.subarray(Math.max(0, until - ANCHOR_BYTES), until), behind: bytes.subarray(until) }
  }

  close(): void {
    this.#close()
  }
}

/** Whether a gzip file holds the bytes of an anchor; undefined when it is not there any more, or broken before that. */
export async function gzipHasAnchor(path: string, id: string, anchor: Anchor): Promise<boolean | undefined> {
  let reader: GzipReader | undefined
  try {
    reader = GzipReader.open(path, id)
    if (reader === undefined) return undefined
    const found = await reader.skipTo(anchor.offset)
    return found !== undefined && anchorAt(anchor.offset, found.before).crc === anchor.crc
  } catch {
    return undefined
  } finally {
    reader?.close()
  }
}
