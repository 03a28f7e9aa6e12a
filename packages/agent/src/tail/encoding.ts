/** Encodings that files may have; `auto`: by the byte order mark, UTF-8 without one. */
export const ENCODINGS = ['auto', 'utf-8', 'utf-16le', 'utf-16be', 'latin1', 'euc-kr', 'shift_jis', 'gbk'] as const
export type EncodingName = (typeof ENCODINGS)[number]

/** How bytes become text. In every encoding but UTF-16 the byte 0A is a line end and nothing else. */
export interface Encoding {
  /** Bytes of one code unit: line ends stand at multiples of it. */
  readonly unit: 1 | 2
  /** Which of the two bytes of a UTF-16 line end is the 0A. */
  readonly lowByte: 0 | 1
  /** Bytes at the very beginning of the file that are no text. */
  readonly markBytes: number
  /** Bytes that are no text become U+FFFD. */
  readonly decode: (bytes: Buffer, from: number, to: number) => string
  /** Text of a single byte per character when the bytes hold only ASCII. */
  readonly asciiCompatible: boolean
}

const utf8 = (bytes: Buffer, from: number, to: number) => bytes.toString('utf8', from, to)
const latin1 = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to)

function byDecoder(label: string): Encoding['decode'] {
  const decoder = new TextDecoder(label, { ignoreBOM: true })
  return (bytes, from, to) => decoder.decode(bytes.subarray(from, to))
}

const UTF8_MARK = [0xef, 0xbb, 0xbf] as const
const UTF16LE_MARK = [0xff, 0xfe] as const
const UTF16BE_MARK = [0xfe, 0xff] as const

const begins = (head: Uint8Array, mark: readonly number[]) => mark.every((byte, index) => head[index] === byte)

/** `head`: the first bytes of the file, at least four where it has them. */
export function encodingOf(name: EncodingName, head: Uint8Array): Encoding {
  const one = { unit: 1, lowByte: 0, markBytes: 0, asciiCompatible: true } as const
  const two = (label: string, lowByte: 0 | 1, mark: readonly number[]): Encoding => ({
    unit: 2,
    lowByte,
    markBytes: begins(head, mark) ? 2 : 0,
    decode: byDecoder(label),
    asciiCompatible: false,
  })
  switch (name) {
    case 'latin1':
      return { ...one, decode: latin1 }
    case 'euc-kr':
    case 'shift_jis':
    case 'gbk':
      return { ...one, decode: byDecoder(name) }
    case 'utf-16le':
      return two(name, 0, UTF16LE_MARK)
    case 'utf-16be':
      return two(name, 1, UTF16BE_MARK)
    default:
      if (name === 'auto' && begins(head, UTF16LE_MARK)) return two('utf-16le', 0, UTF16LE_MARK)
      if (name === 'auto' && begins(head, UTF16BE_MARK)) return two('utf-16be', 1, UTF16BE_MARK)
      return { ...one, markBytes: begins(head, UTF8_MARK) ? 3 : 0, decode: utf8 }
  }
}

/** Where no character is cut: `limit` bytes from `from`, or a few less. */
export function cutBefore(encoding: Encoding, bytes: Buffer, from: number, limit: number): number {
  if (encoding.unit === 2) return from + (limit & ~1)
  let to = from + limit
  // Back over continuation bytes of UTF-8; in other encodings at most a broken last character is left.
  if (encoding.decode === utf8) for (let back = 0; back < 3 && to > from && (bytes[to]! & 0xc0) === 0x80; back++) to--
  return to
}
