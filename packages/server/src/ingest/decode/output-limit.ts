import { GirokError } from '../../model/errors.ts'

/** The body is larger than the guard against compression bombs allows. */
export function tooLarge(maxBytes: number): GirokError {
  return new GirokError(
    'body_too_large',
    `request body too large: after decompression it exceeds limits.maxDecompressedBytes (${maxBytes} bytes)`,
  )
}
