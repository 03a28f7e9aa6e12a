import { gunzipSync } from 'node:zlib'
import { END_OF_TIME_SECONDS } from '../../model/batch.ts'

/** A map as it was sent: names may repeat. */
class PlainMap {
  readonly pairs: [unknown, unknown][] = []
}

class PlainExtension {
  readonly type: number
  readonly data: Buffer

  constructor(type: number, data: Buffer) {
    this.type = type
    this.data = data
  }
}

export interface PlainForwardRecord {
  readonly labels: Readonly<Record<string, string>>
  readonly ns: string
  readonly line: string
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * A Forward message decoded into values and back into JSON, rule by rule, with the receiver's default options: what the
 * decoder over bytes must agree with. Refused records are left out.
 */
export function decodeForwardPlainly(bytes: Buffer, nowMs: number): PlainForwardRecord[] {
  const [tag, second, third, fourth] = valueAt(bytes, 0).value as unknown[]
  const isMessage = !Array.isArray(second) && !Buffer.isBuffer(second)
  const options = (isMessage ? fourth : third) as PlainMap | undefined
  const records: PlainForwardRecord[] = []
  for (const entry of isMessage ? [[second, third]] : entriesOf(second as Buffer | unknown[], options)) {
    const record = recordOf(String(tag), entry, nowMs)
    if (record !== undefined) records.push(record)
  }
  return records
}

function entriesOf(packed: Buffer | unknown[], options: PlainMap | undefined): unknown[] {
  if (Array.isArray(packed)) return packed
  const isGzip = options?.pairs.some(([name, value]) => String(name) === 'compressed' && String(value) === 'gzip')
  const bytes = isGzip ? gunzipSync(packed) : packed
  const entries: unknown[] = []
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = valueAt(bytes, at)
    entries.push(value)
    at = end
  }
  return entries
}

function recordOf(tag: string, entry: unknown, nowMs: number): PlainForwardRecord | undefined {
  if (!Array.isArray(entry) || entry.length !== 2) return undefined
  const [time, record] = entry
  if (!(record instanceof PlainMap) || depthOf(record) > 64 || hasDeepNames(record)) return undefined
  const labels: Record<string, string> = tag === '' ? {} : { tag }
  const metadata: Record<string, string> = {}
  let moment = time
  if (Array.isArray(time)) {
    const [at, more] = time as [unknown, PlainMap]
    moment = at
    for (const [name, value] of more.pairs) if (Buffer.isBuffer(name)) put(metadata, metadataName(String(name)), value)
  }
  const ns = nanosOf(moment, nowMs)
  if (ns === undefined || ns < 0n || ns >= BigInt(END_OF_TIME_SECONDS) * 1_000_000_000n) return undefined
  const rest: [unknown, unknown][] = []
  for (const [name, value] of record.pairs) {
    const field = Buffer.isBuffer(name) ? name.toString() : ''
    const isScalar = !Array.isArray(value) && !(value instanceof PlainMap)
    if (field === 'container_name' && isScalar) {
      if (value !== null) labels[field] = textOf(value).replace(/^\//, '')
    } else if (/^(container_id|source|partial_(message|id|ordinal|last))$/.test(field) && isScalar) {
      put(metadata, field, value)
    } else rest.push([name, value])
  }
  const [only] = rest
  const isLine = rest.length === 1 && Buffer.isBuffer(only![0]) && /^(log|message)$/.test(String(only![0]))
  const line = isLine && Buffer.isBuffer(only![1]) ? only![1].toString().replace(/\n$/, '') : jsonOfPairs(rest)
  for (const name of Object.keys(labels)) if (labels[name] === '') delete labels[name]
  if (Object.keys(labels).length === 0) labels.service_name = 'unknown_service'
  return { labels, ns: ns.toString(), line, metadata }
}

function put(metadata: Record<string, string>, name: string, value: unknown): void {
  const text = value === null ? '' : textOf(value)
  if (text !== '') metadata[name] = text
}

function metadataName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '_')
}

function nanosOf(time: unknown, nowMs: number): bigint | undefined {
  const now = BigInt(nowMs) * 1_000_000n
  if (time === null || time === 0) return now
  if (typeof time === 'number' || typeof time === 'bigint') return BigInt(time) * 1_000_000_000n
  if (time instanceof Number) {
    const micros = Math.round((Number(time) - Math.floor(Number(time))) * 1e6)
    const ns = BigInt(Math.floor(Number(time))) * 1_000_000_000n + BigInt(micros) * 1000n
    return Math.floor(Number(time)) === 0 ? now : ns
  }
  if (time instanceof PlainExtension && time.type === 0 && time.data.length === 8) {
    const seconds = time.data.readUInt32BE(0)
    return seconds === 0 ? now : BigInt(seconds) * 1_000_000_000n + BigInt(time.data.readUInt32BE(4))
  }
  return undefined
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString() : jsonOf(value)
}

function jsonOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString())
  if (value instanceof PlainMap) return jsonOfPairs(value.pairs)
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof PlainExtension) return JSON.stringify(extensionText(value))
  return JSON.stringify(value)
}

function jsonOfPairs(pairs: readonly (readonly [unknown, unknown])[]): string {
  const members = pairs.map(([name, value]) => {
    const key = jsonOf(name)
    return `${key.startsWith('"') ? key : `"${key}"`}:${jsonOf(value)}`
  })
  return `{${members.join(',')}}`
}

