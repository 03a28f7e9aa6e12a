import type { Labels } from '../../../eval/types.ts'

const PRIME_1 = 0x9e3779b185ebca87n
const PRIME_2 = 0xc2b2ae3d27d4eb4fn
const PRIME_3 = 0x165667b19e3779f9n
const PRIME_4 = 0x85ebca77c2b2ae63n
const PRIME_5 = 0x27d4eb2f165667c5n

const rotate = (value: bigint, by: bigint) => BigInt.asUintN(64, (value << by) | (value >> (64n - by)))
const product = (a: bigint, b: bigint) => BigInt.asUintN(64, a * b)
const round = (lane: bigint, input: bigint) =>
  product(rotate(BigInt.asUintN(64, lane + product(input, PRIME_2)), 31n), PRIME_1)

/** xxHash of 64 bits with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export function xxHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length
  let at = 0
  let hash: bigint
  if (length >= 32) {
    const lanes = [BigInt.asUintN(64, PRIME_1 + PRIME_2), PRIME_2, 0n, BigInt.asUintN(64, -PRIME_1)]
    for (; at + 32 <= length; at += 32) {
      for (let i = 0; i < 4; i++) lanes[i] = round(lanes[i] as bigint, view.getBigUint64(at + 8 * i, true))
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint]
    hash = BigInt.asUintN(64, rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n))
    for (const lane of lanes) hash = BigInt.asUintN(64, product(hash ^ round(0n, lane), PRIME_1) + PRIME_4)
  } else hash = PRIME_5
  hash = BigInt.asUintN(64, hash + BigInt(length))
  for (; at + 8 <= length; at += 8) {
    hash = BigInt.asUintN(64, product(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n), PRIME_1) + PRIME_4)
  }
  if (at + 4 <= length) {
    const word = BigInt(view.getUint32(at, true))
    hash = BigInt.asUintN(64, product(rotate(hash ^ product(word, PRIME_1), 23n), PRIME_2) + PRIME_3)
    at += 4
  }
  for (; at < length; at++) {
    hash = product(rotate(hash ^ product(BigInt(bytes[at] as number), PRIME_5), 11n), PRIME_1)
  }
  hash = product(hash ^ (hash >> 33n), PRIME_2)
  hash = product(hash ^ (hash >> 29n), PRIME_3)
  return hash ^ (hash >> 32n)
}

const encoder = new TextEncoder()

/** Hash of a label set as Prometheus has it: over names and values in order, each behind its length. */
export function hashLabels(labels: Labels): bigint {
  const parts: number[] = []
  for (const name of [...labels.keys()].sort()) {
    for (const text of [name, labels.get(name) as string]) {
      const bytes = encoder.encode(text)
      const { length } = bytes
      if (length < 255) parts.push(length)
      else parts.push(255, length & 255, (length >> 8) & 255, (length >> 16) & 255)
      for (const byte of bytes) parts.push(byte)
    }
  }
  return xxHash64(Uint8Array.from(parts))
}
