const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
/** What needs no escaping in most texts, so that they are not looked at rune by rune. */
const PLAIN = /^[ !#-[\]-~]*$/

const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x5c, '\\\\'],
])

/** Whether a character is shown as it is: letters, marks, numbers, punctuation, symbols and the blank. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character)
}

function escapeRune(rune: string, quote: string, asciiOnly: boolean): string {
  const code = rune.codePointAt(0) as number
  if (rune === quote) return `\\${rune}`
  const short = SHORT_ESCAPES.get(code)
  if (short !== undefined) return short
  if (code < 0x80 ? code >= 0x20 && code < 0x7f : !asciiOnly && isPrintable(rune)) return rune
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code >= 0xd800 && code <= 0xdfff) return asciiOnly ? '\\ufffd' : '\ufffd'
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

/** A double-quoted literal of Go that means the text; with `asciiOnly`, other characters are escaped too. */
export function quoteText(text: string, asciiOnly = false): string {
  if (PLAIN.test(text)) return `"${text}"`
  let out = '"'
  for (const rune of text) out += escapeRune(rune, '"', asciiOnly)
  return `${out}"`
}

/** A character literal of Go in single quotes. */
export function quoteRune(rune: string, asciiOnly = false): string {
  return `'${escapeRune(rune, "'", asciiOnly)}'`
}

/** Whether the text can stand between backticks: one line, no control characters but tabs, no backtick. */
export function canBackquote(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what may not be in it.
  return !/[\x00-\x08\x0a-\x1f`\x7f\ufeff]/.test(text)
}
