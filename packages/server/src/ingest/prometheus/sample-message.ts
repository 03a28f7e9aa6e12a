import type { ProtobufReader } from '../decode/protobuf.ts'
import type { SampleAssembler } from './sample-assembler.ts'

const VALUE_TAG = 0x09
const TIMESTAMP_TAG = 0x10

/**
 * Reads a message `Sample { double value = 1; int64 timestamp = 2; }` (of either version of remote write) that is the
 * reader's current field, and adds it. The usual form, value then timestamp, is read in place: 15 ns instead of 60.
 */
export function readSample(reader: ProtobufReader, assembler: SampleAssembler): void {
  reader.expect(2, 'samples')
  const { bytes, start, stop } = reader
  if (stop - start > 10 && bytes[start] === VALUE_TAG && bytes[start + 9] === TIMESTAMP_TAG) {
    let at = start + 10
    let low = 0
    let shift = 0
    let byte = 0x80
    while (shift < 28 && at < stop && byte >= 0x80) {
      byte = bytes[at++] as number
      low |= (byte & 0x7f) << shift
      shift += 7
    }
    let high = 0
    if (byte >= 0x80) {
      shift = 0
      while (shift < 21 && at < stop && byte >= 0x80) {
        byte = bytes[at++] as number
        high |= (byte & 0x7f) << shift
        shift += 7
      }
    }
    if (byte < 0x80 && at === stop) {
      assembler.sampleBits(high * 0x1000_0000 + low, word(bytes, start + 1), word(bytes, start + 5))
      return
    }
  }
  readAnySample(reader, assembler)
}

/** Fields in any order, left out where they are zero, or unknown; negative times, too. */
function readAnySample(reader: ProtobufReader, assembler: SampleAssembler): void {
  const { bytes } = reader
  const outer = reader.enter('samples')
  let low = 0
  let high = 0
  let timeMs = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      reader.expect(1, 'value')
      low = word(bytes, reader.position - 8)
      high = word(bytes, reader.position - 4)
    } else if (field === 2) {
      reader.expect(0, 'timestamp')
      // Above 2^63 the number stands for a negative one; which one does not matter, none is stored.
      timeMs = reader.value >= 2 ** 63 ? -1 : reader.value
    }
  }
  reader.leave(outer)
  assembler.sampleBits(timeMs, low, high)
}

function word(bytes: Buffer, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}
