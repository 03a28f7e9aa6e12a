/** A text in MessagePack, shorter than 64 KiB. */
export function packText(text: string): Buffer {
  const bytes = Buffer.from(text)
  const head =
    bytes.length < 32
      ? Buffer.of(0xa0 | bytes.length)
      : bytes.length < 256
        ? Buffer.of(0xd9, bytes.length)
        : Buffer.of(0xda, bytes.length >> 8, bytes.length & 255)
  return Buffer.concat([head, bytes])
}

/** Bytes in MessagePack, shorter than 256. */
export function packBinary(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xc4, bytes.length), bytes])
}

/** An array of at most 15 values that are MessagePack already. */
export function packArray(values: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.of(0x90 | values.length), ...values])
}

/** A map of at most 15 names and values that are MessagePack already. */
export function packMap(pairs: readonly (readonly [string, Buffer])[]): Buffer {
  return Buffer.concat([Buffer.of(0x80 | pairs.length), ...pairs.flatMap(([name, value]) => [packText(name), value])])
}
