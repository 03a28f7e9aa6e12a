const LETTER = /\p{L}/u
const LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d
}

function isAsciiWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || isDigit(code)
}

/** Whether an identifier can start at the offset: a letter of any script, or an underscore. */
export function identifierStarts(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset)
  if (code < 0x80) return isAsciiWord(code) && !isDigit(code)
  const point = text.codePointAt(offset)
  return point !== undefined && LETTER.test(String.fromCodePoint(point))
}

/** The exclusive end of the identifier that starts at the offset. */
export function identifierEnd(text: string, offset: number): number {
  let i = offset
  while (i < text.length) {
    const code = text.charCodeAt(i)
    if (code < 0x80) {
      if (!isAsciiWord(code)) break
      i++
    } else {
      const character = String.fromCodePoint(text.codePointAt(i) as number)
      if (!LETTER_OR_DIGIT.test(character)) break
      i += character.length
    }
  }
  return i
}

/** Skips blanks and `# …` comments from the offset. */
export function skipBlanksAndComments(text: string, offset: number): number {
  let i = offset
  for (;;) {
    const code = text.charCodeAt(i)
    if (isBlank(code)) i++
    else if (code === 0x23) i = commentEnd(text, i)
    else return i
  }
}

/** The exclusive end of a comment: before its line feed, or the end of the text. */
export function commentEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  return newline < 0 ? text.length : newline
}
