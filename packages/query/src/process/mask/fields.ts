import { blockEnd, CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, tokenEnd } from '../../eval/json/scan.ts'

const BACKSLASH = '\\'

/**
 * Replaces the values of fields by name, in any depth of JSON objects (also of those that stand as a text within another)
 * and in pairs such as `password=x`, `password: x` and `'password': 'x'`. Case does not matter. One pass over the text.
 */
export function compileFieldMask(
  names: readonly string[],
): (text: string, replace: (value: string) => string) => string {
  const words = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')
  // Quotes within a JSON text have a backslash in front.
  const keys = new RegExp(`(\\\\?)"(?:${words})\\\\?"\\s*:\\s*|(?<![\\w.-])'?(?:${words})'?(?:=|\\s?:\\s?)`, 'giu')
  return (text, replace) => {
    keys.lastIndex = 0
    let out = ''
    let at = 0
    for (let found = keys.exec(text); found !== null; found = keys.exec(text)) {
      const from = keys.lastIndex
      const [start, end, rest, quote] = valueAt(text, from, found[1])
      const value = text.slice(start, end)
      // Nothing to hide, or a value within one that was hidden.
      if (start < at || value === '' || value === 'null') continue
      out += text.slice(at, start) + quote + replace(value) + quote
      at = rest
      keys.lastIndex = rest
    }
    return at === 0 ? text : out + text.slice(at)
  }
}

/** Where the value stands, where the text goes on, and the quotes that its replacement needs. */
function valueAt(text: string, from: number, backslash: string | undefined): [number, number, number, string] {
  const isPair = backslash === undefined
  const quote = `${backslash ?? ''}"`
  if (text.startsWith(quote, from)) {
    const start = from + quote.length
    const end = closing(text, start, quote)
    return [start, end, end, '']
  }
  if (isPair && text[from] === "'") {
    const end = closing(text, from + 1, "'")
    return [from + 1, end, end, '']
  }
  if (isPair) {
    let end = from
    while (end < text.length && text.charCodeAt(end) > 0x20 && !'",;&}'.includes(text[end] as string)) end++
    return [from, end, end, '']
  }
  const first = text.charCodeAt(from)
  let end = tokenEnd(text, from)
  if (first === OPEN_BRACE) end = blockEnd(text, from, OPEN_BRACE, CLOSE_BRACE)
  else if (first === OPEN_BRACKET) end = blockEnd(text, from, OPEN_BRACKET, CLOSE_BRACKET)
  // A block without an end: the rest of the text may all be secret.
  if (end < 0) end = text.length
  return [from, end, end, quote]
}

/** The quote that ends the text begun at `from`; the end of everything where it is missing. */
function closing(text: string, from: number, quote: string): number {
  if (quote.length > 1) {
    const end = text.indexOf(quote, from)
    return end < 0 ? text.length : end
  }
  for (let i = from; i < text.length; i++) {
    if (text[i] === BACKSLASH) i++
    else if (text[i] === quote) return i
  }
  return text.length
}
