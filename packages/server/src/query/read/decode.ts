import type { Labels, LogRow } from '@girok/query'
import { UnreadableAnswer } from './answer.ts'

/** A row with what decides its place among rows of the same time. */
export interface StoredRow extends LogRow {
  /** Place of its stream in the order of stream texts. */
  readonly streamRank: number
  /** Part of the table and place therein: order of arrival for rows of one stream and time. */
  readonly part: number
  readonly offset: number
  /** UTF-8 bytes of the line. */
  readonly lineBytes: number
}

/** Columns of a row, in the order in which {@link decodeRows} takes them. */
export const ROW_COLUMNS = 'ts, stream, _part_index, _part_offset, level, meta, line'

/** A stream of the query: what rows of it share. */
export interface RowStream {
  readonly labels: Labels
  readonly rank: number
}

/** Finds a stream by the two halves of its id; undefined for streams that are not the query's. */
export type FindStream = (low: number, high: number) => RowStream | undefined

const NO_METADATA: LogRow['metadata'] = []

/** What one answer of the store holds. */
export interface DecodedRows {
  /** Rows of the query's streams, in the order of the answer. */
  readonly rows: StoredRow[]
  /** Rows of the answer, those of other streams included, and the times of the first and the last. */
  readonly given: number
  readonly firstNs: bigint
  readonly lastNs: bigint
}

/**
 * Decodes RowBinary of {@link ROW_COLUMNS}. Lines are exact: the engine hands out the bytes that came in. (RowBinary takes
 * the engine 15 % less time than JSON and is a quarter smaller; decoding takes as long as JSON.parse.)
 *
 * @param breathe asked after each row: a full page takes longer than the event loop should be held
 */
export async function decodeRows(
  bytes: Buffer,
  findStream: FindStream,
  breathe: () => Promise<void> | undefined,
): Promise<DecodedRows> {
  const rows: StoredRow[] = []
  const cursor = { at: 0 }
  let given = 0
  let lastStart = 0
  let low = -1
  let high = -1
  let stream: RowStream | undefined
  while (cursor.at < bytes.length) {
    const pause = breathe()
    if (pause) await pause
    const start = cursor.at
    lastStart = start
    given++
    const rowLow = bytes.readUInt32LE(start + 8)
    const rowHigh = bytes.readUInt32LE(start + 12)
    if (rowLow !== low || rowHigh !== high) {
      low = rowLow
      high = rowHigh
      stream = findStream(low, high)
    }
    const row = decodeRow(bytes, cursor, stream)
    if (row) rows.push(row)
  }
  return {
    rows,
    given,
    firstNs: given > 0 ? bytes.readBigInt64LE(0) : 0n,
    lastNs: given > 0 ? bytes.readBigInt64LE(lastStart) : 0n,
  }
}

/** The row at the cursor, which moves behind it; undefined without a stream. */
function decodeRow(bytes: Buffer, cursor: Cursor, stream: RowStream | undefined): StoredRow | undefined {
  const start = cursor.at
  cursor.at = start + 32
  const level = readText(bytes, cursor)
  const pairs = readVarint(bytes, cursor)
  const metadata = pairs === 0 ? levelMetadata(level) : readMetadata(bytes, cursor, pairs, level)
  const length = readVarint(bytes, cursor)
  const lineStart = cursor.at
  cursor.at += length
  if (stream === undefined) return undefined
  return {
    timeNs: bytes.readBigInt64LE(start),
    stream: stream.labels,
    metadata,
    line: bytes.toString('utf8', lineStart, cursor.at),
    streamRank: stream.rank,
    part: bytes.readUInt32LE(start + 16),
    offset: bytes.readUInt32LE(start + 24) + bytes.readUInt32LE(start + 28) * 2 ** 32,
    lineBytes: length,
  }
}

interface Cursor {
  at: number
}

/** @throws `store_failed` behind the end of the answer, where a loop for the last byte would never find it */
export function readVarint(bytes: Buffer, cursor: Cursor): number {
  const start = cursor.at
  let value = 0
  let scale = 1
  for (;;) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) {
      throw new UnreadableAnswer(bytes.length, start)
    }
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
    scale *= 128
  }
}

export function readText(bytes: Buffer, cursor: Cursor): string {
  const length = readVarint(bytes, cursor)
  if (length === 0) return ''
  const start = cursor.at
  cursor.at += length
  return bytes.toString('utf8', start, cursor.at)
}

/** Metadata of rows that carry only a level, shared: most rows are like that. */
const byLevel = new Map<string, LogRow['metadata']>()

/** Metadata that consists of the detected level, if any. */
export function levelMetadata(level: string): LogRow['metadata'] {
  if (level === '') return NO_METADATA
  let metadata = byLevel.get(level)
  if (!metadata) {
    metadata = [['detected_level', level]]
    byLevel.set(level, metadata)
  }
  return metadata
}

export function readMetadata(bytes: Buffer, cursor: Cursor, pairs: number, level: string): LogRow['metadata'] {
  const metadata: [string, string][] = []
  for (let i = 0; i < pairs; i++) {
    const name = readText(bytes, cursor)
    metadata.push([name, readText(bytes, cursor)])
  }
  if (level !== '') metadata.push(['detected_level', level])
  return metadata
}
