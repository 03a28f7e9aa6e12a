/** A whole number as protobuf's varint: seven bits a byte, lowest first; exact below 2^53. */
export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

/** A field of texts, bytes or a message; of a number below 16. */
export function bytesField(field: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.of(field * 8 + 2), varint(bytes.length), bytes])
}

/** A field of whole numbers; of a number below 16. */
export function numberField(field: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(field * 8), varint(value)])
}
