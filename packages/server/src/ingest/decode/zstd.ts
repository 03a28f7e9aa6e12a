import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { Decompress } from 'fzstd'
import { GirokError } from '../../model/errors.ts'
import { tooLarge } from './output-limit.ts'
import { invalidZstd, MAX_WINDOW_BYTES, outlineZstd } from './zstd-frames.ts'

interface NativeZstd {
  readonly zstdDecompress?: typeof zlib.gunzip
  readonly constants: { readonly ZSTD_d_windowLogMax?: number }
}

/** Node has it from 22.15 on. */
const { zstdDecompress, constants } = zlib as NativeZstd
const native = zstdDecompress && promisify(zstdDecompress)

/**
 * What the decoder in JavaScript may move: it shifts its whole window with each block, so many small blocks under a large
 * window would cost minutes. 8 GiB are about a second.
 */
const MAX_MOVED_BYTES = 8 * 2 ** 30
/** A few bytes may stand for a block of 128 KiB, so little is given at once and the clock looked at between. */
const SLICE_BYTES = 48
const STRETCH_MS = 5

/**
 * Decodes Zstandard data of one or more frames. At most `maxBytes` (0: no limit) come out, else `body_too_large`; what is
 * wrong is `bad_request`. Natively where Node can, else in JavaScript in stretches of some milliseconds.
 */
export async function decodeZstd(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  const { windowBytes, blocks, leastBytes } = outlineZstd(bytes)
  if (maxBytes > 0 && leastBytes > maxBytes) throw tooLarge(maxBytes)
  if (windowBytes > Math.max(MAX_WINDOW_BYTES, maxBytes)) {
    throw new GirokError('bad_request', `zstd: a window of ${windowBytes} bytes is more than ${MAX_WINDOW_BYTES}`)
  }
  return native ? decodeNatively(native, bytes, maxBytes) : decodeInStretches(bytes, maxBytes, blocks * windowBytes)
}

async function decodeNatively(decode: NonNullable<typeof native>, bytes: Buffer, maxBytes: number): Promise<Buffer> {
  const window = constants.ZSTD_d_windowLogMax
  try {
    return await decode(bytes, {
      ...(maxBytes > 0 && { maxOutputLength: maxBytes }),
      ...(window !== undefined && { params: { [window]: 27 } }),
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    throw invalidZstd((error as Error).message)
  }
}

async function decodeInStretches(bytes: Buffer, maxBytes: number, movedBytes: number): Promise<Buffer> {
  if (movedBytes > MAX_MOVED_BYTES) {
    throw new GirokError('body_too_large', 'zstd: too many blocks for the window: send smaller requests, or gzip')
  }
  const parts: Buffer[] = []
  let length = 0
  const decoder = new Decompress((part) => {
    length += part.length
    if (maxBytes > 0 && length > maxBytes) throw tooLarge(maxBytes)
    if (part.length > 0) parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
  })
  let since = performance.now()
  try {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      decoder.push(bytes.subarray(at, at + SLICE_BYTES))
      if (performance.now() - since < STRETCH_MS) continue
      await nextTurn()
      since = performance.now()
    }
    decoder.push(new Uint8Array(0), true)
  } catch (error) {
    if (error instanceof GirokError) throw error
    throw invalidZstd((error as Error).message)
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}
