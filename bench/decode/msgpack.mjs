// MessagePack as senders of the Forward protocol write it, for values that JSON has.

/** Any value of JSON; numbers that are not whole as 64-bit floats; buffers as binaries. */
export function pack(value) {
  if (value === null) return Buffer.of(0xc0)
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2)
  if (typeof value === 'number') return packNumber(value)
  if (typeof value === 'string') return packBytes(Buffer.from(value), 0xa0, 0xd9)
  if (Buffer.isBuffer(value)) return packBytes(value, undefined, 0xc4)
  const isArray = Array.isArray(value)
  const parts = isArray ? value : Object.entries(value).flat()
  const count = isArray ? parts.length : parts.length / 2
  const head =
    count < 16 ? Buffer.of((isArray ? 0x90 : 0x80) | count) : Buffer.of(isArray ? 0xdc : 0xde, count >> 8, count & 255)
  return Buffer.concat([head, ...parts.map(pack)])
}

/** Forward's EventTime. */
export function eventTime(ns) {
  const bytes = Buffer.from([0xd7, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt32BE(Number(ns / 1_000_000_000n), 2)
  bytes.writeUInt32BE(Number(ns % 1_000_000_000n), 6)
  return bytes
}

/** An entry of a packed message. */
export function entry(ns, record) {
  return Buffer.concat([Buffer.of(0x92), eventTime(ns), pack(record)])
}

function packNumber(value) {
  if (Number.isInteger(value) && value >= 0 && value < 128) return Buffer.of(value)
  const bytes = Buffer.alloc(9)
  if (!Number.isInteger(value)) {
    bytes[0] = 0xcb
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  bytes[0] = value < 0 ? 0xd3 : 0xcf
  if (value < 0) bytes.writeBigInt64BE(BigInt(value), 1)
  else if (value < 2 ** 32) {
    bytes[0] = 0xce
    bytes.writeUInt32BE(value, 1)
    return bytes.subarray(0, 5)
  } else bytes.writeBigUInt64BE(BigInt(value), 1)
  return bytes
}

function packBytes(bytes, fixed, first) {
  const { length } = bytes
  if (fixed !== undefined && length < 32) return Buffer.concat([Buffer.of(fixed | length), bytes])
  if (length < 256) return Buffer.concat([Buffer.of(first, length), bytes])
  if (length < 65_536) return Buffer.concat([Buffer.of(first + 1, length >> 8, length & 255), bytes])
  const head = Buffer.alloc(5)
  head[0] = first + 2
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, bytes])
}
