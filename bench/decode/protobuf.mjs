/** Writers of protobuf messages and of the snappy block format, for bodies of benchmarks. */

export function varint(value) {
  const bytes = []
  let rest = BigInt(value)
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

/** A length-delimited field: a text, bytes, or a message of several parts. */
export function field(id, ...parts) {
  const payload = Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part))))
  return Buffer.concat([varint(id * 8 + 2), varint(payload.length), payload])
}

export const number = (id, value) => Buffer.concat([varint(id * 8), varint(value)])

export function fixed64(id, value) {
  const bytes = Buffer.alloc(9)
  bytes[0] = id * 8 + 1
  bytes.writeBigUInt64LE(BigInt(value), 1)
  return bytes
}

export function double(id, value) {
  const bytes = Buffer.alloc(9)
  bytes[0] = id * 8 + 1
  bytes.writeDoubleLE(value, 1)
  return bytes
}

/** Snappy with copies where eight bytes repeat, about as dense as the usual encoders. */
export function snappy(input) {
  const parts = [varint(input.length)]
  const seen = new Map()
  let literal = 0
  let at = 0
  const flush = (end) => {
    for (; literal < end; literal += 65_536) {
      const part = input.subarray(literal, Math.min(end, literal + 65_536))
      const size = part.length - 1
      parts.push(size < 60 ? Buffer.of(size << 2) : Buffer.of(61 << 2, size & 255, size >> 8), part)
    }
    literal = end
  }
  while (at + 8 <= input.length) {
    const key = input.readBigUInt64LE(at)
    const before = seen.get(key)
    seen.set(key, at)
    if (before === undefined || at - before > 65_535) {
      at++
      continue
    }
    let length = 8
    while (length < 64 && at + length < input.length && input[before + length] === input[at + length]) length++
    flush(at)
    parts.push(Buffer.of(((length - 1) << 2) | 2, (at - before) & 255, (at - before) >> 8))
    at += length
    literal = at
  }
  flush(input.length)
  return Buffer.concat(parts)
}
