import { GirokError } from '../../model/errors.ts'
import { tooLarge } from './output-limit.ts'

/** No element of the format yields more than 64 bytes from 3, so a greater claim is a lie that must not be allocated. */
const MAX_EXPANSION = 22

/**
 * Decodes the snappy block format (https://github.com/google/snappy/blob/main/format_description.txt). Throws
 * `body_too_large` when the declared length exceeds `maxBytes` (0: no limit), `bad_request` when the data is corrupt.
 */
export function decodeSnappyBlock(input: Buffer, maxBytes: number): Buffer {
  let read = 0
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = input[read++]
    if (byte === undefined || shift > 28) throw corrupt('no length at its start')
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (maxBytes > 0 && length > maxBytes) throw tooLarge(maxBytes)
  if (length > (input.length - read) * MAX_EXPANSION) throw corrupt(`declares ${length} bytes, which it cannot hold`)
  const output = Buffer.allocUnsafe(length)
  let written = 0
  while (read < input.length) {
    const tag = input[read++]!
    let offset = 0
    let count: number
    if ((tag & 3) === 0) {
      count = tag >>> 2
      if (count >= 60) {
        const width = count - 59
        if (read + width > input.length) throw corrupt('a literal is cut off')
        count = input.readUIntLE(read, width)
        read += width
      }
      count++
      if (read + count > input.length || written + count > length) throw corrupt('a literal runs over the end')
      input.copy(output, written, read, read + count)
      read += count
      written += count
      continue
    }
    if ((tag & 3) === 1) {
      if (read + 1 > input.length) throw corrupt('a copy is cut off')
      count = 4 + ((tag >>> 2) & 7)
      offset = ((tag >>> 5) << 8) | input[read]!
      read += 1
    } else {
      const width = (tag & 3) === 2 ? 2 : 4
      if (read + width > input.length) throw corrupt('a copy is cut off')
      count = 1 + (tag >>> 2)
      offset = input.readUIntLE(read, width)
      read += width
    }
    if (offset === 0 || offset > written) throw corrupt('a copy refers to before the start')
    if (written + count > length) throw corrupt('a copy runs over the end')
    // Source and target may overlap: then the bytes just written repeat, so this cannot be a block copy.
    for (const stop = written + count; written < stop; written++) output[written] = output[written - offset]!
  }
  if (written !== length) throw corrupt(`declares ${length} bytes and holds ${written}`)
  return output
}

function corrupt(what: string): GirokError {
  return new GirokError('bad_request', `the body is not a valid snappy block: ${what}`)
}
