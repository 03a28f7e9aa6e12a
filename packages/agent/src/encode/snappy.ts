/** Offsets within a block fit two bytes, and so do the positions in the table. */
const BLOCK = 65_536
const TABLE_BITS = 14
/** Where the last matches of a block may begin: four bytes are compared, and a match is followed by at least one more. */
const TAIL = 15

const table = new Uint16Array(1 << TABLE_BITS)

/** The most bytes that so many bytes can become. */
export function snappyBound(length: number): number {
  return 32 + length + Math.floor(length / 6)
}

/**
 * Compresses into snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt). `into`: memory
 * of at least `snappyBound` bytes that may be used for the result.
 */
export function snappyCompress(input: Uint8Array, into?: Buffer): Buffer {
  const { length } = input
  const out = into ?? Buffer.allocUnsafeSlow(snappyBound(length))
  let at = 0
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 0x80) {
      out[at++] = rest
      break
    }
    out[at++] = (rest % 128) | 0x80
  }
  const view = new DataView(input.buffer, input.byteOffset, length)
  for (let start = 0; start < length; start += BLOCK) {
    at = compressBlock(input, view, start, Math.min(start + BLOCK, length), out, at)
  }
  return out.subarray(0, at)
}

function compressBlock(
  input: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  out: Uint8Array,
  outAt: number,
): number {
  let at = outAt
  let literal = start
  const limit = end - TAIL
  if (start < limit) {
    table.fill(0)
    let position = start + 1
    // The longer nothing matches, the larger the steps: bytes that do not compress cost little.
    let misses = 32
    while (position < limit) {
      const word = view.getUint32(position, true)
      const slot = Math.imul(word, 0x1e35_a7bd) >>> (32 - TABLE_BITS)
      const candidate = start + (table[slot] as number)
      table[slot] = position - start
      if (view.getUint32(candidate, true) !== word) {
        position += misses++ >> 5
        continue
      }
      if (position > literal) at = writeLiteral(input, literal, position, out, at)
      let stop = position + 4
      let from = candidate + 4
      while (stop < end && input[stop] === input[from]) {
        stop++
        from++
      }
      at = writeCopy(position - candidate, stop - position, out, at)
      position = stop
      literal = stop
      misses = 32
      if (position < limit) {
        const before = view.getUint32(position - 1, true)
        table[Math.imul(before, 0x1e35_a7bd) >>> (32 - TABLE_BITS)] = position - 1 - start
      }
    }
  }
  return literal < end ? writeLiteral(input, literal, end, out, at) : at
}

function writeLiteral(input: Uint8Array, from: number, to: number, out: Uint8Array, outAt: number): number {
  let at = outAt
  const rest = to - from - 1
  if (rest < 60) out[at++] = rest << 2
  else if (rest < 256) {
    out[at++] = 60 << 2
    out[at++] = rest
  } else {
    out[at++] = 61 << 2
    out[at++] = rest & 0xff
    out[at++] = rest >>> 8
  }
  // A short loop is quicker than a call.
  if (rest < 48) for (let i = from; i < to; i++) out[at++] = input[i] as number
  else {
    out.set(input.subarray(from, to), at)
    at += rest + 1
  }
  return at
}

function writeCopy(offset: number, length: number, out: Uint8Array, outAt: number): number {
  let at = outAt
  let rest = length
  // Never fewer than 4 bytes are left for the last one, which then takes the short form where it can.
  while (rest >= 68) {
    at = writeLongCopy(offset, 64, out, at)
    rest -= 64
  }
  if (rest > 64) {
    at = writeLongCopy(offset, 60, out, at)
    rest -= 60
  }
  if (rest >= 12 || offset >= 2048) return writeLongCopy(offset, rest, out, at)
  out[at++] = ((offset >>> 8) << 5) | ((rest - 4) << 2) | 1
  out[at++] = offset & 0xff
  return at
}

function writeLongCopy(offset: number, length: number, out: Uint8Array, at: number): number {
  out[at] = ((length - 1) << 2) | 2
  out[at + 1] = offset & 0xff
  out[at + 2] = offset >>> 8
  return at + 3
}
