import { isUtf8 } from 'node:buffer'
import { GirokError } from '../../model/errors.ts'

/**
 * Returns the bytes themselves when they are valid UTF-8, else a copy in which each ill-formed sequence is U+FFFD (by
 * the maximal-subpart rule of the Encoding standard). Throws `body_too_large` before it allocates when the copy would
 * exceed `maxBytes` (0: no limit), because a copy can be three times as long.
 */
export function validUtf8(bytes: Buffer, maxBytes: number): Buffer {
  if (isUtf8(bytes)) return bytes
  const length = repair(bytes, undefined)
  if (maxBytes > 0 && length > maxBytes) {
    throw new GirokError(
      'body_too_large',
      `request body too large: with invalid UTF-8 replaced it has ${length} bytes, limits.maxDecompressedBytes is ${maxBytes}`,
    )
  }
  const repaired = Buffer.allocUnsafe(length)
  repair(bytes, repaired)
  return repaired
}

/** Length of the repaired text; writes it when there is somewhere to write. */
function repair(bytes: Uint8Array, into: Uint8Array | undefined): number {
  let read = 0
  let written = 0
  while (read < bytes.length) {
    const length = sequenceLength(bytes, read)
    if (length > 0) {
      if (into) for (let i = 0; i < length; i++) into[written + i] = bytes[read + i]!
      written += length
      read += length
    } else {
      if (into) {
        into[written] = 0xef
        into[written + 1] = 0xbf
        into[written + 2] = 0xbd
      }
      written += 3
      read -= length
    }
  }
  return written
}

/** Bytes of the well-formed sequence at p, or minus the bytes of the ill-formed one. */
function sequenceLength(bytes: Uint8Array, p: number): number {
  const lead = bytes[p]!
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return -1
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  const second = bytes[p + 1] ?? 0
  if (second < low || second > high) return -1
  for (let i = 2; i < length; i++) {
    if (((bytes[p + i] ?? 0) & 0xc0) !== 0x80) return -i
  }
  return length
}
