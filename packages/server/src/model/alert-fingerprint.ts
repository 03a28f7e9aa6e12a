import { compareBytes } from './text-order.ts'

const OFFSET_HIGH = 0xcbf29ce4
const OFFSET_LOW = 0x84222325
/** The prime of FNV of 64 bits is 2^40 and this. */
const PRIME_LOW = 0x1b3
const TWO_TO_32 = 2 ** 32
const SEPARATOR = 0xff
const LAST_ASCII = 0x7f

/**
 * What an alert is called by: 16 hex digits, FNV-1a of 64 bits over its labels by name, as Prometheus' common/model makes it
 * (`name 0xff value 0xff` each), so that ids are the same as those that other programs keep. Reports come by thousands: it
 * is reckoned in two halves, which is much faster than with integers of any size.
 */
export function alertFingerprint(labels: ReadonlyMap<string, string>): string {
  let high = OFFSET_HIGH
  let low = OFFSET_LOW
  const add = (byte: number): void => {
    low = (low ^ byte) >>> 0
    const product = low * PRIME_LOW
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / TWO_TO_32) + (low << 8)) >>> 0
    low = product >>> 0
  }
  const addText = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code <= LAST_ASCII) add(code)
      else {
        for (const byte of Buffer.from(text.slice(i))) add(byte)
        break
      }
    }
    add(SEPARATOR)
  }
  for (const name of [...labels.keys()].sort(compareBytes)) {
    addText(name)
    addText(labels.get(name) as string)
  }
  return hex(high) + hex(low)
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0')
}
