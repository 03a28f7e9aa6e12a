/** What Go takes for white space (`unicode.IsSpace`); differs from that of JavaScript. */
const SPACE = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** Characters that cannot stand in a name or a value without quotes. */
export const RESERVED = new RegExp(`[${SPACE}{}!=~,\\\\"'\`]`)

const BLANKS = new RegExp(`[${SPACE}]*`, 'y')
const BARE = new RegExp(`[^${SPACE}{}!=~,\\\\"'\`]*`, 'y')
const AROUND = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'g')

/** The offset of the first character that is not white space. */
export function blanksEnd(text: string, offset: number): number {
  BLANKS.lastIndex = offset
  BLANKS.exec(text)
  return BLANKS.lastIndex
}

/** The exclusive end of a word without quotes. */
export function bareEnd(text: string, offset: number): number {
  BARE.lastIndex = offset
  BARE.exec(text)
  return BARE.lastIndex
}

export function trimSpace(text: string): string {
  return text.replace(AROUND, '')
}
