/** Strings of templates are measured and cut in bytes of UTF-8; these do so on UTF-16 strings, fast where all is ASCII. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them.
const ASCII = /^[\x00-\x7f]*$/
/** Up to this length a loop beats the regular expression. */
const SHORT = 40

export function isAscii(text: string): boolean {
  if (text.length > SHORT) return ASCII.test(text)
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Bytes that are no UTF-8 become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function byteLength(text: string): number {
  return isAscii(text) ? text.length : encoder.encode(text).length
}

/** The bytes from `start` to before `end`. A character that is cut in two leaves U+FFFD. */
export function sliceBytes(text: string, start: number, end: number): string {
  if (isAscii(text)) return text.slice(start, end)
  return decoder.decode(encoder.encode(text).subarray(start, end))
}

/** Number of code points. */
export function runeCount(text: string): number {
  if (isAscii(text)) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

/** Order of two strings by their bytes, which is the order of code points (UTF-16 order differs beyond U+FFFF). */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i)
    let y = b.charCodeAt(i)
    if (x === y) continue
    // Surrogates stand for code points above all others of 16 bits.
    if (x >= 0xd800 && y >= 0xd800) {
      if (x >= 0xe000) x -= 0x800
      else x += 0x2000
      if (y >= 0xe000) y -= 0x800
      else y += 0x2000
    }
    return x - y
  }
  return a.length - b.length
}