function extensionText({ type, data }: PlainExtension): string {
  const time = timeOf(type, data)
  if (time === undefined || time.nanos >= 1_000_000_000n || Math.abs(Number(time.seconds)) > 8.64e12) {
    return data.toString('base64')
  }
  const seconds = new Date(Number(time.seconds) * 1000).toISOString().slice(0, -5)
  const fraction = String(time.nanos).padStart(9, '0').replace(/0+$/, '')
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`
}

/** EventTime, and the three lengths of MessagePack's own timestamp. */
function timeOf(type: number, data: Buffer): { readonly seconds: bigint; readonly nanos: bigint } | undefined {
  const word = (at: number): bigint => BigInt(data.readUInt32BE(at))
  if (type === 0 && data.length === 8) return { seconds: word(0), nanos: word(4) }
  if (type !== -1) return undefined
  if (data.length === 4) return { seconds: word(0), nanos: 0n }
  if (data.length === 8) {
    const both = data.readBigUInt64BE(0)
    return { seconds: both & 0x3_ffff_ffffn, nanos: both >> 34n }
  }
  return data.length === 12 ? { seconds: data.readBigInt64BE(4), nanos: word(0) } : undefined
}

function depthOf(value: unknown): number {
  if (value instanceof PlainMap) return 1 + Math.max(0, ...value.pairs.map(([, member]) => depthOf(member)))
  return Array.isArray(value) ? 1 + Math.max(0, ...value.map(depthOf)) : 0
}

function hasDeepNames(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasDeepNames)
  if (!(value instanceof PlainMap)) return false
  return value.pairs.some(([name, member]) => Array.isArray(name) || name instanceof PlainMap || hasDeepNames(member))
}

/** One MessagePack value: texts and binaries as buffers, floats as Number objects, to tell them from whole numbers. */
function valueAt(bytes: Buffer, at: number): { value: unknown; end: number } {
  const first = bytes.readUInt8(at)
  const uint = (size: number) => bytes.readUIntBE(at + 1, size)
  const cut = (start: number, length: number) => {
    if (start + length > bytes.length) throw new RangeError('the bytes end too early')
    return bytes.subarray(start, start + length)
  }
  const text = (head: number, length: number) => ({ value: cut(at + head, length), end: at + head + length })
  const many = (head: number, count: number): { value: unknown[]; end: number } => {
    const value: unknown[] = []
    let end = at + head
    for (let i = 0; i < count; i++) {
      const member = valueAt(bytes, end)
      value.push(member.value)
      end = member.end
    }
    return { value, end }
  }
  const map = (head: number, count: number) => {
    const { value, end } = many(head, count * 2)
    const result = new PlainMap()
    for (let i = 0; i < count; i++) result.pairs.push([value[2 * i], value[2 * i + 1]])
    return { value: result, end }
  }
  const extension = (head: number, length: number) => {
    const value = new PlainExtension(bytes.readInt8(at + head - 1), cut(at + head, length))
    return { value, end: at + head + length }
  }
  const whole = (value: bigint, size: number) => {
    const number = Number(value)
    return { value: Number.isSafeInteger(number) ? number : value, end: at + 1 + size }
  }
  if (first < 0x80) return { value: first, end: at + 1 }
  if (first >= 0xe0) return { value: first - 256, end: at + 1 }
  if (first < 0x90) return map(1, first & 15)
  if (first < 0xa0) return many(1, first & 15)
  if (first < 0xc0) return text(1, first & 31)
  switch (first) {
    case 0xc0:
      return { value: null, end: at + 1 }
    case 0xc2:
    case 0xc3:
      return { value: first === 0xc3, end: at + 1 }
    case 0xc4:
    case 0xd9:
      return text(2, uint(1))
    case 0xc5:
    case 0xda:
      return text(3, uint(2))
    case 0xc6:
    case 0xdb:
      return text(5, uint(4))
    case 0xc7:
      return extension(3, uint(1))
    case 0xc8:
      return extension(4, uint(2))
    case 0xc9:
      return extension(6, uint(4))
    case 0xca:
      return { value: new Number(bytes.readFloatBE(at + 1)), end: at + 5 }
    case 0xcb:
      return { value: new Number(bytes.readDoubleBE(at + 1)), end: at + 9 }
    case 0xcc:
    case 0xcd:
    case 0xce:
      return whole(BigInt(uint(2 ** (first - 0xcc))), 2 ** (first - 0xcc))
    case 0xcf:
      return whole(bytes.readBigUInt64BE(at + 1), 8)
    case 0xd0:
    case 0xd1:
    case 0xd2:
      return whole(BigInt(bytes.readIntBE(at + 1, 2 ** (first - 0xd0))), 2 ** (first - 0xd0))
    case 0xd3:
      return whole(bytes.readBigInt64BE(at + 1), 8)
    case 0xdc:
      return many(3, uint(2))
    case 0xdd:
      return many(5, uint(4))
    case 0xde:
      return map(3, uint(2))
    case 0xdf:
      return map(5, uint(4))
    default:
      if (first >= 0xd4 && first <= 0xd8) return extension(2, 2 ** (first - 0xd4))
      throw new RangeError('0xc1')
  }
}
