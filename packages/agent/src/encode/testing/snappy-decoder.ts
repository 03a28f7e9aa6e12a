/** Undoes snappy's block format, slowly and strictly: throws when anything is amiss. */
export function snappyDecode(input: Uint8Array): Buffer {
  let at = 0
  let length = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = input[at++] as number
    length += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  const out: number[] = []
  const number = (bytes: number) => {
    let value = 0
    for (let i = 0; i < bytes; i++) value += (input[at++] as number) * 256 ** i
    return value
  }
  while (at < input.length) {
    const tag = input[at++] as number
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >>> 2
      const count = (short < 60 ? short : number(short - 59)) + 1
      if (at + count > input.length) throw new Error('a literal runs over the end')
      for (let i = 0; i < count; i++) out.push(input[at++] as number)
      continue
    }
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : (tag >>> 2) + 1
    const offset = kind === 1 ? ((tag >>> 5) << 8) | number(1) : number(kind === 2 ? 2 : 4)
    if (offset === 0 || offset > out.length) throw new Error(`a copy from ${offset} bytes back, of ${out.length}`)
    for (let i = 0; i < count; i++) out.push(out[out.length - offset] as number)
  }
  if (out.length !== length) throw new Error(`${length} bytes announced, ${out.length} found`)
  return Buffer.from(out)
}
