import { crc32 } from 'node:zlib'
import type { SourcePosition } from '../model/source.ts'
import type { SpoolRecord } from '../model/spool.ts'

/**
 * A record in a segment: a head of fixed length, a detail in JSON, the payload. Numbers are little-endian.
 *
 *     0  magic                      32  bytes of the detail
 *     4  crc32 of 8 … end of detail 36  bytes of the payload
 *     8  id of the spool, 8 bytes   40  crc32 of the payload
 *    16  sequence, a double         44  lines or samples
 *    24  time, a double             48  kind: 0 logs, 1 samples
 *
 * The head vouches for itself: when only the payload is damaged, it is still known what was lost and where the next
 * record begins.
 */
export const FIXED_BYTES = 52
export const ID_BYTES = 8
export const MAGIC = Buffer.from([0x89, 0x47, 0x52, 0x4b])
/** More is taken for damage. Details grow with the sources that a record moves on, some hundred bytes each. */
const MAX_DETAIL_BYTES = 64 * 1024 * 1024
const MAX_PAYLOAD_BYTES = 512 * 1024 * 1024

export interface RecordHead {
  readonly sequence: number
  /** When it was appended, milliseconds since the epoch. */
  readonly atMs: number
  readonly detailBytes: number
  readonly payloadBytes: number
  readonly payloadCrc: number
  readonly count: number
  readonly kind: SpoolRecord['kind']
  /** Of the spool. */
  readonly id: Buffer
}

export interface RecordDetail {
  readonly tenant?: string
  readonly positions: readonly SourcePosition[]
}

export function recordBytes({ detailBytes, payloadBytes }: RecordHead): number {
  return FIXED_BYTES + detailBytes + payloadBytes
}

/** Head and detail, to be followed by the payload. */
export function encodeHead(
  { kind, payload, count, tenant, positions }: SpoolRecord,
  { id, sequence, atMs }: { readonly id: Buffer; readonly sequence: number; readonly atMs: number },
): Buffer {
  const detail = JSON.stringify({
    ...(tenant !== undefined && { tenant }),
    positions: positions.map(({ key, identity, place }) => [key, identity, place]),
  })
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + Buffer.byteLength(detail))
  MAGIC.copy(bytes)
  id.copy(bytes, 8)
  bytes.writeDoubleLE(sequence, 16)
  bytes.writeDoubleLE(atMs, 24)
  bytes.writeUInt32LE(bytes.length - FIXED_BYTES, 32)
  bytes.writeUInt32LE(payload.length, 36)
  bytes.writeUInt32LE(crc32(payload), 40)
  bytes.writeUInt32LE(count, 44)
  bytes.writeUInt32LE(kind === 'logs' ? 0 : 1, 48)
  bytes.write(detail, FIXED_BYTES)
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4)
  return bytes
}

/** Bytes of head and detail of what may be a record; undefined when it is none for certain. */
export function headBytes(fixed: Buffer): number | undefined {
  if (fixed.length < FIXED_BYTES || fixed.compare(MAGIC, 0, 4, 0, 4) !== 0) return undefined
  const detail = fixed.readUInt32LE(32)
  return detail <= MAX_DETAIL_BYTES && fixed.readUInt32LE(36) <= MAX_PAYLOAD_BYTES ? FIXED_BYTES + detail : undefined
}

/** Bytes that what may be a record says it has in all; undefined when it is none for certain. */
export function announcedBytes(fixed: Buffer): number | undefined {
  const head = headBytes(fixed)
  return head === undefined ? undefined : head + fixed.readUInt32LE(36)
}

/** Reads head and detail, which begin `bytes`; undefined unless every bit of them is as it was written. */
export function decodeHead(bytes: Buffer): RecordHead | undefined {
  const length = headBytes(bytes)
  if (length === undefined || bytes.length < length) return undefined
  if (crc32(bytes.subarray(8, length)) !== bytes.readUInt32LE(4)) return undefined
  return {
    sequence: bytes.readDoubleLE(16),
    atMs: bytes.readDoubleLE(24),
    detailBytes: length - FIXED_BYTES,
    payloadBytes: bytes.readUInt32LE(36),
    payloadCrc: bytes.readUInt32LE(40),
    count: bytes.readUInt32LE(44),
    kind: bytes.readUInt32LE(48) === 0 ? 'logs' : 'samples',
    id: Buffer.from(bytes.subarray(8, 8 + ID_BYTES)),
  }
}

/** The detail behind a head that {@link decodeHead} has verified. */
export function decodeDetail(bytes: Buffer, { detailBytes }: RecordHead): RecordDetail {
  const { tenant, positions } = JSON.parse(bytes.toString('utf8', FIXED_BYTES, FIXED_BYTES + detailBytes)) as {
    tenant?: string
    positions: [string, unknown, SourcePosition['place']][]
  }
  return {
    ...(tenant !== undefined && { tenant }),
    positions: positions.map(([key, identity, place]) => ({ key, identity, place })),
  }
}

/**
 * What receivers know a record by. The checksum is there for one case: a disk that lost what it said was safe, so that the
 * number of a record that was sent is given to another one.
 */
export function recordKey({ id, sequence, payloadCrc }: RecordHead): string {
  return `${id.toString('hex')}-${sequence}-${payloadCrc.toString(16)}`
}
