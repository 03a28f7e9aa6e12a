import type { Metadata } from '../model/batch.ts'
import { ColumnBytes } from './column-bytes.ts'
import { bytesOf, type NativeColumn } from './native-block.ts'
import { WITH_ERROR, WITH_METADATA } from './promoted.ts'

/** The column of metadata, a Map, for one block after the other: where the pairs of each row end, names, values. */
export class MetadataColumn {
  /** Numbers of pairs, as 64-bit integers: the lower half first, the upper one always 0. */
  #ends = new Uint32Array(0)
  #pairs = 0
  readonly #names = new ColumnBytes()
  readonly #values = new ColumnBytes()

  /** Begins a block of at most so many rows. */
  begin(rows: number): void {
    if (this.#ends.length < 2 * rows) this.#ends = new Uint32Array(2 * rows)
    this.#pairs = 0
    this.#names.clear()
    this.#values.clear()
  }

  forget(): void {
    this.#ends = new Uint32Array(0)
    this.#names.forget()
    this.#values.forget()
  }

  /** Adds the metadata of row `row`, the one after the last, and tells what they add to the row's kind. */
  add(metadata: Metadata | undefined, row: number): number {
    let kind = 0
    if (metadata !== undefined && metadata.length > 1) {
      kind = WITH_METADATA
      for (let i = 0; i + 1 < metadata.length; i += 2) {
        const name = metadata[i] as string
        if (name === '__error__') kind = WITH_METADATA + WITH_ERROR
        this.#names.string(name)
        this.#values.string(metadata[i + 1] as string)
        this.#pairs++
      }
    }
    this.#ends[2 * row] = this.#pairs
    return kind
  }

  column(rows: number): NativeColumn {
    return {
      name: 'meta',
      type: 'Map(String, String)',
      values: [bytesOf(this.#ends.subarray(0, 2 * rows)), this.#names.view, this.#values.view],
    }
  }
}
