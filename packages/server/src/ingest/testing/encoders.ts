/** Encoders of what the receivers decode: plain, for tests only. */

/** Snappy block with literals and, where four bytes repeat, copies of both common kinds. */
export function encodeSnappyBlock(input: Buffer): Buffer {
  const parts: Buffer[] = [varint(input.length)]
  const seen = new Map<number, number>()
  let literalStart = 0
  let p = 0
  const flush = (end: number) => {
    for (let from = literalStart; from < end; from += 65_536) {
      const part = input.subarray(from, Math.min(end, from + 65_536))
      const size = part.length - 1
      if (size < 60) parts.push(Buffer.of(size << 2))
      else if (size < 256) parts.push(Buffer.of(60 << 2, size))
      else parts.push(Buffer.of(61 << 2, size & 255, size >> 8))
      parts.push(part)
    }
  }
  while (p + 4 <= input.length) {
    const key = input.readUInt32LE(p)
    const before = seen.get(key)
    seen.set(key, p)
    if (before === undefined || p - before > 65_535) {
      p++
      continue
    }
    let length = 4
    while (length < 64 && p + length < input.length && input[before + length] === input[p + length]) length++
    flush(p)
    const offset = p - before
    if (length < 12 && offset < 2048)
      parts.push(Buffer.of(((length - 4) << 2) | 1 | ((offset >> 8) << 5), offset & 255))
    else parts.push(Buffer.of(((length - 1) << 2) | 2, offset & 255, offset >> 8))
    p += length
    literalStart = p
  }
  flush(input.length)
  return Buffer.concat(parts)
}

export interface PushStream {
  readonly labels: string
  readonly entries: readonly {
    readonly ns: bigint
    readonly line: Buffer
    readonly metadata?: readonly (readonly [string, string])[]
  }[]
}

/** Loki's PushRequest message, not yet compressed. */
export function encodePushRequest(streams: readonly PushStream[]): Buffer {
  return Buffer.concat(
    streams.map(({ labels, entries }) =>
      field(
        1,
        Buffer.concat([
          field(1, Buffer.from(labels)),
          ...entries.map(({ ns, line, metadata = [] }) =>
            field(
              2,
              Buffer.concat([
                field(1, Buffer.concat([number(1, ns / 1_000_000_000n), number(2, ns % 1_000_000_000n)])),
                field(2, line),
                ...metadata.map(([name, value]) =>
                  field(3, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
                ),
              ]),
            ),
          ),
        ]),
      ),
    ),
  )
}

export interface OtlpLogs {
  readonly resource: readonly (readonly [string, string])[]
  readonly scope?: string
  readonly records: readonly {
    readonly ns: bigint
    readonly line: Buffer
    readonly severity?: number
    readonly attributes?: readonly (readonly [string, string])[]
    readonly traceId?: Buffer
  }[]
}

/** OTLP's ExportLogsServiceRequest with one resource and one scope. */
export function encodeOtlpLogs({ resource, scope, records }: OtlpLogs): Buffer {
  const text = (value: Buffer) => field(1, value)
  const pairs = (id: number, list: readonly (readonly [string, string])[]) =>
    list.map(([name, value]) =>
      field(id, Buffer.concat([field(1, Buffer.from(name)), field(2, text(Buffer.from(value)))])),
    )
  const logRecords = records.map(({ ns, line, severity = 0, attributes = [], traceId }) =>
    field(
      2,
      Buffer.concat([
        fixed64(1, ns),
        ...(severity === 0 ? [] : [number(2, BigInt(severity))]),
        field(5, text(line)),
        ...pairs(6, attributes),
        ...(traceId ? [field(9, traceId)] : []),
      ]),
    ),
  )
  const scopeLogs = Buffer.concat([...(scope ? [field(1, field(1, Buffer.from(scope)))] : []), ...logRecords])
  return field(1, Buffer.concat([field(1, Buffer.concat(pairs(1, resource))), field(2, scopeLogs)]))
}

export function fixed64(id: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = id * 8 + 1
  bytes.writeBigUInt64LE(value, 1)
  return bytes
}

/** A JSON string of these bytes, which need not be valid UTF-8. */
export function jsonString(text: Buffer): Buffer {
  const latin1 = text.toString('latin1')
  const escaped = latin1.replace(/["\\\p{Cc}]/gu, (c) => JSON.stringify(c).slice(1, -1))
  return Buffer.from(`"${escaped}"`, 'latin1')
}

export function field(id: number, payload: Buffer): Buffer {
  return Buffer.concat([varint(id * 8 + 2), varint(payload.length), payload])
}

export function number(id: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(id * 8), varint(value)])
}

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value)
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

/** Zstandard without compression: blocks that are stored as they are. */
export function storedInZstd(bytes: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length || at === 0; at += ZSTD_BLOCK_BYTES) {
    const part = bytes.subarray(at, at + ZSTD_BLOCK_BYTES)
    blocks.push(zstdBlock(0, part.length, at + ZSTD_BLOCK_BYTES >= bytes.length), part)
  }
  return Buffer.concat([ZSTD_HEADER, ...blocks])
}

/** Zstandard of one byte repeated: four bytes for every 128 KiB. */
export function repeatedByteInZstd(byte: number, count: number): Buffer {
  const blocks: Buffer[] = []
  for (let left = count; left > 0; left -= ZSTD_BLOCK_BYTES) {
    blocks.push(zstdBlock(1, Math.min(left, ZSTD_BLOCK_BYTES), left <= ZSTD_BLOCK_BYTES), Buffer.of(byte))
  }
  return Buffer.concat([ZSTD_HEADER, ...blocks])
}

const ZSTD_BLOCK_BYTES = 131_072
/** Magic number; no size, no checksum; a window of 1 MiB. */
const ZSTD_HEADER = Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x50)

function zstdBlock(type: 0 | 1, size: number, last: boolean): Buffer {
  const header = Buffer.alloc(3)
  header.writeUIntLE((last ? 1 : 0) | (type << 1) | (size << 3), 0, 3)
  return header
}
