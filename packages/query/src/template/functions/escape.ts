import { isPrintable } from '../../text/go-quote.ts'
import { encodeUtf8 } from '../utf8.ts'

const HTML: ReadonlyMap<string, string> = new Map([
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\0', '\ufffd'],
])

export function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (character) => HTML.get(character) as string)
}

const JS: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
])

/** For strings within JavaScript. */
export function escapeJs(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are escaped.
  return text.replace(/[\\'"<>&=\x00-\x1f]|[^\x00-\x7f]/gu, (character) => {
    const known = JS.get(character)
    if (known !== undefined) return known
    const code = character.codePointAt(0) as number
    if (code >= 0x80 && isPrintable(character)) return character
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

const HEX = '0123456789ABCDEF'

/** Go's `url.QueryEscape`: blanks become `+`, all but letters, digits and `-_.~` are written as bytes. */
export function escapeQuery(text: string): string {
  if (/^[A-Za-z0-9_.~-]*$/.test(text)) return text
  let out = ''
  for (const byte of encodeUtf8(text)) {
    const character = String.fromCharCode(byte)
    if (byte === 0x20) out += '+'
    else if (/[A-Za-z0-9_.~-]/.test(character)) out += character
    else out += `%${HEX[byte >> 4]}${HEX[byte & 15]}`
  }
  return out
}
