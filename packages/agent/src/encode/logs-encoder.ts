import type { Labels } from '../model/source.ts'
import { ByteWriter } from './byte-writer.ts'
import { GroupedWriter } from './grouped-writer.ts'
import { labelText } from './label-text.ts'

const NANOSECONDS = 1_000_000_000n
const NONE = new Uint8Array()

/** Label sets live as long as their sources: their text is made once. */
const heads = new WeakMap<Labels, Uint8Array>()

function headOf(labels: Labels): Uint8Array {
  let head = heads.get(labels)
  if (head === undefined) {
    const text = labelText(labels)
    const writer = new ByteWriter(Buffer.allocUnsafe(text.length * 3 + 6))
    writer.byte(0x0a)
    writer.text(text)
    head = writer.copy()
    heads.set(labels, head)
  }
  return head
}

/**
 * Makes Loki's `PushRequest` (pkg/push/push.proto of grafana/loki): streams of labels (1) and entries (2), of timestamp
 * (1), line (2) and structured metadata (3). Lines of one label set, told by its identity, form one stream, in the order
 * in which they were added.
 */
export class LogsEncoder {
  readonly #groups = new GroupedWriter(headOf)
  #count = 0
  /** Taking a time apart with big integers costs as much as writing a short line: most times fall into the last second. */
  #secondNs = 0n
  #second = 0

  /** Lines that were added since the last `finish`. */
  get count(): number {
    return this.#count
  }

  /** Bytes of the message as it would be now, at most a few more. */
  get sizeBytes(): number {
    return this.#groups.sizeBytes
  }

  /** Adds a line; characters without a meaning (half surrogates) become U+FFFD. */
  add(
    labels: Labels,
    timeNs: bigint,
    line: string,
    metadata: readonly (readonly [name: string, value: string])[] = [],
  ): void {
    const { writer } = this.#groups
    let expected = line.length + 16
    for (let i = 0; i < metadata.length; i++) {
      const [name, value] = metadata[i] as readonly [string, string]
      expected += name.length + value.length + 6
    }
    writer.reserve(expected * 3 + 64 + 15 * metadata.length)
    const from = writer.length
    writer.byte(0x12)
    const start = writer.openMessage(expected)
    this.#time(timeNs)
    writer.byte(0x12)
    writer.text(line)
    for (let i = 0; i < metadata.length; i++) {
      const [name, value] = metadata[i] as readonly [string, string]
      writer.byte(0x1a)
      const guess = name.length + value.length + 4
      const pair = writer.openMessage(guess)
      writer.byte(0x0a)
      writer.text(name)
      writer.byte(0x12)
      writer.text(value)
      writer.closeMessage(pair, guess)
    }
    writer.closeMessage(start, expected)
    this.#groups.take(labels, from)
    this.#count++
  }

  /** The message; the encoder is empty afterwards. */
  finish(): Uint8Array {
    this.#count = 0
    return this.#groups.finish(NONE)
  }

  #time(timeNs: bigint): void {
    let nanos = Number(timeNs - this.#secondNs)
    if (!(nanos >= 0 && nanos < 1e9)) {
      // Rounded down: protobuf's timestamps count nanoseconds forward, before 1970 as well.
      const second = timeNs >= 0n ? timeNs / NANOSECONDS : -((-timeNs + NANOSECONDS - 1n) / NANOSECONDS)
      this.#secondNs = second * NANOSECONDS
      this.#second = Number(second)
      nanos = Number(timeNs - this.#secondNs)
    }
    const { writer } = this.#groups
    writer.byte(0x0a)
    const start = writer.openMessage()
    writer.byte(0x08)
    writer.varint(this.#second)
    writer.byte(0x10)
    writer.varint(nanos)
    writer.closeMessage(start)
  }
}
