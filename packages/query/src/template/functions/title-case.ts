/** A word of letters, digits and what joins them: apostrophes, dots and colons between letters, dots and commas between digits. */
const WORD = /(?:[\p{L}\p{M}]|[\p{N}_]|(?<=\p{L})['’.:·](?=\p{L})|(?<=\p{N})['’.,;](?=\p{N}))+/gu
const LETTER = /\p{L}/u

/**
 * Words with a capital first and small letters behind, as `cases.Title` of golang.org/x/text makes them for English: the
 * first letter counts, whatever digits stand before it, and `a.b` is one word.
 */
export function toEnglishTitle(text: string): string {
  return text.replace(WORD, titleWord)
}

function titleWord(word: string): string {
  const runes = [...word]
  const at = runes.findIndex((rune) => LETTER.test(rune))
  if (at < 0) return word
  const first = runes[at] as string
  const rest = runes.slice(at + 1).join('')
  return runes.slice(0, at).join('') + capital(first) + rest.toLowerCase()
}

const DIGRAPHS: ReadonlyMap<string, string> = new Map([
  ['Ǆ', 'ǅ'],
  ['Ǉ', 'ǈ'],
  ['Ǌ', 'ǋ'],
  ['Ǳ', 'ǲ'],
])

function capital(letter: string): string {
  const upper = letter.toUpperCase()
  // The sharp s and its kind: one capital, the others small.
  if ([...upper].length > 1) return upper.slice(0, 1) + upper.slice(1).toLowerCase()
  return DIGRAPHS.get(upper) ?? upper
}
