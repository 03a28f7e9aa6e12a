import { fitsPattern, splitLinePattern } from '@girok/query'

/** What may be anything. */
export const WILDCARD = '<_>'

/** A text that the filter language would take for a capture. */
const CAPTURE = /<[A-Za-z_]\w*>/g
/** Three wildcards and more in a row are free text of varying length. */
const FREE_TEXT = /<_>(?:\s+<_>){2,}/g

/** Writes a pattern of tokens, undefined for those that differ, so that it is valid behind `|>`. */
export function patternText(tokens: readonly (string | undefined)[], before: boolean, after: boolean): string {
  let text = before ? WILDCARD : ''
  let literal = ''
  const flush = (): void => {
    text += literal.replace(CAPTURE, WILDCARD)
    literal = ''
  }
  for (const token of tokens) {
    if (token !== undefined) literal += token
    else {
      flush()
      text += WILDCARD
    }
  }
  flush()
  if (after) text += WILDCARD
  return text.replace(FREE_TEXT, WILDCARD).replace(/(?:<_>){2,}/g, WILDCARD)
}

/**
 * The pattern, or a wider one that fits all the lines. A pattern is matched from left to right without turning back, so
 * where its last text also stands further left in a line, only a pattern with an open end fits.
 */
export function fittingPattern(pattern: string, lines: Iterable<string>): string {
  const parts = splitLinePattern(pattern)
  for (const line of lines) {
    if (fitsPattern(parts, line)) continue
    const last = parts.at(-1)
    const cut = last !== undefined && 'literal' in last ? pattern.slice(0, -last.literal.length) : pattern
    return cut.endsWith(WILDCARD) ? cut : `${cut}${WILDCARD}`
  }
  return pattern
}
