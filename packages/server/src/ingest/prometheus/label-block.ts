import { ProtobufReader } from '../decode/protobuf.ts'
import type { RawLabel } from './series-labels.ts'

/**
 * Labels as remote write 1.0 has them: `repeated Label labels = 1` with `string name = 1; string value = 2`. A block of
 * such bytes is the key by which a known series is found, whatever the protocol.
 */
export function readLabelBlock(bytes: Buffer, start: number, end: number): RawLabel[] {
  const reader = new ProtobufReader(bytes, start, end)
  const labels: RawLabel[] = []
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    const outer = reader.enter('labels')
    let name = bytes.subarray(0, 0)
    let value = name
    for (let part = reader.next(); part !== 0; part = reader.next()) {
      if (part !== 1 && part !== 2) continue
      reader.expect(2, part === 1 ? 'name' : 'value')
      const text = bytes.subarray(reader.start, reader.stop)
      if (part === 1) name = text
      else value = text
    }
    reader.leave(outer)
    labels.push([name, value])
  }
  return labels
}

/** Writes blocks, one after the other, into the same memory. */
export class LabelBlockWriter {
  bytes = Buffer.allocUnsafeSlow(4096)
  length = 0

  start(): void {
    this.length = 0
  }

  /** Adds the label whose name and value stand in these ranges. */
  add(from: Buffer, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const name = nameEnd - nameStart
    const value = valueEnd - valueStart
    const content = 2 + varintLength(name) + name + varintLength(value) + value
    this.#reserve(12 + content)
    this.bytes[this.length++] = 0x0a
    this.#varint(content)
    this.bytes[this.length++] = 0x0a
    this.#varint(name)
    from.copy(this.bytes, this.length, nameStart, nameEnd)
    this.length += name
    this.bytes[this.length++] = 0x12
    this.#varint(value)
    from.copy(this.bytes, this.length, valueStart, valueEnd)
    this.length += value
  }

  addText(name: string, value: string): void {
    const both = Buffer.from(name + value)
    const middle = Buffer.byteLength(name)
    this.add(both, 0, middle, middle, both.length)
  }

  /** Adds bytes that are a block already. */
  append(from: Buffer, start: number, end: number): void {
    this.#reserve(end - start)
    from.copy(this.bytes, this.length, start, end)
    this.length += end - start
  }

  #reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + size, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.bytes[this.length++] = rest
  }
}

function varintLength(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5
}
