/** An entry as `journalctl --output=export` writes it. */
export function exportEntry(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts = fields.map(([name, value]) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what the format asks about
    if (!/[\x00-\x08\x0a-\x1f]/.test(value)) return Buffer.from(`${name}=${value}\n`)
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(bytes.length))
    return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')])
  })
  return Buffer.concat([...parts, Buffer.from('\n')])
}
