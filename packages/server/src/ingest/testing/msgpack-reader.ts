import { MsgpackCursor } from '../fluent/msgpack.ts'

/** What the server wrote, as values; texts as buffers. */
export function written(bytes: Buffer): unknown[] {
  const cursor = new MsgpackCursor(bytes)
  const values: unknown[] = []
  while (cursor.position < bytes.length) values.push(readValue(cursor))
  return values
}

function readValue(cursor: MsgpackCursor): unknown {
  const first = cursor.bytes[cursor.position]!
  if (first === 0xc2 || first === 0xc3) {
    cursor.position++
    return first === 0xc3
  }
  if (first >= 0x80 && first < 0x90) {
    const count = cursor.openMap('a map')
    return Object.fromEntries(Array.from({ length: count }, () => [String(readValue(cursor)), readValue(cursor)]))
  }
  if (first >= 0x90 && first < 0xa0) {
    const count = cursor.openArray('an array')
    return Array.from({ length: count }, () => readValue(cursor))
  }
  cursor.openText('a text')
  return cursor.bytes.subarray(cursor.textStart, cursor.textEnd)
}
