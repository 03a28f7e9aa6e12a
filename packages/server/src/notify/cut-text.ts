/** A text of at most so many characters (code points); where it is longer, `…` is the last. */
export function cutCharacters(text: string, most: number): string {
  if (text.length <= most) return text
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

/** The same in units of UTF-16, as some services count; never half a character. */
export function cutUnits(text: string, most: number): string {
  if (text.length <= most) return text
  const end = most - 1
  const half = /[\uD800-\uDBFF]/.test(text.charAt(end - 1))
  return `${text.slice(0, half ? end - 1 : end)}…`
}
