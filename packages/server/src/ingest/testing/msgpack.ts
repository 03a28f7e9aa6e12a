/** What the encoder makes a MessagePack extension of. */
export class Extension {
  readonly type: number
  readonly data: Buffer

  constructor(type: number, data: Buffer) {
    this.type = type
    this.data = data
  }
}

/** A float even where the value is whole. */
export class Float {
  readonly value: number
  readonly bits: 32 | 64

  constructor(value: number, bits: 32 | 64 = 64) {
    this.value = value
    this.bits = bits
  }
}

/** MessagePack that stands there as bytes already. */
export class Raw {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** Maps are arrays of pairs in a Map, because names need not be texts, nor differ. */
export type Packable =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | Extension
  | Float
  | Raw
  | readonly Packable[]
  | Pairs

/** A map: its pairs in order, which may repeat a name. */
export class Pairs {
  readonly pairs: readonly (readonly [Packable, Packable])[]

  constructor(pairs: readonly (readonly [Packable, Packable])[]) {
    this.pairs = pairs
  }
}

/** A map of these members. */
export function pairs(members: Readonly<Record<string, Packable>>): Pairs {
  return new Pairs(Object.entries(members))
}

/** Forward's EventTime. */
export function eventTime(seconds: number, nanos: number): Extension {
  return new Extension(0, Buffer.concat([uint(seconds, 4), uint(nanos, 4)]))
}

/** MessagePack by its specification, each value in its shortest form; buffers as binaries. */
export function pack(value: Packable): Buffer {
  if (value === null) return Buffer.of(0xc0)
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2)
  if (typeof value === 'number' || typeof value === 'bigint') return packNumber(value)
  if (typeof value === 'string') return packBytes(Buffer.from(value), [0xa0, 31], [0xd9, 0xda, 0xdb])
  if (Buffer.isBuffer(value)) return packBytes(value, undefined, [0xc4, 0xc5, 0xc6])
  if (value instanceof Raw) return value.bytes
  if (value instanceof Float) {
    const bytes = Buffer.alloc(1 + value.bits / 8)
    bytes[0] = value.bits === 32 ? 0xca : 0xcb
    if (value.bits === 32) bytes.writeFloatBE(value.value, 1)
    else bytes.writeDoubleBE(value.value, 1)
    return bytes
  }
  if (value instanceof Extension) {
    const fixed = [1, 2, 4, 8, 16].indexOf(value.data.length)
    const type = Buffer.of(value.type & 255)
    if (fixed >= 0) return Buffer.concat([Buffer.of(0xd4 + fixed), type, value.data])
    const { length } = value.data
    const head = length < 256 ? [0xc7, 1] : length < 65_536 ? [0xc8, 2] : [0xc9, 4]
    return Buffer.concat([Buffer.of(head[0]!), uint(length, head[1]!), type, value.data])
  }
  if (value instanceof Pairs) {
    const head = packHead(value.pairs.length, 0x80, [0xde, 0xdf])
    return Buffer.concat([head, ...value.pairs.flatMap(([name, member]) => [pack(name), pack(member)])])
  }
  return Buffer.concat([packHead(value.length, 0x90, [0xdc, 0xdd]), ...value.map(pack)])
}

function packNumber(value: number | bigint): Buffer {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return pack(new Float(value))
  const number = BigInt(value)
  if (number >= -32n && number < 128n) return Buffer.of(Number(number) & 255)
  for (const [k, bytes] of [1, 2, 4, 8].entries()) {
    const bits = BigInt(bytes * 8)
    if (number >= 0n && number < 1n << bits) return Buffer.concat([Buffer.of(0xcc + k), uint(number, bytes)])
    if (number < 0n && number >= -(1n << (bits - 1n))) {
      return Buffer.concat([Buffer.of(0xd0 + k), uint(BigInt.asUintN(bytes * 8, number), bytes)])
    }
  }
  throw new RangeError(`${value} does not fit 64 bits`)
}

function packBytes(
  bytes: Buffer,
  fixed: readonly [number, number] | undefined,
  heads: readonly [number, number, number],
): Buffer {
  const { length } = bytes
  if (fixed !== undefined && length <= fixed[1]) return Buffer.concat([Buffer.of(fixed[0] | length), bytes])
  const k = length < 256 ? 0 : length < 65_536 ? 1 : 2
  return Buffer.concat([Buffer.of(heads[k]!), uint(length, 2 ** k), bytes])
}

function packHead(count: number, fixed: number, heads: readonly [number, number]): Buffer {
  if (count < 16) return Buffer.of(fixed | count)
  return count < 65_536
    ? Buffer.concat([Buffer.of(heads[0]), uint(count, 2)])
    : Buffer.concat([Buffer.of(heads[1]), uint(count, 4)])
}

function uint(value: number | bigint, bytes: number): Buffer {
  return Buffer.from(
    BigInt(value)
      .toString(16)
      .padStart(bytes * 2, '0'),
    'hex',
  )
}
