import { gunzipSync, inflateSync } from 'node:zlib'
import { GirokError } from '../../model/errors.ts'

/** How a message is compressed, told by its first bytes. */
export type Packing = 'plain' | 'gzip' | 'zlib' | 'zstd'

export function packingOf(bytes: Uint8Array): Packing {
  const first = bytes[0] ?? 0
  const second = bytes[1] ?? 0
  if (first === 0x1f && second === 0x8b) return 'gzip'
  if (first === 0x78 && ((first << 8) | second) % 31 === 0) return 'zlib'
  if (first === 0x28 && second === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd'
  return 'plain'
}

/**
 * Undoes gzip or zlib at once: for a datagram that is quicker than a turn of the thread pool. At most `maxBytes` come out,
 * else `body_too_large`; anything else that is wrong is `bad_request`.
 */
export function unpackNow(bytes: Buffer, packing: 'gzip' | 'zlib', maxBytes: number): Buffer {
  try {
    return (packing === 'gzip' ? gunzipSync : inflateSync)(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new GirokError(
        'body_too_large',
        `a GELF message has more than receivers.gelf.maxMessageBytes (${maxBytes} bytes) when decompressed`,
      )
    }
    throw new GirokError('bad_request', `a GELF message is not valid ${packing}: ${(error as Error).message}`)
  }
}
