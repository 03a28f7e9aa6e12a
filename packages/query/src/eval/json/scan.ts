/**
 * Where things end in a JSON text. Deliberately lenient in the same places as the scanners that LogQL users know: numbers
 * are not checked beyond their first character, arrays only by their brackets. All positions are UTF-16 code units, all
 * functions answer -1 when the text ends first.
 */
export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const COMMA = 0x2c
export const COLON = 0x3a

export const FAULT = {
  json: 'Malformed JSON error',
  string: "Value is string, but can't find closing '\"' symbol",
  array: "Value is array, but can't find closing ']' symbol",
  object: "Value looks like object, but can't find closing '}' symbol",
  value: 'Unknown value type',
  escape: 'Encountered an invalid escape sequence in a string',
} as const

/** The first position from `at` on that is not white space; the text's length when there is none. */
export function skipSpace(text: string, at: number): number {
  let i = at
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x20 || (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)) return i
  }
  return i
}

/** The closing quote of a string whose first character stands at `at`. */
export function stringEnd(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) return i
    if (code === BACKSLASH) i++
  }
  return -1
}

/** Behind the bracket that closes the one at `at`; brackets of the other kind are not looked at. */
export function blockEnd(text: string, at: number, open: number, close: number): number {
  let level = 0
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      i = stringEnd(text, i + 1)
      if (i < 0) return -1
    } else if (code === open) level++
    else if (code === close && --level === 0) return i + 1
  }
  return -1
}

/** Behind a number or literal that starts at `at`. */
export function tokenEnd(text: string, at: number): number {
  let i = at
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code === 0x20) break
    if (code < 0x20 && (code === 0x0a || code === 0x0d || code === 0x09)) break
  }
  return i
}

export type TokenKind = 'number' | 'boolean' | 'null' | 'unknown'

/** What the token text[at, end) is: a number by its first character, otherwise one of the three literals. */
export function tokenKind(text: string, at: number, end: number): TokenKind {
  const first = text.charCodeAt(at)
  if ((first >= 0x30 && first <= 0x39) || first === 0x2d) {
    // A quote or brace inside would make this scanner and a bracket counter disagree about where the object ends.
    for (let i = at + 1; i < end; i++) {
      const code = text.charCodeAt(i)
      if (code === QUOTE || code === OPEN_BRACE || code === OPEN_BRACKET) return 'unknown'
    }
    return 'number'
  }
  const length = end - at
  if (length === 4 && text.startsWith('true', at)) return 'boolean'
  if (length === 5 && text.startsWith('false', at)) return 'boolean'
  if (length === 4 && text.startsWith('null', at)) return 'null'
  return 'unknown'
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const FOUR_HEX = /^[\da-fA-F]{4}$/

/** The meaning of a string's raw content, or undefined when an escape is bad. Lone surrogates become U+FFFD. */
export function unescapeJson(raw: string): string | undefined {
  let out = ''
  let from = 0
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', from)) {
    out += raw.slice(from, at)
    const kind = raw[at + 1]
    if (kind === undefined) return undefined
    if (kind === 'u') {
      const hex = raw.slice(at + 2, at + 6)
      if (!FOUR_HEX.test(hex)) return undefined
      out += String.fromCharCode(Number.parseInt(hex, 16))
      from = at + 6
    } else {
      const meaning = SIMPLE_ESCAPES.get(kind)
      if (meaning === undefined) return undefined
      out += meaning
      from = at + 2
    }
  }
  return wellFormed(out + raw.slice(from))
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd')
}
