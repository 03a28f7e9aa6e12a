import { GirokError } from '../../model/errors.ts'

/** The largest window that decoders are asked to support (RFC 8878 §3.1.1.1.2); no encoder's usual level uses more. */
export const MAX_WINDOW_BYTES = 8 << 20
const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50

/** What the headers of compressed data tell before anything is decoded. */
export interface ZstdOutline {
  /** The largest window of any frame. */
  readonly windowBytes: number
  readonly blocks: number
  /** Bytes that come out at least: blocks that are stored or one repeated byte. */
  readonly leastBytes: number
}

/**
 * Walks over frames and blocks of Zstandard data (RFC 8878 §3.1) without decoding them. Throws `bad_request` when the
 * data is cut off or is no Zstandard. The window of a frame that says its whole size is that size.
 */
export function outlineZstd(bytes: Buffer): ZstdOutline {
  let windowBytes = 0
  let blocks = 0
  let leastBytes = 0
  let at = 0
  const need = (count: number) => {
    if (at + count > bytes.length) throw invalidZstd('it is cut off')
  }
  while (at < bytes.length) {
    need(4)
    const magic = bytes.readUInt32LE(at)
    at += 4
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      need(4)
      const length = bytes.readUInt32LE(at)
      at += 4
      need(length)
      at += length
      continue
    }
    if (magic !== MAGIC) throw invalidZstd('it does not begin with the magic number')
    need(1)
    const descriptor = bytes[at++]!
    const single = (descriptor & 0x20) !== 0
    need(1)
    if (!single) {
      const exponent = bytes[at]! >> 3
      const base = 2 ** (10 + exponent)
      windowBytes = Math.max(windowBytes, base + (base / 8) * (bytes[at]! & 7))
      at++
    }
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
    need(dictionaryBytes)
    at += dictionaryBytes
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!
    need(sizeBytes)
    if (single) windowBytes = Math.max(windowBytes, contentSize(bytes, at, sizeBytes))
    at += sizeBytes
    for (let last = false; !last; ) {
      need(3)
      const header = bytes.readUIntLE(at, 3)
      at += 3
      last = (header & 1) === 1
      const type = (header >> 1) & 3
      const size = header >>> 3
      if (type === 3) throw invalidZstd('a block has a reserved type')
      if (type < 2) leastBytes += size
      blocks++
      need(type === 1 ? 1 : size)
      at += type === 1 ? 1 : size
    }
    if ((descriptor & 4) !== 0) {
      need(4)
      at += 4
    }
  }
  if (blocks === 0) throw invalidZstd('it holds no frame')
  return { windowBytes, blocks, leastBytes }
}

function contentSize(bytes: Buffer, at: number, count: number): number {
  if (count === 8) return Number(bytes.readBigUInt64LE(at))
  return bytes.readUIntLE(at, count) + (count === 2 ? 256 : 0)
}

export function invalidZstd(what: string): GirokError {
  return new GirokError('bad_request', `the body is not valid zstd: ${what}`)
}
