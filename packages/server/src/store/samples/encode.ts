import type { SampleBatch } from '../../model/sample-batch.ts'

const TAB = 0x09
const NEWLINE = 0x0a
const BACKSLASH = 0x5c
/** What stands behind the backslash; 0 for bytes that stand for themselves. */
const ESCAPED_AS = new Uint8Array(256)
ESCAPED_AS[TAB] = 0x74
ESCAPED_AS[NEWLINE] = 0x6e
ESCAPED_AS[BACKSLASH] = BACKSLASH

/** Series, time and value, 8 bytes each. */
const SAMPLE_BYTES = 24
/** A buffer that is kept for the next group only if it is not larger. */
const KEPT_BYTES = 16 * 2 ** 20

/** Size of a batch's rows when nothing needs an escape; also what a waiting batch is counted as. */
export function estimateBytes(batch: SampleBatch): number {
  return batch.count * SAMPLE_BYTES + batch.tenant.length + 4
}

/**
 * Turns batches into rows of `samples_in` (TabSeparated, in the order of SAMPLES_IN_COLUMNS): one row per tenant, whose
 * cells are the bytes of the columns. No number is written as text. One encoder serves one group at a time: the rows that
 * it gives stay valid until the next `encode`.
 */
export class SampleEncoder {
  #out = Buffer.alloc(0)
  #at = 0

  encode(batches: readonly SampleBatch[]): Buffer {
    let most = 0
    // Every byte may need an escape.
    for (const batch of batches) most += 2 * estimateBytes(batch)
    if (this.#out.length < most) this.#out = Buffer.allocUnsafeSlow(most)
    this.#at = 0
    for (const [tenant, ofTenant] of byTenant(batches)) {
      for (const batch of ofTenant) this.#series(batch)
      this.#out[this.#at++] = TAB
      for (const { timeMs, count } of ofTenant) this.#column(timeMs, count)
      this.#out[this.#at++] = TAB
      for (const { value, count } of ofTenant) this.#column(value, count)
      this.#out[this.#at++] = TAB
      this.#at += this.#out.write(`${tenant}\n`, this.#at, 'latin1')
    }
    const rows = this.#out.subarray(0, this.#at)
    if (this.#out.length > KEPT_BYTES) this.forget()
    return rows
  }

  /** The next rows get a new buffer: for when an insert failed and the engine may still read the old one. */
  forget(): void {
    this.#out = Buffer.alloc(0)
  }

  #series({ seriesList, series, count }: SampleBatch): void {
    const cells = seriesList.map(({ id }) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE(BigInt(id))
      return escaped(bytes)
    })
    const out = this.#out
    let at = this.#at
    for (let i = 0; i < count; i++) {
      const cell = cells[series[i] as number] as Uint8Array
      for (let k = 0; k < cell.length; k++) out[at++] = cell[k] as number
    }
    this.#at = at
  }

  /** The bytes themselves, so that every NaN keeps its bits. */
  #column(values: Float64Array, count: number): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, count * 8)
    const out = this.#out
    let at = this.#at
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      const letter = ESCAPED_AS[byte] as number
      if (letter === 0) out[at++] = byte
      else {
        out[at++] = BACKSLASH
        out[at++] = letter
      }
    }
    this.#at = at
  }
}

function escaped(bytes: Uint8Array): Uint8Array {
  const out: number[] = []
  for (const byte of bytes) {
    const letter = ESCAPED_AS[byte] as number
    if (letter === 0) out.push(byte)
    else out.push(BACKSLASH, letter)
  }
  return Uint8Array.from(out)
}

function byTenant(batches: readonly SampleBatch[]): Map<string, SampleBatch[]> {
  const groups = new Map<string, SampleBatch[]>()
  for (const batch of batches) {
    const group = groups.get(batch.tenant)
    if (group === undefined) groups.set(batch.tenant, [batch])
    else group.push(batch)
  }
  return groups
}
