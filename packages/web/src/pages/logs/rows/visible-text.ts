/** Longest text put into one cell; the row panel shows the rest. */
export const maxCellLength = 4096

const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const ansi = /\u001b\[[0-9;:?]*[ -/]*[@-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const anySpecial = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

function picture(char: string): string {
  const code = char.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return hexMark(char)
}

function hexMark(char: string): string {
  return `⟨U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/**
 * A text that shows what is in it: control characters become pictures, marks that turn the direction of writing become
 * their code, so that a line cannot pretend to be another. Colour codes of terminals are left out. One line: a line
 * break becomes ⏎.
 */
export function oneLine(text: string): string {
  const cut = text.length > maxCellLength ? `${text.slice(0, maxCellLength)}…` : text
  if (!anySpecial.test(cut)) return cut
  return cut
    .replace(ansi, '')
    .replace(/\r?\n/g, ' ⏎ ')
    .replaceAll('\t', '  ')
    .replace(control, picture)
    .replace(bidi, hexMark)
}

/** The same for a block of text: line breaks and tabs stay. */
export function block(text: string): string {
  if (!anySpecial.test(text)) return text
  return text.replace(/\r\n/g, '\n').replace(control, picture).replace(bidi, hexMark)
}

export interface Piece {
  readonly text: string
  readonly marked: boolean
}

/** Splits a text at the places where one of the searched texts stands, whatever its case. */
export function markTexts(text: string, searched: readonly string[]): Piece[] {
  if (searched.length === 0) return [{ text, marked: false }]
  const lower = text.toLowerCase()
  // Lower case can change the length of a text (İ): marks would then stand at the wrong places.
  if (lower.length !== text.length) return [{ text, marked: false }]
  const wanted = searched.map((one) => one.toLowerCase())
  const pieces: Piece[] = []
  let done = 0
  while (done < text.length && pieces.length < 100) {
    let at = -1
    let length = 0
    for (const one of wanted) {
      const found = lower.indexOf(one, done)
      if (found >= 0 && (at < 0 || found < at || (found === at && one.length > length))) {
        at = found
        length = one.length
      }
    }
    if (at < 0) break
    if (at > done) pieces.push({ text: text.slice(done, at), marked: false })
    pieces.push({ text: text.slice(at, at + length), marked: true })
    done = at + length
  }
  if (done < text.length) pieces.push({ text: text.slice(done), marked: false })
  return pieces
}
