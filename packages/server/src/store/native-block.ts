import { ColumnBytes } from './column-bytes.ts'

/**
 * Rows by columns in the engine's own binary form, format Native: the number of columns and of rows, then of each column
 * its name, its type and its values. Numbers stand as they do in memory, lowest byte first.
 */
export interface NativeBlock {
  /** Names and types of the columns as SQL has them in the definition of a table. */
  readonly structure: string
  /** The block in pieces. */
  readonly pieces: readonly Buffer[]
}

export interface NativeColumn {
  readonly name: string
  readonly type: string
  /** The values of all rows, in pieces. */
  readonly values: readonly Buffer[]
}

/** Puts columns of `rows` values each together. */
export function nativeBlock(rows: number, columns: readonly NativeColumn[]): NativeBlock {
  const counts = new ColumnBytes()
  counts.count(columns.length)
  counts.count(rows)
  const pieces: Buffer[] = [counts.view]
  for (const { name, type, values } of columns) {
    const head = new ColumnBytes()
    head.string(name)
    head.string(type)
    pieces.push(head.view, ...values)
  }
  return { structure: columns.map(({ name, type }) => `${name} ${type}`).join(', '), pieces }
}

/** The bytes of an array as they stand in memory. */
export function bytesOf(array: Float64Array | Uint32Array | Uint8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

/** Size of all pieces. */
export function blockBytes({ pieces }: NativeBlock): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}
