import { compareBytes } from './text-order.ts'

const OFFSET = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n
const MASK = 0xffffffffffffffffn
const SEPARATOR = 0xff

/**
 * What an alert is called by: 16 hex digits, FNV-1a of 64 bits over its labels by name, as Prometheus' common/model makes it
 * (`name 0xff value 0xff` each), so that ids are the same as those that other programs keep.
 */
export function alertFingerprint(labels: ReadonlyMap<string, string>): string {
  let hash = OFFSET
  const add = (byte: number): void => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  }
  const names = [...labels.keys()].sort(compareBytes)
  for (const name of names) {
    for (const byte of Buffer.from(name)) add(byte)
    add(SEPARATOR)
    for (const byte of Buffer.from(labels.get(name) as string)) add(byte)
    add(SEPARATOR)
  }
  return hash.toString(16).padStart(16, '0')
}
