import type { Labels } from '@girok/query'
import { unquoted } from '../../../store/stored-fields.ts'
import type { PlainLabel } from '../../pushdown/plain/plan.ts'
import type { FindStream } from '../../read/decode.ts'
import { readText, readVarint } from '../../read/decode.ts'
import type { AggregateKind } from './kind.ts'
import type { SampleOrder, State } from './state.ts'
import type { AggregateColumns } from './statement.ts'
import type { PartialSeries } from './windows.ts'

export interface DecodedAggregate {
  /** Plain rows that gave samples, and odd rows, which gave none. */
  readonly samples: number
  readonly odd: number
}

/**
 * Reads an answer (RowBinary) into series. The labels of a group are made once; a group of streams that are not the
 * query's is passed over.
 *
 * @param seriesOf the series of a label set @param windows how many there are
 */
export async function decodeAggregate(
  bytes: Buffer,
  { columns, labels, kind, windows }: DecodeContext,
  findStream: FindStream,
  seriesOf: (labels: Labels) => PartialSeries,
  breathe: () => Promise<void> | undefined,
): Promise<DecodedAggregate> {
  const cursor = { at: 0 }
  const groups = new Map<string, PartialSeries | undefined>()
  let samples = 0
  let odd = 0
  while (cursor.at < bytes.length) {
    const pause = breathe()
    if (pause) await pause
    const start = cursor.at
    if (columns.stream) cursor.at += 8
    for (let i = 0; i < columns.texts; i++) {
      const length = readVarint(bytes, cursor)
      cursor.at += length
    }
    const keyEnd = cursor.at
    const end = columns.end ? readUInt32(bytes, cursor) : 1
    const first = columns.first === 'column' ? readUInt32(bytes, cursor) : Math.max(0, end - columns.first)
    const n = readUInt64(bytes, cursor)
    const state = readState(bytes, cursor, n, columns.values, kind)
    odd += readUInt64(bytes, cursor)
    if (n === 0) continue
    samples += n
    const run = { first, end: Math.min(end, windows) }
    if (run.first >= run.end) continue
    const key = bytes.toString('latin1', start, keyEnd)
    let series = groups.get(key)
    if (!series && !groups.has(key)) {
      const found = labelsOf(bytes, start, columns, labels, findStream)
      series = found && seriesOf(found)
      groups.set(key, series)
    }
    series?.buckets.push({ ...run, state })
  }
  return { samples, odd }
}

export interface DecodeContext {
  readonly columns: AggregateColumns
  readonly labels: readonly PlainLabel[]
  readonly kind: AggregateKind
  readonly windows: number
}

function labelsOf(
  bytes: Buffer,
  start: number,
  columns: AggregateColumns,
  labels: readonly PlainLabel[],
  findStream: FindStream,
): Labels | undefined {
  const cursor = { at: start }
  let stream: Labels | undefined
  if (columns.stream) {
    stream = findStream(bytes.readUInt32LE(start), bytes.readUInt32LE(start + 4))?.labels
    if (!stream) return undefined
    cursor.at += 8
  }
  const found = new Map<string, string>()
  for (const { name, ofStream, text, column } of labels) {
    const cell = text === undefined ? '' : readText(bytes, cursor)
    const parsed = columns.cells && column !== undefined ? unquoted(cell) : cell
    const own = ofStream ? stream?.get(name) : undefined
    if (own !== undefined) found.set(name, own)
    else if (parsed !== '') found.set(name, parsed)
  }
  return found
}

function readState(
  bytes: Buffer,
  cursor: { at: number },
  n: number,
  form: AggregateColumns['values'],
  kind: AggregateKind,
): State {
  switch (form) {
    case 'none':
      return { n, a: 0, b: 0 }
    case 'one':
      return { n, a: readFloat(bytes, cursor), b: 0 }
    case 'two': {
      const a = readFloat(bytes, cursor)
      const variance = readFloat(bytes, cursor)
      return { n, a, b: kind === 'spread' ? variance * n : variance }
    }
    case 'samples': {
      const samples = new Float64Array(readVarint(bytes, cursor))
      // Floats in an answer stand at any offset; as bytes they can be moved together.
      new Uint8Array(samples.buffer).set(bytes.subarray(cursor.at, cursor.at + samples.byteLength))
      cursor.at += samples.byteLength
      return { n, a: 0, b: 0, samples }
    }
    case 'ordered': {
      const a = readFloat(bytes, cursor)
      const timeNs = bytes.readBigInt64LE(cursor.at)
      cursor.at += 8
      const rank = readUInt32(bytes, cursor)
      const part = readUInt32(bytes, cursor)
      const order: SampleOrder = { timeNs, rank, part, offset: readUInt64(bytes, cursor) }
      return { n, a, b: 0, order }
    }
  }
}

function readFloat(bytes: Buffer, cursor: { at: number }): number {
  cursor.at += 8
  return bytes.readDoubleLE(cursor.at - 8)
}

function readUInt32(bytes: Buffer, cursor: { at: number }): number {
  cursor.at += 4
  return bytes.readUInt32LE(cursor.at - 4)
}

function readUInt64(bytes: Buffer, cursor: { at: number }): number {
  cursor.at += 8
  return bytes.readUInt32LE(cursor.at - 8) + bytes.readUInt32LE(cursor.at - 4) * 2 ** 32
}
