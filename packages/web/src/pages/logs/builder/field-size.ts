const greatest = 44

/** How many Latin letters wide a text is; letters of Korean and Japanese take two. */
function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += (char.codePointAt(0) ?? 0) > 0x1100 ? 2 : 1
  return width
}

/** Width of a field in letters: what stands in it, or the words that say what to write, can be read. */
export function fieldSize(value: string, placeholder: string, least: number): number {
  return Math.max(least, Math.min(greatest, widthOf(value === '' ? placeholder : value) + 1))
}
