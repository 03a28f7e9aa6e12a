import type { Labels } from '../model/source.ts'
import { ByteWriter, varintSize } from './byte-writer.ts'
import { giveBuffer, takeBuffer } from './spare-buffers.ts'

/** What all entries of one label set share. */
interface Group {
  /** The fields that name the labels. */
  readonly head: Uint8Array
  /** From, to, from, to …: where its entries stand. */
  readonly runs: number[]
  bytes: number
}

const FIRST_BYTES = 64 * 1024

/**
 * Gathers fields of messages that come in any order of label sets: they are written one behind the other into one buffer,
 * and copied together, label set by label set, in the end. The identity of the labels decides.
 */
export class GroupedWriter {
  readonly writer = new ByteWriter(takeBuffer(FIRST_BYTES))
  readonly #headOf: (labels: Labels) => Uint8Array
  readonly #groups = new Map<Labels, Group>()
  #lastLabels: Labels | undefined
  #last: Group | undefined
  #headBytes = 0

  constructor(headOf: (labels: Labels) => Uint8Array) {
    this.#headOf = headOf
  }

  /** Bytes of the message as it would be now, at most a few more. */
  get sizeBytes(): number {
    return this.writer.length + this.#headBytes
  }

  /** What was written from `from` on belongs to these labels. */
  take(labels: Labels, from: number): void {
    const to = this.writer.length
    let group = this.#last
    if (labels !== this.#lastLabels || group === undefined) {
      group = this.#groups.get(labels)
      if (group === undefined) {
        group = { head: this.#headOf(labels), runs: [], bytes: 0 }
        this.#groups.set(labels, group)
        this.#headBytes += group.head.length + 5
      }
      this.#last = group
      this.#lastLabels = labels
    }
    const { runs } = group
    if (runs.length > 0 && runs[runs.length - 1] === from) runs[runs.length - 1] = to
    else runs.push(from, to)
    group.bytes += to - from
  }

  /** Field 1 once for each label set, then `rest`. The writer is empty afterwards. Who has done with the bytes may give them to `giveBuffer`. */
  finish(rest: Uint8Array): Buffer {
    let total = rest.length
    for (const { head, bytes } of this.#groups.values()) {
      const length = head.length + bytes
      total += 1 + varintSize(length) + length
    }
    const out = new ByteWriter(takeBuffer(total))
    const { bytes: from } = this.writer
    for (const { head, runs, bytes } of this.#groups.values()) {
      out.byte(0x0a)
      out.varint(head.length + bytes)
      out.raw(head)
      for (let i = 0; i < runs.length; i += 2) {
        const start = runs[i] as number
        const end = runs[i + 1] as number
        from.copy(out.bytes, out.length, start, end)
        out.length += end - start
      }
    }
    out.raw(rest)
    this.#clear()
    return out.bytes.subarray(0, total)
  }

  #clear(): void {
    this.#groups.clear()
    this.#last = undefined
    this.#lastLabels = undefined
    this.#headBytes = 0
    const { writer } = this
    writer.length = 0
    giveBuffer(writer.bytes)
    writer.bytes = Buffer.alloc(0)
  }
}
