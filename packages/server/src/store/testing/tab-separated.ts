/** One row of TabSeparated: fields escaped as the format asks, bytes otherwise untouched. Slow and plain, for tests. */
export function tabSeparatedRow(fields: readonly (string | number | bigint | Buffer)[]): Buffer {
  const parts: Buffer[] = []
  for (const [index, field] of fields.entries()) {
    if (index > 0) parts.push(Buffer.from('\t'))
    const bytes = Buffer.isBuffer(field) ? field : Buffer.from(String(field))
    const escaped: number[] = []
    for (const byte of bytes) {
      if (byte === 0x5c) escaped.push(0x5c, 0x5c)
      else if (byte === 0x09) escaped.push(0x5c, 0x74)
      else if (byte === 0x0a) escaped.push(0x5c, 0x6e)
      else if (byte === 0x0d) escaped.push(0x5c, 0x72)
      else escaped.push(byte)
    }
    parts.push(Buffer.from(escaped))
  }
  parts.push(Buffer.from('\n'))
  return Buffer.concat(parts)
}

/** The strings of a RowBinary result that has one String column. */
export function rowBinaryStrings(result: Buffer): Buffer[] {
  const strings: Buffer[] = []
  let at = 0
  while (at < result.length) {
    let length = 0
    let shift = 0
    for (;;) {
      const byte = result[at++]
      if (byte === undefined) throw new Error('the result ends inside a length')
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
      shift += 7
    }
    if (at + length > result.length) throw new Error('the result ends inside a string')
    strings.push(result.subarray(at, at + length))
    at += length
  }
  return strings
}
